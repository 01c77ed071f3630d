package dev.imagefactory.registry.content;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import dev.imagefactory.image.Digest;
import dev.imagefactory.registry.InvalidImage;

/**
 * One image in a local layout that was looked through before it is pushed.
 *
 * @param blobs the layout's content
 * @param manifest the image's manifest
 * @param content its configuration and layers
 */
public record LocalImage(BlobFiles blobs, OciDescriptor manifest, List<OciDescriptor> content) {

	/**
	 * Looks an image through.
	 * @param layout the layout's folder
	 * @param digest the manifest's digest
	 * @return the image
	 * @throws InvalidImage when it is not there, not whole or not of OCI type
	 */
	public static LocalImage in(Path layout, Digest digest) {
		BlobFiles blobs = new BlobFiles(layout);
		try {
			byte[] bytes = blobs.document(digest);
			List<OciDescriptor> content = OciManifest.of(bytes).content();
			for (OciDescriptor part : content) {
				if (!blobs.has(part)) {
					throw new IOException("%s is not there as a regular file of %d bytes"
						.formatted(blobs.file(part.digest()), part.size()));
				}
			}
			return new LocalImage(blobs, new OciDescriptor(OciManifest.MEDIA_TYPE, digest, bytes.length, null),
					content);
		}
		catch (IOException ex) {
			throw new InvalidImage("Cannot push %s from the layout '%s': %s".formatted(digest, layout, ex.getMessage()),
					ex);
		}
	}

	/**
	 * The manifest itself.
	 * @return its bytes, as its digest says
	 * @throws InvalidImage when it is not there any more
	 */
	public byte[] document() {
		try {
			return this.blobs.document(this.manifest.digest());
		}
		catch (IOException ex) {
			throw new InvalidImage("Cannot read %s from the layout '%s': %s".formatted(this.manifest.digest(),
					this.blobs.layout(), ex.getMessage()), ex);
		}
	}

}
