package dev.imagefactory.engine.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import dev.imagefactory.image.Digest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes an OCI layout with one image of one layer, by hand. */
final class SmallLayout {

	private SmallLayout() {
	}

	static Digest write(Path folder, Map<String, String> files) throws IOException {
		Files.createDirectories(folder.resolve("blobs/sha256"));
		String config = descriptor(folder, "application/vnd.oci.image.config.v1+json",
				"{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Labels\":{\"own\":\"1\"}}}"
					.getBytes(StandardCharsets.UTF_8));
		String layer = descriptor(folder, "application/vnd.oci.image.layer.v1.tar+gzip", layer(files));
		byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":"
				+ config + ",\"layers\":[" + layer + "]}")
			.getBytes(StandardCharsets.UTF_8);
		String entry = descriptor(folder, "application/vnd.oci.image.manifest.v1+json", manifest);
		Files.writeString(folder.resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[" + entry + "]}");
		Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
		return Digest.ofBytes(manifest);
	}

	static Path blob(Path folder, Digest digest) {
		return folder.resolve("blobs/sha256").resolve(digest.hex());
	}

	private static String descriptor(Path folder, String type, byte[] content) throws IOException {
		Digest digest = Digest.ofBytes(content);
		Files.write(blob(folder, digest), content);
		return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, digest, content.length);
	}

	private static byte[] layer(Map<String, String> files) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
			for (Map.Entry<String, String> file : files.entrySet()) {
				byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
				TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
				entry.setSize(content.length);
				tar.putArchiveEntry(entry);
				tar.write(content);
				tar.closeArchiveEntry();
			}
		}
		return bytes.toByteArray();
	}

}
