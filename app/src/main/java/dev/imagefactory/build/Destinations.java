package dev.imagefactory.build;

import java.util.Optional;

import dev.imagefactory.onboarding.TeamName;

/** Says where the builds of teams would run if they were claimed now. */
@FunctionalInterface
public interface Destinations {

	/**
	 * Where builds run that were ordered for a team, whose their repositories may not be
	 * any more.
	 * @param team the team
	 * @return the engine's name of the place; empty when there is only one, and when the
	 * settings do not name the team any more
	 */
	Optional<String> of(TeamName team);

}
