package dev.imagefactory.system;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Reads an OCI layout as somebody else's program would: plain files and skopeo. */
final class Layout {

	private static final ObjectMapper JSON = new ObjectMapper();

	private final Path folder;

	Layout(Path folder) {
		this.folder = folder;
	}

	/** The digests that tags point at, by the index alone. */
	Map<String, String> tags() {
		Map<String, String> tags = new LinkedHashMap<>();
		for (JsonNode manifest : read(this.folder.resolve("index.json")).path("manifests")) {
			String tag = manifest.path("annotations").path("org.opencontainers.image.ref.name").asText();
			if (!tag.isEmpty()) {
				tags.put(tag, manifest.path("digest").asText());
			}
		}
		return tags;
	}

	/** What skopeo says of a tag. */
	JsonNode inspect(String tag) {
		String output = GitProject.Tools.run(this.folder,
				List.of("skopeo", "inspect", "oci:" + this.folder + ":" + tag));
		try {
			return JSON.readTree(output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The labels of every image manifest in the blob store, tagged or not. */
	List<Map<String, String>> labelsOfAllImages() {
		try (Stream<Path> blobs = Files.list(this.folder.resolve("blobs/sha256"))) {
			List<Map<String, String>> all = new ArrayList<>();
			for (Path blob : blobs.toList()) {
				if (Files.size(blob) < 100_000 && Files.readString(blob, StandardCharsets.ISO_8859_1).startsWith("{")) {
					JsonNode json = read(blob);
					if (json.has("layers")) {
						all.add(labels(json.path("config").path("digest").asText()));
					}
				}
			}
			return all;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Map<String, String> labels(String configDigest) {
		Map<String, String> labels = new LinkedHashMap<>();
		read(blob(configDigest)).path("config")
			.path("Labels")
			.properties()
			.forEach((entry) -> labels.put(entry.getKey(), entry.getValue().asText()));
		return labels;
	}

	/** Reads a file out of an image, the upper layers first. */
	String file(String digest, String name) {
		JsonNode layers = read(blob(digest)).path("layers");
		for (int i = layers.size() - 1; i >= 0; i--) {
			byte[] layer = bytes(blob(layers.path(i).path("digest").asText()));
			String content = fileInTar(layer, name);
			if (!content.isEmpty()) {
				return content;
			}
		}
		throw new AssertionError("No file %s in %s".formatted(name, digest));
	}

	/** The names of all files and folders in all layers of an image. */
	List<String> names(String digest) {
		List<String> names = new ArrayList<>();
		for (JsonNode layer : read(blob(digest)).path("layers")) {
			byte[] tar = unzipped(bytes(blob(layer.path("digest").asText())));
			for (int at = 0; at + 512 <= tar.length && tar[at] != 0;) {
				String entry = new String(tar, at, 100, StandardCharsets.UTF_8).split("\0", 2)[0];
				names.add(entry.replaceFirst("^(\\./|/)", ""));
				int size = Integer.parseInt(new String(tar, at + 124, 11, StandardCharsets.US_ASCII).strip(), 8);
				at += 512 + (size + 511) / 512 * 512;
			}
		}
		return names;
	}

	/** Every byte of all layers of an image, as text in which words can be looked for. */
	String content(String digest) {
		StringBuilder content = new StringBuilder();
		for (JsonNode layer : read(blob(digest)).path("layers")) {
			content
				.append(new String(unzipped(bytes(blob(layer.path("digest").asText()))), StandardCharsets.ISO_8859_1));
		}
		return content.toString();
	}

	private static byte[] unzipped(byte[] layer) {
		boolean zipped = layer.length > 2 && (layer[0] & 0xff) == 0x1f && (layer[1] & 0xff) == 0x8b;
		try (var in = zipped ? new GZIPInputStream(new ByteArrayInputStream(layer)) : new ByteArrayInputStream(layer)) {
			return in.readAllBytes();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String fileInTar(byte[] layer, String name) {
		byte[] tar = unzipped(layer);
		for (int at = 0; at + 512 <= tar.length && tar[at] != 0;) {
			String entry = new String(tar, at, 100, StandardCharsets.UTF_8).split("\0", 2)[0];
			int size = Integer.parseInt(new String(tar, at + 124, 11, StandardCharsets.US_ASCII).strip(), 8);
			if (entry.replaceFirst("^(\\./|/)", "").equals(name)) {
				return new String(tar, at + 512, size, StandardCharsets.UTF_8);
			}
			at += 512 + (size + 511) / 512 * 512;
		}
		return "";
	}

	private Path blob(String digest) {
		return this.folder.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
	}

	private static JsonNode read(Path file) {
		try {
			return JSON.readTree(bytes(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static byte[] bytes(Path file) {
		try {
			return Files.readAllBytes(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
