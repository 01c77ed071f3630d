package dev.imagefactory.submission;

import java.util.Collection;
import java.util.Map;

import dev.imagefactory.build.Builds;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.pipeline.BuildId;

/**
 * Where runs were sent, as their claims say.
 *
 * @param builds the stored builds
 */
record ClaimedPlaces(Builds builds) implements KnownPlaces {

	@Override
	public Map<BuildId, String> of(Collection<BuildId> builds) {
		return this.builds.places(builds);
	}

	@Override
	public Map<BuildId, String> ofOpen() {
		return this.builds.openPlaces();
	}

}
