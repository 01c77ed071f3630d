package dev.imagefactory.engine;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.imagefactory.pipeline.BuildId;

/**
 * Where runs were sent, as it was stored when their builds were claimed. The settings may
 * say something else by now.
 */
public interface KnownPlaces {

	/**
	 * Where a run was sent.
	 * @param build the build whose run it is
	 * @return the engine's name of the place; empty when none was stored
	 */
	default Optional<String> of(BuildId build) {
		return Optional.ofNullable(of(Set.of(build)).get(build));
	}

	/**
	 * Where runs were sent.
	 * @param builds the builds whose runs they are
	 * @return the places that were stored
	 */
	Map<BuildId, String> of(Collection<BuildId> builds);

	/**
	 * Where the runs of all open builds were sent.
	 * @return the places that were stored
	 */
	Map<BuildId, String> ofOpen();

	/**
	 * No place was ever stored.
	 * @return nothing to each question
	 */
	static KnownPlaces none() {
		return new KnownPlaces() {

			@Override
			public Map<BuildId, String> of(Collection<BuildId> builds) {
				return Map.of();
			}

			@Override
			public Map<BuildId, String> ofOpen() {
				return Map.of();
			}

		};
	}

}
