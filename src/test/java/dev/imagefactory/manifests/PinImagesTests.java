package dev.imagefactory.manifests;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.imagefactory.registry.oci.OciRegistryServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The images are pinned by the real skopeo, in a real registry that is a mirror. */
class PinImagesTests {

	private static final String INDEX = "application/vnd.oci.image.index.v1+json";

	@TempDir
	private Path folder;

	/**
	 * Images are for many architectures, and what is pinned is the index of them all.
	 */
	@Test
	void pinWhenTheMirrorHasTheImagesWritesTheDigestsOfTheirIndexes() throws Exception {
		boolean found = Stream.of(System.getenv("PATH").split(":"))
			.anyMatch((path) -> Files.isExecutable(Path.of(path, "skopeo")));
		Assumptions.assumeTrue(found, "Skipped: skopeo is not on the PATH; install the package skopeo");
		try (OciRegistryServer mirror = OciRegistryServer.start(this.folder.resolve("registry"))) {
			Path file = Files.writeString(this.folder.resolve("kustomization.yaml"),
					Files.readString(Manifests.FOLDER.resolve("kustomization.yaml"))
						.replaceAll("newName: .*/", "newName: " + mirror.host() + "/"));
			Map<String, String> expected = new TreeMap<>();
			Manifests.read(file).getFirst().path("images").forEach((image) -> {
				String name = image.path("name").asText();
				if (!name.equals("krane")) {
					expected.put(name, store(image.path("newName").asText(), image.path("newTag").asText()));
				}
			});
			String said = pin(file, mirror.host());
			assertThat(said).contains("krane: the digest of ", "so its version stands").endsWith("exit 1\n");
			Map<String, String> pinned = new TreeMap<>();
			Manifests.read(file)
				.getFirst()
				.path("images")
				.forEach((image) -> pinned.put(image.path("name").asText(), image.path("digest").asText()));
			expected.put("krane", "");
			assertThat(pinned).as(said).isEqualTo(expected);
		}
	}

	/** Puts an index there that is no other image's; its digest. */
	private static String store(String name, String tag) {
		byte[] index = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[],\"annotations\":{\"for\":\"%s\"}}"
			.formatted(INDEX, name)
			.getBytes(StandardCharsets.UTF_8);
		String[] parts = name.split("/", 2);
		try (HttpClient client = HttpClient.newHttpClient()) {
			int code = client
				.send(HttpRequest
					.newBuilder(URI.create("http://%s/v2/%s/manifests/%s".formatted(parts[0], parts[1], tag)))
					.header("Content-Type", INDEX)
					.PUT(BodyPublishers.ofByteArray(index))
					.build(), BodyHandlers.discarding())
				.statusCode();
			assertThat(code).isEqualTo(201);
			return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(index));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String pin(Path file, String mirror) throws Exception {
		Path settings = Files.createDirectories(this.folder.resolve("home/.config/containers"));
		Files.writeString(settings.resolve("registries.conf"),
				"[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(mirror));
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", "sh \"$0\" \"$1\"; echo exit $?",
				Manifests.FOLDER.resolve("pin-images.sh").toString(), file.toString());
		builder.environment().put("HOME", this.folder.resolve("home").toString());
		builder.environment().remove("XDG_CONFIG_HOME");
		Process process = builder.redirectErrorStream(true).start();
		process.getOutputStream().close();
		try (InputStream said = process.getInputStream()) {
			return new String(said.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
