package dev.imagefactory.engine.argo;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.rendering.Site;

/**
 * Where runs go, by the settings: a run only says whose it is.
 *
 * @param installation this installation's id
 * @param registry the registry's host
 * @param onboarding the teams
 */
record Sites(String installation, String registry, Onboarding onboarding) {

	/**
	 * Where a run goes.
	 * @param run the run
	 * @return empty when the settings have no such team any more
	 */
	Optional<Site> of(Run run) {
		return of(run.order().team());
	}

	/**
	 * Where runs of a team go.
	 * @param name the team
	 * @return empty when the settings have no such team any more
	 */
	Optional<Site> of(TeamName name) {
		return this.onboarding.teams()
			.stream()
			.filter((team) -> team.name().equals(name))
			.findFirst()
			.map((team) -> new Site(this.installation, this.registry, team));
	}

	/** The namespaces of all teams, each once. */
	Set<String> namespaces() {
		return this.onboarding.teams()
			.stream()
			.map((team) -> team.argo().namespace())
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

}
