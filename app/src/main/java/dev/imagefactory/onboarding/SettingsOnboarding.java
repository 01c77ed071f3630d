package dev.imagefactory.onboarding;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** The teams and repositories that the settings name. */
final class SettingsOnboarding implements Onboarding {

	private final URI webUrl;

	private final List<Team> teams;

	private final Map<String, Entry> exact = new LinkedHashMap<>();

	private final List<Entry> owners = new ArrayList<>();

	SettingsOnboarding(List<Team> teams, URI webUrl) {
		this.webUrl = webUrl;
		this.teams = List.copyOf(teams);
		teams.forEach((team) -> team.repositories().forEach((rule) -> add(new Entry(team, rule))));
	}

	private void add(Entry entry) {
		switch (entry.rule().pattern()) {
			case RepositoryPattern.Exactly exactly -> this.exact.putIfAbsent(exactly.name().key(), entry);
			case RepositoryPattern.AllOf owner -> this.owners.add(entry);
		}
	}

	@Override
	public Optional<OnboardedRepository> find(RepositoryName name) {
		return Optional.ofNullable(entry(name)).map((entry) -> entry.onboard(name, this.webUrl));
	}

	private @Nullable Entry entry(RepositoryName name) {
		Entry own = this.exact.get(name.key());
		if (own != null) {
			return own;
		}
		return this.owners.stream().filter((entry) -> entry.rule().pattern().matches(name)).findFirst().orElse(null);
	}

	@Override
	public List<Team> teams() {
		return this.teams;
	}

	/** A rule with the team that has it. */
	private record Entry(Team team, RepositoryRule rule) {

		OnboardedRepository onboard(RepositoryName name, URI webUrl) {
			ImageName image = (this.rule.image() != null) ? this.rule.image()
					: ImageNames.of(this.team.imagePrefix(), name);
			URI cloneUrl = (this.rule.cloneUrl() != null) ? this.rule.cloneUrl()
					: URI.create(webUrl + "/" + name + ".git");
			return new OnboardedRepository(name, this.team, this.rule, image, cloneUrl);
		}

	}

}
