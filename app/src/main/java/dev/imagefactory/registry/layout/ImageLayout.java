package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;

import dev.imagefactory.image.Digest;
import dev.imagefactory.registry.content.BlobFiles;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.LocalImage;
import dev.imagefactory.registry.content.OciDescriptor;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.registry.content.WrongContent;
import org.springframework.util.FileSystemUtils;

/**
 * The folder of one image: an OCI layout, with our lock and our unfinished files in
 * entries that begin with a dot, as no image name does.
 *
 * @param folder the folder
 */
record ImageLayout(Path folder) {

	/** The folder of unfinished files. */
	static final String INCOMING = ".incoming";

	/** The folder of content, which no image may be named after. */
	static final String BLOBS = "blobs";

	/** The index, which no image may be named after. */
	static final String INDEX = "index.json";

	/** The marker of a layout, which no image may be named after. */
	static final String MARKER = "oci-layout";

	private static final byte[] MARKER_CONTENT = "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

	/**
	 * The image's content.
	 * @return the content
	 */
	BlobFiles blobs() {
		return new BlobFiles(this.folder);
	}

	/**
	 * The file that one writer locks.
	 * @return the file
	 */
	Path lock() {
		return this.folder.resolve(".lock");
	}

	/**
	 * Reads the index.
	 * @return an empty one when there is no image yet
	 * @throws IOException when it cannot be read
	 */
	OciIndex index() throws IOException {
		Path file = this.folder.resolve(INDEX);
		if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
			return OciIndex.empty();
		}
		try {
			return Json.read(BlobFiles.read(file), OciIndex.class);
		}
		catch (WrongContent ex) {
			throw new IOException("%s cannot be understood: %s".formatted(file, ex.getMessage()), ex);
		}
	}

	/**
	 * Whether an image is there, whole.
	 * @param digest the manifest's digest
	 * @return false when a part is absent or damaged
	 * @throws IOException when the disk cannot be read
	 */
	boolean holds(Digest digest) throws IOException {
		BlobFiles blobs = blobs();
		try {
			for (OciDescriptor part : OciManifest.of(blobs.document(digest)).content()) {
				if (!blobs.has(part)) {
					return false;
				}
			}
			return true;
		}
		catch (WrongContent ex) {
			return false;
		}
	}

	/**
	 * Names an image's manifest.
	 * @param digest the manifest's digest
	 * @return what an index says of it when it has no tag
	 * @throws IOException when it cannot be read
	 */
	OciDescriptor manifest(Digest digest) throws IOException {
		return new OciDescriptor(OciManifest.MEDIA_TYPE, digest, blobs().document(digest).length, null);
	}

	/**
	 * Copies what is missing, the manifest last.
	 * @param image the image
	 * @throws IOException when it cannot be stored
	 * @throws WrongContent when something is not what the manifest names
	 */
	void receive(LocalImage image) throws IOException {
		if (Files.notExists(this.folder.resolve(MARKER))) {
			DurableFiles.write(this.folder.resolve(MARKER), MARKER_CONTENT, incoming());
		}
		DurableFiles.makeFolder(blobs().folder());
		for (OciDescriptor part : image.content()) {
			receive(part, image.blobs());
		}
		receive(image.manifest(), image.blobs());
	}

	private void receive(OciDescriptor part, BlobFiles from) throws IOException {
		if (!blobs().has(part)) {
			DurableFiles.write(blobs().file(part.digest()), (out) -> from.copy(part, out), incoming());
		}
	}

	/**
	 * Points tags at a manifest, all or none.
	 * @param manifest the manifest
	 * @param tags the tags
	 * @throws IOException when the index cannot be stored; the old one is there then
	 */
	void point(OciDescriptor manifest, Collection<String> tags) throws IOException {
		OciIndex present = index();
		OciIndex changed = present.pointing(manifest, tags);
		if (!changed.equals(present)) {
			DurableFiles.write(this.folder.resolve(INDEX), Json.write(changed), incoming());
		}
	}

	/**
	 * Removes what interrupted pushes left; the image must be locked.
	 * @throws IOException when it cannot be removed
	 */
	void removeUnfinished() throws IOException {
		FileSystemUtils.deleteRecursively(incoming());
	}

	private Path incoming() {
		return this.folder.resolve(INCOMING);
	}

}
