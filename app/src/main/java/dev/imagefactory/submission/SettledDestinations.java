package dev.imagefactory.submission;

import java.util.Optional;

import dev.imagefactory.build.Destinations;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;

/**
 * Where builds would run, by the settings in force now.
 *
 * @param onboarding says whose a repository is
 * @param engine says where a team's runs go
 */
record SettledDestinations(Onboarding onboarding, Engine engine) implements Destinations {

	@Override
	public Optional<String> of(String repositoryKey) {
		try {
			return this.onboarding.find(RepositoryName.of(repositoryKey))
				.flatMap((repository) -> this.engine.place(repository.team().name()));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

}
