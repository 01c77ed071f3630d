package dev.imagefactory.engine.argo;

import java.util.Collection;
import java.util.Map;

import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.pipeline.BuildId;

/**
 * Where the runs of open builds were sent, as a test says.
 *
 * @param ofOpen the places
 */
record OpenPlaces(Map<BuildId, String> ofOpen) implements KnownPlaces {

	@Override
	public Map<BuildId, String> of(Collection<BuildId> builds) {
		return this.ofOpen;
	}

}
