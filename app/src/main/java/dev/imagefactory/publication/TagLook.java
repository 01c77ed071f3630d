package dev.imagefactory.publication;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.ScannedImage;

/** What the registry says of a tag that is to be written once. */
public sealed interface TagLook {

	/** Nothing is under it. */
	record Free() implements TagLook {
	}

	/**
	 * An image of an attempt at the same order is under it.
	 *
	 * @param image the image, as that attempt scanned it
	 */
	record Own(ScannedImage image) implements TagLook {
	}

	/**
	 * Somebody else's image is under it.
	 *
	 * @param digest the image
	 */
	record Foreign(Digest digest) implements TagLook {
	}

	/**
	 * It did not answer.
	 *
	 * @param detail why
	 */
	record Silent(String detail) implements TagLook {
	}

}
