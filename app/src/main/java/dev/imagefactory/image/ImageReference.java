package dev.imagefactory.image;

/**
 * An image at a registry, by tag.
 *
 * @param registry the registry's host, or a word for the embedded one
 * @param name the image
 * @param tag the tag
 */
public record ImageReference(String registry, ImageName name, ImageTag tag) {

	@Override
	public String toString() {
		return this.registry + "/" + this.name + ":" + this.tag;
	}

}
