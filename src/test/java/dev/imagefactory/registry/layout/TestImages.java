package dev.imagefactory.registry.layout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.imagefactory.image.Digest;
import dev.imagefactory.registry.Registry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Makes local OCI layouts with one small image for tests:
 *
 * <pre>
 * Digest digest = TestImages.make(layout, Map.of("hello.txt", "hello"), Map.of("label", "value"));
 * </pre>
 */
public final class TestImages {

	/** The type of an image's manifest. */
	public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

	/** Says that whoever pushes may do so, whatever happens meanwhile. */
	public static final Runnable UNGUARDED = () -> {
	};

	private static final ObjectMapper JSON = new ObjectMapper();

	private TestImages() {
	}

	/**
	 * Opens the embedded registry, for tests of other packages.
	 * @param dataDirectory the service's data directory
	 * @return the registry
	 */
	public static Registry registry(Path dataDirectory) {
		return new LayoutRegistry(dataDirectory);
	}

	/**
	 * Adds an image with one layer to a local layout; equal arguments give equal digests.
	 * @param layout the layout's folder; made when absent
	 * @param files paths and texts of the files in the layer
	 * @param labels the image's labels
	 * @return the manifest's digest
	 */
	public static Digest make(Path layout, Map<String, String> files, Map<String, String> labels) {
		byte[] tar = tar(files);
		byte[] layer = gzip(tar);
		Map<String, Object> config = Map.of("architecture", "amd64", "os", "linux", "config", Map.of("Labels", labels),
				"rootfs", Map.of("type", "layers", "diff_ids", List.of(Digest.ofBytes(tar).value())));
		Map<String, Object> manifest = Map.of("schemaVersion", 2, "mediaType", MANIFEST, "config",
				descriptor("application/vnd.oci.image.config.v1+json", blob(layout, json(config))), "layers",
				List.of(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", blob(layout, layer))));
		return manifest(layout, manifest);
	}

	/**
	 * Adds any manifest to a local layout and makes it the one in its index.
	 * @param layout the layout's folder; made when absent
	 * @param manifest the manifest as an object
	 * @return its digest
	 */
	public static Digest manifest(Path layout, Map<String, Object> manifest) {
		byte[] bytes = json(manifest);
		write(layout.resolve("oci-layout"), json(Map.of("imageLayoutVersion", "1.0.0")));
		Blob blob = blob(layout, bytes);
		write(layout.resolve("index.json"),
				json(Map.of("schemaVersion", 2, "manifests", List.of(descriptor(MANIFEST, blob)))));
		return blob.digest();
	}

	/**
	 * Adds content to a local layout.
	 * @param layout the layout's folder; made when absent
	 * @param bytes the content
	 * @return its name and size
	 */
	public static Blob blob(Path layout, byte[] bytes) {
		Digest digest = Digest.ofBytes(bytes);
		write(layout.resolve("blobs/sha256").resolve(digest.hex()), bytes);
		return new Blob(digest, bytes.length);
	}

	/**
	 * A descriptor as an object.
	 * @param mediaType what the content is
	 * @param blob the content
	 * @return the descriptor
	 */
	public static Map<String, Object> descriptor(String mediaType, Blob blob) {
		return Map.of("mediaType", mediaType, "digest", blob.digest().value(), "size", blob.size());
	}

	private static byte[] tar(Map<String, String> files) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
			for (Map.Entry<String, String> file : new TreeMap<>(files).entrySet()) {
				byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
				TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
				entry.setModTime(0);
				entry.setSize(content.length);
				tar.putArchiveEntry(entry);
				tar.write(content);
				tar.closeArchiveEntry();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return out.toByteArray();
	}

	private static byte[] gzip(byte[] bytes) {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
			gzip.write(bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return out.toByteArray();
	}

	private static byte[] json(Map<String, Object> document) {
		try {
			return JSON.writer().with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).writeValueAsBytes(document);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(Path file, byte[] bytes) {
		try {
			Files.createDirectories(file.getParent());
			Files.write(file, bytes);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Content in a layout.
	 *
	 * @param digest its digest
	 * @param size its size in bytes
	 */
	public record Blob(Digest digest, long size) {

	}

}
