package dev.imagefactory.build;

import java.util.Optional;

/** Says where the builds of repositories would run if they were claimed now. */
@FunctionalInterface
public interface Destinations {

	/**
	 * Where a repository's builds would run.
	 * @param repositoryKey the repository's name in lower case
	 * @return the engine's name of the place; empty when there is only one, and when the
	 * settings do not name the repository any more
	 */
	Optional<String> of(String repositoryKey);

}
