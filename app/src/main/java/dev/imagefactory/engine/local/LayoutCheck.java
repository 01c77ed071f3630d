package dev.imagefactory.engine.local;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.image.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether an OCI layout that a crash left behind still holds an image, whole. */
final class LayoutCheck {

	private static final Logger logger = LoggerFactory.getLogger(LayoutCheck.class);

	private final ObjectMapper json;

	/**
	 * Creates the check.
	 * @param json reads the manifest
	 */
	LayoutCheck(ObjectMapper json) {
		this.json = json;
	}

	/**
	 * Reads every byte of an image and compares its digests.
	 * @param layout the layout's folder, which need not exist
	 * @param digest the image's manifest
	 * @return true when every blob is there and right
	 */
	boolean holds(Path layout, Digest digest) {
		try {
			if (!Files.exists(layout.resolve("oci-layout")) || !Files.exists(layout.resolve("index.json"))
					|| !isWhole(layout, digest)) {
				return false;
			}
			JsonNode manifest = this.json.readTree(blob(layout, digest).toFile());
			boolean whole = isWhole(layout, Digest.of(manifest.path("config").path("digest").asText()));
			for (JsonNode layer : manifest.path("layers")) {
				whole = whole && isWhole(layout, Digest.of(layer.path("digest").asText()));
			}
			return whole;
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.info("The layout {} is not whole: {}", layout, ex.getMessage());
			return false;
		}
	}

	private static Path blob(Path layout, Digest digest) {
		return layout.resolve("blobs").resolve("sha256").resolve(digest.hex());
	}

	private static boolean isWhole(Path layout, Digest digest) throws IOException {
		Path blob = blob(layout, digest);
		if (!Files.isRegularFile(blob)) {
			return false;
		}
		try (InputStream content = new FileInputStream(blob.toFile());
				DigestInputStream digesting = new DigestInputStream(content, Digest.sha256())) {
			digesting.transferTo(OutputStream.nullOutputStream());
			return HexFormat.of().formatHex(digesting.getMessageDigest().digest()).equals(digest.hex());
		}
	}

}
