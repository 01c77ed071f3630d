package dev.imagefactory.onboarding;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;

/** Which repositories are onboarded, by the settings. */
public interface Onboarding {

	/**
	 * Finds what applies to a repository: an exact rule before an owner's, otherwise the
	 * first in the order of the settings.
	 * @param name the repository's present name
	 * @return empty when no team has onboarded it
	 * @throws InvalidValue when its default image would have a name that registries do
	 * not take, because it is too long
	 */
	Optional<OnboardedRepository> find(RepositoryName name);

	/**
	 * All teams.
	 * @return the teams in the order of the settings
	 */
	List<Team> teams();

}
