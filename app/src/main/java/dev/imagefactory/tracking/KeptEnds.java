package dev.imagefactory.tracking;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.ScannedImage;
import org.jspecify.annotations.Nullable;

/**
 * How runs ended that the engine does not know any more, where that is kept elsewhere.
 * What was seen while a run lived counts more: whoever tells of another image than the
 * one that passed the scan then, or of none, is not believed.
 *
 * @param builds what was seen
 * @param engine who knows where ends are kept
 */
record KeptEnds(Builds builds, Engine engine) {

	/**
	 * How a run ended.
	 * @param build the build whose run it is
	 * @return empty when nobody can say
	 */
	Optional<RunStatus> of(Build build) {
		return this.engine.archived(build.id()).filter((status) -> isPossible(build, status.scanned()));
	}

	private boolean isPossible(Build build, @Nullable ScannedImage told) {
		List<Digest> seen = this.builds.scanned(build.order().id())
			.stream()
			.filter((attempted) -> attempted.build().equals(build.id()))
			.map((attempted) -> attempted.image().digest())
			.toList();
		return seen.isEmpty() || told != null && seen.contains(told.digest());
	}

}
