package dev.imagefactory.manifests;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.imagefactory.image.Digest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An OCI layout with one small image, written as Kaniko writes it; then it may be spoilt.
 */
final class WrittenLayout {

	/** The type of an image's manifest. */
	static final String OCI = "application/vnd.oci.image.manifest.v1+json";

	private final Path folder;

	private String manifest;

	WrittenLayout(Path folder) {
		this(folder, "");
	}

	/**
	 * Writes a layout.
	 * @param folder where; made
	 * @param annotations what follows the layers in the manifest, with its comma
	 */
	WrittenLayout(Path folder, String annotations) {
		this(folder, annotations, "a layer".getBytes(StandardCharsets.UTF_8));
	}

	private WrittenLayout(Path folder, String annotations, byte[] content) {
		this.folder = folder;
		String config = blob("{\"architecture\":\"amd64\",\"os\":\"linux\"}");
		String layer = blob(content);
		this.manifest = blob("""
				{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
				"size":37,"digest":"sha256:%s"},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",\
				"size":7,"digest":"sha256:%s"}]%s}""".formatted(OCI, config, layer, annotations));
		write("oci-layout", "{\n    \"imageLayoutVersion\": \"1.0.0\"\n}");
		index(entry(OCI, this.manifest));
	}

	/**
	 * Writes a layout whose image has files.
	 * @param folder where; made
	 * @param files their texts by their names
	 * @return the layout
	 */
	static WrittenLayout of(Path folder, Map<String, String> files) {
		ByteArrayOutputStream layer = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(layer)) {
			for (Map.Entry<String, String> file : files.entrySet()) {
				byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
				TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
				entry.setSize(content.length);
				tar.putArchiveEntry(entry);
				tar.write(content);
				tar.closeArchiveEntry();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new WrittenLayout(folder, "", layer.toByteArray());
	}

	/**
	 * Where it lies.
	 * @return its folder
	 */
	Path folder() {
		return this.folder;
	}

	/**
	 * The image's digest, without the algorithm.
	 * @return 64 hex digits
	 */
	String hex() {
		return this.manifest;
	}

	/**
	 * A blob's file.
	 * @param hex its name
	 * @return its file
	 */
	Path blobFile(String hex) {
		return this.folder.resolve("blobs/sha256").resolve(hex);
	}

	/**
	 * Adds a blob.
	 * @param content its text
	 * @return its name
	 */
	String blob(String content) {
		return blob(content.getBytes(StandardCharsets.UTF_8));
	}

	private String blob(byte[] content) {
		String hex = Digest.ofBytes(content).hex();
		write("blobs/sha256/" + hex, content);
		return hex;
	}

	/**
	 * Puts another manifest in the place of the image's.
	 * @param text its text
	 */
	void manifest(String text) {
		this.manifest = blob(text);
		index(entry(OCI, this.manifest));
	}

	/**
	 * The manifest's text.
	 * @return its text
	 */
	String manifestText() {
		try {
			return Files.readString(blobFile(this.manifest));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * An entry of the index.
	 * @param type its media type
	 * @param hex its digest
	 * @return its text
	 */
	String entry(String type, String hex) {
		try {
			return """
					{
					   "mediaType": "%s",
					   "size": %d,
					   "digest": "sha256:%s",
					         "artifactType": "application/vnd.oci.image.config.v1+json"
					}""".formatted(type, Files.exists(blobFile(hex)) ? Files.size(blobFile(hex)) : 1, hex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Writes the index anew.
	 * @param entries its entries
	 */
	void index(String entries) {
		write("index.json", """
				{
				   "schemaVersion": 2,
				   "mediaType": "application/vnd.oci.image.index.v1+json",
				   "manifests": [
				%s
				   ]
				}""".formatted(entries));
	}

	/**
	 * Writes a file.
	 * @param path its path in the layout
	 * @param content its text
	 */
	void write(String path, String content) {
		write(path, content.getBytes(StandardCharsets.UTF_8));
	}

	private void write(String path, byte[] content) {
		try {
			Path file = this.folder.resolve(path);
			Files.createDirectories(file.getParent());
			Files.write(file, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Reads a file, changes it and writes it again.
	 * @param path its path in the layout
	 * @param old what stands there
	 * @param replacement what shall stand there
	 */
	void replace(String path, String old, String replacement) {
		try {
			String text = Files.readString(this.folder.resolve(path));
			if (!text.contains(old)) {
				throw new IllegalArgumentException(old);
			}
			write(path, text.replace(old, replacement));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
