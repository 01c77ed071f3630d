package dev.imagefactory.onboarding;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.source.RepositoryName;

/** Which repositories are onboarded, by the settings. */
public interface Onboarding {

	/**
	 * Finds what applies to a repository: an exact rule before an owner's, otherwise the
	 * first in the order of the settings.
	 * @param name the repository's present name
	 * @return empty when no team has onboarded it
	 */
	Optional<OnboardedRepository> find(RepositoryName name);

	/**
	 * All teams.
	 * @return the teams in the order of the settings
	 */
	List<Team> teams();

}
