package dev.imagefactory.engine.local;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.image.Digest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads an image back from the layout a builder wrote, as a container runtime would. */
final class BuiltImage {

	private static final ObjectMapper JSON = new ObjectMapper();

	final JsonNode config;

	final Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();

	final Map<String, String> files = new LinkedHashMap<>();

	BuiltImage(Path layout, Digest digest) throws IOException {
		JsonNode manifest = JSON.readTree(blob(layout, digest.value()).toFile());
		this.config = JSON.readTree(blob(layout, manifest.at("/config/digest").asText()).toFile());
		for (JsonNode layer : manifest.path("layers")) {
			read(blob(layout, layer.path("digest").asText()));
		}
	}

	String label(String name) {
		return this.config.at("/config/Labels").path(name).asText();
	}

	/**
	 * Expanded first: what reads tar skips into a buffer that all threads share, and gzip
	 * takes its checksum from there.
	 */
	private void read(Path layer) throws IOException {
		try (InputStream content = new GZIPInputStream(Files.newInputStream(layer));
				TarArchiveInputStream tar = new TarArchiveInputStream(
						new ByteArrayInputStream(content.readAllBytes()))) {
			for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
				String name = "/" + entry.getName().replaceAll("^\\.?/+|/+$", "");
				this.entries.put(name, entry);
				if (entry.isFile() && entry.getSize() < 100_000) {
					this.files.put(name, new String(tar.readAllBytes(), StandardCharsets.UTF_8));
				}
			}
		}
	}

	private static Path blob(Path layout, String digest) {
		return layout.resolve("blobs/sha256").resolve(Digest.of(digest).hex());
	}

}
