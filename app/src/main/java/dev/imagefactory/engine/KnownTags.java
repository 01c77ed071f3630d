package dev.imagefactory.engine;

import java.util.Optional;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;

/** What builds are known to have published, for an engine that pushes by itself. */
@FunctionalInterface
public interface KnownTags {

	/**
	 * What a tag has to point at when a build has lost it.
	 * @param build a build that has held the tag
	 * @param image the image
	 * @param tag the tag
	 * @return empty while the build still holds the tag, and when nobody published it
	 */
	Optional<Digest> withoutHolder(BuildId build, ImageName image, ImageTag tag);

}
