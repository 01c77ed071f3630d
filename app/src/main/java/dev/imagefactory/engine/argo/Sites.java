package dev.imagefactory.engine.argo;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.Team;
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
	 * Where a run goes: where it went when it was claimed, and otherwise where its team's
	 * runs go now.
	 * @param run the run
	 * @return empty when the settings have no such team any more
	 */
	Optional<Site> of(Run run) {
		String place = run.place();
		return of(run.order().team()).map((site) -> (place != null) ? in(place, site) : site);
	}

	private static Site in(String namespace, Site site) {
		Team team = site.team();
		return new Site(site.installation(), site.registry(),
				new Team(team.name(), team.imagePrefix(), team.argo().in(namespace), team.gate(), team.repositories()));
	}

	/**
	 * Whether the namespace of a run is not its team's any more, but another one's, whose
	 * accounts it must not get.
	 * @param run the run
	 */
	boolean isOfOthers(Run run) {
		Predicate<Team> there = (team) -> team.argo().namespace().equals(run.place());
		return this.onboarding.teams().stream().anyMatch(there) && this.onboarding.teams()
			.stream()
			.filter((team) -> team.name().equals(run.order().team()))
			.noneMatch(there);
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
