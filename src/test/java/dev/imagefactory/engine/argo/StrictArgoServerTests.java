package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Our Argo Server answers what a real one (4.0.10, auth mode client, archive in
 * PostgreSQL, logs in an S3 store) has answered, of which each answer was recorded.
 */
class StrictArgoServerTests {

	private static final Path FILE = Path.of("src/test/resources/dev/imagefactory/engine/argo/argo-server-4.0.10.json");

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Map<String, String> TOKENS = Map.of("good", StrictArgoServer.TOKEN, "wrong", "another",
			"stranger", StrictArgoServer.STRANGER);

	private final StrictArgoServer server = new StrictArgoServer();

	private final HttpClient client = HttpClient.newHttpClient();

	@AfterEach
	void close() {
		this.client.close();
		this.server.close();
	}

	static List<Recorded> recorded() throws IOException {
		return StreamSupport.stream(JSON.readTree(FILE.toFile()).spliterator(), false).map(Recorded::new).toList();
	}

	@ParameterizedTest
	@MethodSource("recorded")
	void answerWhenAskedAsTheRealOneWasIsTheSame(Recorded recorded) throws IOException, InterruptedException {
		install(recorded);
		HttpResponse<String> response = this.client.send(recorded.request(this.server.address()),
				HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(recorded.status());
		assertThat(response.headers().firstValue("Content-Type")).hasValue(recorded.json().path("type").asText());
		JsonNode answer = recorded.json().path("answer");
		if (answer.isTextual()) {
			assertThat(response.body()).isEqualTo(answer.asText());
		}
		else if (recorded.status() >= 400 || answer.has("items")) {
			assertThat(JSON.readTree(response.body())).isEqualTo(answer);
		}
		else {
			assertThat(JSON.readTree(response.body()).at("/metadata/name")).isEqualTo(answer.at("/metadata/name"));
			assertThat(JSON.readTree(response.body()).path("version")).isEqualTo(answer.path("version"));
		}
	}

	/** What was there when the real one was asked. */
	private void install(Recorded recorded) throws IOException {
		for (Recorded each : recorded()) {
			boolean good = each.status() == 200 && each.json().path("answer").isObject();
			if (good && each.is("archived")) {
				this.server.keep(each.json().path("answer").deepCopy());
			}
			if (good && each.is("live")) {
				ObjectNode live = each.json().path("answer").deepCopy();
				this.server.live.put("builds/" + live.at("/metadata/name").asText(), live);
			}
			if (each.status() == 200 && each.json().path("case").asText().startsWith("artifact")) {
				String[] path = each.json().path("path").asText().split("/");
				this.server.artifacts.put(path[path.length - 2] + "/main-logs", each.json().path("answer").asText());
			}
		}
		this.server.templates.add("builds/image-build-v1");
		this.server.maySeeStore = recorded.json().path("right").asBoolean();
		if (recorded.is("artifact by uid, not in the store")) {
			this.server.artifacts.clear();
		}
	}

	/**
	 * One answer, and what it was to.
	 *
	 * @param json as it stands in the file
	 */
	record Recorded(JsonNode json) {

		boolean is(String name) {
			return this.json.path("case").asText().equals(name);
		}

		int status() {
			return this.json.path("status").asInt();
		}

		HttpRequest request(String address) {
			HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(address + this.json.path("path").asText()))
				.header("Accept", "application/json");
			String token = TOKENS.get(this.json.path("token").asText());
			Stream.ofNullable(token).forEach((text) -> builder.header("Authorization", "Bearer " + text));
			return (this.json.has("body") ? builder.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString(this.json.path("body").toString())) : builder.GET()).build();
		}

		@Override
		public String toString() {
			return this.json.path("case").asText() + " with a " + this.json.path("token").asText() + " token, "
					+ this.json.path("right").asText();
		}

	}

}
