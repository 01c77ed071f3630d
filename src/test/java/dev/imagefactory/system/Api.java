package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;

/** Talks HTTP to a running service, as a program with a token would. */
public final class Api {

	private static final HttpClient HTTP = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(Duration.ofSeconds(5))
		.build();

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private final URI base;

	private final String token;

	Api(URI base, String token) {
		this.base = base;
		this.token = token;
	}

	boolean isReady() {
		try {
			HttpRequest request = HttpRequest.newBuilder(this.base.resolve("/actuator/health/readiness"))
				.timeout(Duration.ofSeconds(2))
				.build();
			return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	public Answer get(String path) {
		return send(request(path).GET());
	}

	public Answer post(String path, String body) {
		return send(request(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	/**
	 * Sends a request of the caller's own making.
	 * @param request the request
	 * @return the answer
	 */
	public Answer send(HttpRequest.Builder request) {
		try {
			HttpResponse<String> response = HTTP.send(request.timeout(Duration.ofSeconds(60)).build(),
					HttpResponse.BodyHandlers.ofString());
			return new Answer(response.statusCode(), response.body(),
					response.headers().firstValue("Location").orElse(""), response.headers().map());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Sends a request whose answer goes on.
	 * @param request the request
	 * @return the answer's lines as they come
	 */
	Stream<String> lines(HttpRequest.Builder request) {
		try {
			return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofLines()).body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A request without the token.
	 * @param path the path
	 * @return what can be added to
	 */
	public HttpRequest.Builder anonymous(String path) {
		return HttpRequest.newBuilder(this.base.resolve(path));
	}

	/**
	 * A request with the token.
	 * @param path the path
	 * @return what can be added to
	 */
	public HttpRequest.Builder request(String path) {
		return anonymous(path).header("Authorization", "Bearer " + this.token);
	}

	/**
	 * Every build, newest first, over all pages.
	 * @return the builds
	 */
	public List<JsonNode> builds() {
		List<JsonNode> all = new ArrayList<>();
		String cursor = "";
		do {
			JsonNode page = get("/api/v1/builds?limit=200" + cursor).json();
			page.path("items").forEach(all::add);
			cursor = page.path("nextCursor").isTextual() ? "&cursor=" + page.path("nextCursor").asText() : "";
		}
		while (!cursor.isEmpty());
		return all;
	}

	/**
	 * The builds of one git ref.
	 * @param repository of this repository
	 * @param ref the full ref
	 * @return the builds, newest first
	 */
	public List<JsonNode> builds(String repository, String ref) {
		return builds().stream()
			.filter((build) -> build.path("repository").asText().equals(repository)
					&& build.path("ref").asText().equals(ref))
			.toList();
	}

	/**
	 * Waits until a build is over.
	 * @param id the build
	 * @return the build as the API shows it
	 */
	public JsonNode awaitEnd(String id) {
		return Awaitility.await()
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(100))
			.until(() -> get("/api/v1/builds/" + id).json(), (build) -> build.has("finishedAt"));
	}

	/**
	 * Waits until a delivery is planned.
	 * @param id our id of the delivery
	 * @return the delivery as the API shows it
	 */
	public JsonNode awaitPlanned(String id) {
		return Awaitility.await()
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(50))
			.until(() -> get("/api/v1/deliveries/" + id).json(),
					(delivery) -> !delivery.path("outcome").asText().equals("accepted"));
	}

	/**
	 * An answer of the service.
	 *
	 * @param status the HTTP status
	 * @param body the text
	 * @param location the Location header, empty without
	 * @param headers all headers
	 */
	public record Answer(int status, String body, String location, Map<String, List<String>> headers) {

		/** The last part of a problem's type; fails for anything but a problem. */
		String problem() {
			String type = json().path("type").asText();
			if (!type.startsWith("/problems/") || json().path("status").asInt() != this.status) {
				throw new AssertionError("No problem (%d): %s".formatted(this.status, this.body));
			}
			return this.status + " " + type.substring("/problems/".length());
		}

		public JsonNode json() {
			try {
				return JSON.readTree(this.body);
			}
			catch (IOException ex) {
				throw new AssertionError("Not JSON (%d): %s".formatted(this.status, this.body), ex);
			}
		}

	}

}
