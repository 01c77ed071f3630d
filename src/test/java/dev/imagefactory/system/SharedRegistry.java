package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;

/**
 * Debian's {@code docker-registry} on a port of loopback, which several replicas push to.
 */
final class SharedRegistry implements AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private final Process process;

	private final int port;

	private SharedRegistry(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static boolean isHere() {
		return GitProject.Tools.has("docker-registry");
	}

	static SharedRegistry start(Path folder) {
		try {
			int port = freePort();
			Path config = Files.writeString(folder.resolve("registry.yml"), """
					version: 0.1
					storage: {filesystem: {rootdirectory: %s}}
					http: {addr: "127.0.0.1:%d"}
					""".formatted(folder.resolve("registry"), port));
			Process process = new ProcessBuilder("docker-registry", "serve", config.toString())
				.redirectErrorStream(true)
				.redirectOutput(folder.resolve("registry.log").toFile())
				.start();
			SharedRegistry registry = new SharedRegistry(process, port);
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(registry::answers);
			return registry;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private boolean answers() {
		try {
			return get("/v2/", "*/*").statusCode() == 200;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	String address() {
		return "127.0.0.1:" + this.port;
	}

	/** The tags of an image and the digests that they point at. */
	Map<String, String> tags(String image) {
		Map<String, String> digests = new TreeMap<>();
		try {
			JsonNode list = new ObjectMapper().readTree(get("/v2/" + image + "/tags/list", "*/*").body());
			for (JsonNode tag : list.path("tags")) {
				HttpResponse<String> manifest = get("/v2/" + image + "/manifests/" + tag.asText(),
						"application/vnd.oci.image.manifest.v1+json");
				digests.put(tag.asText(), manifest.headers().firstValue("Docker-Content-Digest").orElseThrow());
			}
			return digests;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private HttpResponse<String> get(String path, String accept) {
		try {
			return HTTP.send(
					HttpRequest.newBuilder(URI.create("http://" + address() + path)).header("Accept", accept).build(),
					HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
