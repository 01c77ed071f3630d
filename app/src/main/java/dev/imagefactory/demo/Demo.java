package dev.imagefactory.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Plays one release from outside, as GitHub and a person would: makes it, sends the
 * signed webhook over HTTP, follows the build over the API and says where to look.
 */
class Demo {

	private static final long REPOSITORY_ID = 4711;

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	private static final Duration PAUSE = Duration.ofMillis(150);

	private final ObjectMapper json;

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

	private final DemoFiles files;

	private final DemoStory story;

	private final URI base;

	private final String token;

	/**
	 * Creates the demo.
	 * @param json writes and reads JSON
	 * @param files where the demo keeps its things
	 * @param base where the service listens
	 * @param token the admin token
	 * @param story where to tell what happens
	 */
	Demo(ObjectMapper json, DemoFiles files, URI base, String token, DemoStory story) {
		this.json = json;
		this.files = files;
		this.base = base;
		this.token = token;
		this.story = story;
	}

	/**
	 * Plays one release.
	 * @return the finished build as the API shows it
	 * @throws IOException when the service or the repository fails
	 * @throws InterruptedException when the service is shut down meanwhile
	 */
	JsonNode play() throws IOException, InterruptedException {
		SampleRepository.Release release = new SampleRepository(this.files.repository()).release();
		this.story.released(this.files.repository(), release);
		JsonNode answer = send(payload(release));
		this.story.delivered(answer.path("outcome").asText(), answer.path("delivery").asText());
		String build = awaitOrder(answer.path("delivery").asText());
		JsonNode finished = follow(build);
		this.story.finished(finished);
		return finished;
	}

	private byte[] payload(SampleRepository.Release release) throws IOException {
		ObjectNode payload = this.json.createObjectNode().put("action", "published");
		payload.putObject("release")
			.put("id", release.number())
			.put("tag_name", release.tag())
			.put("target_commitish", SampleRepository.BRANCH)
			.put("name", "Release " + release.tag())
			.put("draft", false)
			.put("prerelease", false);
		ObjectNode repository = payload.putObject("repository")
			.put("id", REPOSITORY_ID)
			.put("name", "hello")
			.put("full_name", SampleRepository.NAME)
			.put("private", false)
			.put("archived", false)
			.put("default_branch", SampleRepository.BRANCH);
		repository.putObject("owner").put("login", "demo");
		payload.putObject("sender").put("login", "demo");
		return this.json.writeValueAsBytes(payload);
	}

	private JsonNode send(byte[] body) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.base.resolve("/webhooks/github"))
			.header("Content-Type", "application/json")
			.header("User-Agent", "GitHub-Hookshot/demo")
			.header("X-GitHub-Event", "release")
			.header("X-GitHub-Delivery", UUID.randomUUID().toString())
			.header("X-GitHub-Hook-ID", "1")
			.header("X-Hub-Signature-256", "sha256=" + signature(body))
			.POST(HttpRequest.BodyPublishers.ofByteArray(body))
			.build();
		return read(this.http.send(request, HttpResponse.BodyHandlers.ofString()));
	}

	private String signature(byte[] body) throws IOException {
		try {
			byte[] secret = Files.readString(this.files.webhookSecret()).strip().getBytes(StandardCharsets.UTF_8);
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(secret, "HmacSHA256"));
			return HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has HmacSHA256", ex);
		}
	}

	private String awaitOrder(String delivery) throws IOException, InterruptedException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (System.nanoTime() < end) {
			JsonNode seen = get("/api/v1/deliveries/" + delivery);
			if (seen.path("builds").has(0)) {
				return seen.path("builds").path(0).path("id").asText();
			}
			if (!seen.path("outcome").asText().equals("accepted")) {
				throw new IOException("The delivery was not built: " + seen.path("reason").asText() + ": "
						+ seen.path("detail").asText());
			}
			pause();
		}
		throw new IOException("The delivery %s was not planned within %s".formatted(delivery, PATIENCE));
	}

	private JsonNode follow(String build) throws IOException, InterruptedException {
		long end = System.nanoTime() + PATIENCE.toNanos();
		while (System.nanoTime() < end) {
			JsonNode seen = get("/api/v1/builds/" + build);
			this.story.progress(seen);
			if (!seen.path("finishedAt").isMissingNode()) {
				return seen;
			}
			pause();
		}
		throw new IOException("The build %s did not end within %s".formatted(build, PATIENCE));
	}

	private JsonNode get(String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(this.base.resolve(path))
			.header("Authorization", "Bearer " + this.token)
			.build();
		return read(this.http.send(request, HttpResponse.BodyHandlers.ofString()));
	}

	private JsonNode read(HttpResponse<String> response) throws IOException {
		if (response.statusCode() / 100 != 2) {
			throw new IOException(
					"%s answered %d: %s".formatted(response.uri(), response.statusCode(), response.body()));
		}
		return this.json.readTree(response.body());
	}

	private static void pause() throws InterruptedException {
		LockSupport.parkNanos(PAUSE.toNanos());
		if (Thread.interrupted()) {
			throw new InterruptedException("The demo was stopped");
		}
	}

	/** Where an image of the demo lies on disk. */
	static Path layout(Path dataDirectory, String image) {
		return dataDirectory.resolve("registry").resolve(image);
	}

}
