package dev.imagefactory.engine.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.image.Digest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * What {@code docker save} wrote, turned into an OCI layout. Nothing in it is believed:
 * each layer is hashed and compared with what the configuration says of it. Everything
 * this build added gets the image's time, so that building a commit again gives the same
 * image.
 */
final class DockerArchive implements AutoCloseable {

	private static final String OCI = "application/vnd.oci.image.";

	private static final long MOST_JSON_BYTES = 4L * 1024 * 1024;

	private static final int MOST_LINKS = 5;

	private static final ObjectMapper JSON = new ObjectMapper();

	private final TarFile tar;

	private final Map<String, TarArchiveEntry> entries = new HashMap<>();

	private final Path blobs;

	private final Path layout;

	/**
	 * Opens an archive.
	 * @param archive the file that docker wrote
	 * @param layout the folder to make the layout in; absent before
	 * @throws IOException when it cannot be read
	 */
	DockerArchive(Path archive, Path layout) throws IOException {
		this.layout = layout;
		this.blobs = Files.createDirectories(layout.resolve("blobs/sha256"));
		this.tar = new TarFile(archive);
		this.tar.getEntries().forEach((entry) -> this.entries.put(entry.getName(), entry));
	}

	/**
	 * Writes the layout.
	 * @param begun when the build began: what is younger was made by it
	 * @param created the image's time
	 * @return the layout, holding one image of OCI type
	 * @throws IOException when the archive is not one whole image
	 */
	OciLayout convert(Instant begun, Instant created) throws IOException {
		JsonNode images = json("manifest.json");
		if (images.size() != 1) {
			throw new IOException("docker saved %d images and not one".formatted(images.size()));
		}
		JsonNode image = images.get(0);
		DockerConfig config = new DockerConfig(json(image.path("Config").asText()), begun, created);
		JsonNode layers = image.path("Layers");
		List<String> diffIds = config.diffIds();
		if (diffIds.size() != layers.size()) {
			throw new IOException(
					"the image has %d layers, its configuration names %d".formatted(layers.size(), diffIds.size()));
		}
		ArrayNode written = JSON.createArrayNode();
		for (int at = 0; at < layers.size(); at++) {
			TarArchiveEntry entry = entry(layers.get(at).asText());
			verify(entry, diffIds.get(at));
			LayerTimes times = config.isOfThisBuild(at) ? new LayerTimes(created) : null;
			Written layer = write(entry, times);
			config.diffId(at, layer.diffId());
			written.add(layer.descriptor());
		}
		finish(config, written);
		return new OciLayout(this.layout);
	}

	private void finish(DockerConfig config, ArrayNode layers) throws IOException {
		ObjectNode manifest = JSON.createObjectNode()
			.put("schemaVersion", 2)
			.put("mediaType", OCI + "manifest.v1+json");
		manifest.set("config", store(config.toOci(), OCI + "config.v1+json"));
		manifest.set("layers", layers);
		ObjectNode index = JSON.createObjectNode().put("schemaVersion", 2);
		index.putArray("manifests").add(store(manifest, OCI + "manifest.v1+json"));
		Files.write(this.layout.resolve("index.json"), JSON.writeValueAsBytes(index));
		Files.writeString(this.layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
	}

	private ObjectNode store(JsonNode content, String type) throws IOException {
		byte[] bytes = JSON.writeValueAsBytes(content);
		Digest digest = Digest.ofBytes(bytes);
		Files.write(this.blobs.resolve(digest.hex()), bytes);
		return descriptor(type, digest.value(), bytes.length);
	}

	private static ObjectNode descriptor(String type, String digest, long size) {
		return JSON.createObjectNode().put("mediaType", type).put("digest", digest).put("size", size);
	}

	private void verify(TarArchiveEntry entry, String expected) throws IOException {
		MessageDigest computation = Digest.sha256();
		try (InputStream layer = new DigestInputStream(uncompressed(entry), computation)) {
			layer.transferTo(OutputStream.nullOutputStream());
		}
		if (!expected.equals(value(computation))) {
			throw new IOException("the layer %s is damaged".formatted(expected));
		}
	}

	private Written write(TarArchiveEntry entry, LayerTimes times) throws IOException {
		MessageDigest plain = Digest.sha256();
		MessageDigest packed = Digest.sha256();
		Path file = this.blobs.resolve("unfinished");
		try (InputStream layer = uncompressed(entry);
				OutputStream target = new DigestOutputStream(
						new GZIPOutputStream(new DigestOutputStream(Files.newOutputStream(file), packed), 64 * 1024),
						plain)) {
			if (times != null) {
				times.copy(layer, target);
			}
			else {
				layer.transferTo(target);
			}
		}
		String digest = value(packed);
		Files.move(file, this.blobs.resolve(Digest.of(digest).hex()),
				java.nio.file.StandardCopyOption.REPLACE_EXISTING);
		long size = Files.size(this.blobs.resolve(Digest.of(digest).hex()));
		return new Written(value(plain), descriptor(OCI + "layer.v1.tar+gzip", digest, size));
	}

	private static String value(MessageDigest computation) {
		return "sha256:" + HexFormat.of().formatHex(computation.digest());
	}

	/** Newer daemons keep layers compressed. */
	private InputStream uncompressed(TarArchiveEntry entry) throws IOException {
		BufferedInputStream content = new BufferedInputStream(this.tar.getInputStream(entry), 64 * 1024);
		content.mark(2);
		boolean packed = content.read() == 0x1f && content.read() == 0x8b;
		content.reset();
		return packed ? new GZIPInputStream(content, 64 * 1024) : content;
	}

	/** A layer that occurs twice is a link the second time. */
	private TarArchiveEntry entry(String name) throws IOException {
		String wanted = name;
		for (int links = 0; links < MOST_LINKS; links++) {
			TarArchiveEntry entry = this.entries.get(wanted);
			if (entry == null) {
				break;
			}
			if (entry.isFile() && !entry.isSymbolicLink()) {
				return entry;
			}
			wanted = Path.of("/", wanted).resolveSibling(entry.getLinkName()).normalize().toString().substring(1);
		}
		throw new IOException("docker saved no '%s'".formatted(name));
	}

	private JsonNode json(String name) throws IOException {
		TarArchiveEntry entry = entry(name);
		if (entry.getSize() > MOST_JSON_BYTES) {
			throw new IOException("%s is too large".formatted(name));
		}
		try (InputStream content = this.tar.getInputStream(entry)) {
			return JSON.readTree(content);
		}
	}

	@Override
	public void close() throws IOException {
		this.tar.close();
	}

	private record Written(String diffId, ObjectNode descriptor) {

	}

}
