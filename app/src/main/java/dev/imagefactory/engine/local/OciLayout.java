package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.image.Digest;
import dev.imagefactory.source.InvalidValue;

/**
 * An OCI layout with exactly one image in it (OCI image-spec, "Image Layout"). What a
 * builder wrote is never believed: every blob is hashed before its digest is passed on.
 */
final class OciLayout {

	private static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

	/** Manifests and configurations are small; a larger one is not read into memory. */
	private static final long MOST_JSON_BYTES = 4L * 1024 * 1024;

	private static final ObjectMapper JSON = new ObjectMapper();

	private final Path folder;

	/**
	 * Names a layout; nothing is read yet.
	 * @param folder the layout's folder
	 */
	OciLayout(Path folder) {
		this.folder = folder;
	}

	/**
	 * Sets labels of the image after those it has, and with that gives it a new digest.
	 * Doing it here keeps label values away from any builder's quoting and substitution
	 * rules.
	 * @param labels the labels, which win over those of the same name
	 * @throws IOException when the layout is not one whole image
	 */
	void label(Map<String, String> labels) throws IOException {
		ObjectNode index = object(this.folder.resolve("index.json"));
		ObjectNode entry = onlyEntry(index);
		Path oldManifest = blob(entry);
		ObjectNode manifest = object(oldManifest);
		ObjectNode reference = child(manifest, "config");
		Path oldConfig = blob(reference);
		ObjectNode config = object(oldConfig);
		ObjectNode own = config.withObject("/config");
		Map<String, String> all = new TreeMap<>();
		own.path("Labels").properties().forEach((label) -> all.put(label.getKey(), label.getValue().asText()));
		all.putAll(labels);
		own.set("Labels", JSON.valueToTree(all));
		Files.delete(oldConfig);
		store(config, reference);
		Files.delete(oldManifest);
		store(manifest, entry);
		entry.remove("annotations");
		Files.write(this.folder.resolve("index.json"), JSON.writeValueAsBytes(index));
	}

	/**
	 * Reads every blob and compares it with what is said about it.
	 * @return the digest of the one manifest
	 * @throws IOException when the layout is not one whole image of OCI type
	 */
	Digest verify() throws IOException {
		ObjectNode entry = onlyEntry(object(this.folder.resolve("index.json")));
		ObjectNode manifest = object(verified(entry));
		verified(child(manifest, "config"));
		if (!(manifest.get("layers") instanceof ArrayNode layers)) {
			throw new IOException("the manifest names no layers");
		}
		for (JsonNode layer : layers) {
			verified(layer);
		}
		return digest(entry);
	}

	/**
	 * Hands a freshly built image over to its run: checked, labelled, checked again.
	 * @param request what was to be built
	 * @return the image's digest
	 * @throws IOException when the layout is not one whole image of OCI type
	 */
	Digest handOver(ImageBuilder.Request request) throws IOException {
		verify();
		label(request.labels());
		Digest digest = verify();
		moveTo(request.layout());
		return digest;
	}

	/**
	 * Moves the layout to where it is wanted.
	 * @param target absent before, on the same disk
	 * @throws IOException when it cannot be moved
	 */
	void moveTo(Path target) throws IOException {
		Files.createDirectories(target.toAbsolutePath().getParent());
		Files.move(this.folder, target);
	}

	private ObjectNode onlyEntry(ObjectNode index) throws IOException {
		JsonNode entries = index.path("manifests");
		if (entries.size() != 1 || !(entries.get(0) instanceof ObjectNode entry)) {
			throw new IOException("the layout must hold exactly one manifest, it holds " + entries.size());
		}
		String type = entry.path("mediaType").asText();
		if (!MANIFEST_TYPE.equals(type)) {
			throw new IOException("the manifest has type '%s' and not %s".formatted(type, MANIFEST_TYPE));
		}
		return entry;
	}

	private Path verified(JsonNode descriptor) throws IOException {
		Path blob = blob(descriptor);
		MessageDigest computation = Digest.sha256();
		long size = 0;
		try (InputStream content = Files.newInputStream(blob)) {
			byte[] buffer = new byte[64 * 1024];
			for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
				computation.update(buffer, 0, read);
				size += read;
			}
		}
		Digest expected = digest(descriptor);
		if (size != descriptor.path("size").asLong(-1)
				|| !expected.hex().equals(HexFormat.of().formatHex(computation.digest()))) {
			throw new IOException("blob %s does not have that digest and size".formatted(expected));
		}
		return blob;
	}

	private Path blob(JsonNode descriptor) throws IOException {
		Digest digest = digest(descriptor);
		Path blob = this.folder.resolve("blobs").resolve("sha256").resolve(digest.hex());
		if (!Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS)) {
			throw new IOException("blob %s is missing".formatted(digest));
		}
		return blob;
	}

	private void store(ObjectNode content, ObjectNode descriptor) throws IOException {
		byte[] bytes = JSON.writeValueAsBytes(content);
		Digest digest = Digest.ofBytes(bytes);
		Files.write(this.folder.resolve("blobs").resolve("sha256").resolve(digest.hex()), bytes);
		descriptor.put("digest", digest.value()).put("size", bytes.length);
	}

	private static Digest digest(JsonNode descriptor) throws IOException {
		try {
			return Digest.of(descriptor.path("digest").asText());
		}
		catch (InvalidValue ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private static ObjectNode child(ObjectNode parent, String name) throws IOException {
		if (parent.get(name) instanceof ObjectNode child) {
			return child;
		}
		throw new IOException("the manifest has no " + name);
	}

	private static ObjectNode object(Path file) throws IOException {
		if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > MOST_JSON_BYTES) {
			throw new IOException("%s is missing or too large".formatted(file.getFileName()));
		}
		if (JSON.readTree(file.toFile()) instanceof ObjectNode object) {
			return object;
		}
		throw new IOException("%s is not a JSON object".formatted(file.getFileName()));
	}

}
