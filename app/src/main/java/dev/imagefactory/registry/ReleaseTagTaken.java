package dev.imagefactory.registry;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;

/** A tag that is written once already points at another image. */
public class ReleaseTagTaken extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public ReleaseTagTaken(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public ReleaseTagTaken(String message, Throwable cause) {
		super(message, cause);
	}

	/**
	 * The failure of a push.
	 * @param present what the tag points at
	 * @param wanted what it was to point at
	 * @param image the image
	 * @param tag the tag
	 * @return the failure, which says what to do
	 */
	public static ReleaseTagTaken by(Digest present, Digest wanted, ImageName image, ImageTag tag) {
		return new ReleaseTagTaken(("Cannot push %s as %s:%s: that tag is written once and points at %s already; "
				+ "publish a new release, or rebuild this one to get a tag of its own")
			.formatted(wanted, image, tag, present));
	}

}
