package dev.imagefactory.engine;

import java.util.Collection;
import java.util.Set;

/**
 * The places in which runs were, or could have been begun, lately. Neither the settings
 * nor the open builds may lead to one of them any more, while a run that is over still
 * waits there to be let go.
 */
public interface UsedPlaces {

	/**
	 * Names them.
	 * @return those that are worth a look
	 */
	Set<String> all();

	/**
	 * Notes that there are runs in places, or that some may be begun there.
	 * @param places the places
	 */
	void used(Collection<String> places);

	/**
	 * Notes that nothing is in places and nobody known here would begin anything there:
	 * they are forgotten once that has been so for a while.
	 * @param places the places
	 */
	void unused(Collection<String> places);

	/**
	 * Nothing is remembered.
	 * @return no place to each question
	 */
	static UsedPlaces none() {
		return new UsedPlaces() {

			@Override
			public Set<String> all() {
				return Set.of();
			}

			@Override
			public void used(Collection<String> places) {
			}

			@Override
			public void unused(Collection<String> places) {
			}

		};
	}

}
