package dev.imagefactory.system;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The life of a release in the whole service: foreseen, built, promoted, built again,
 * asked for twice.
 */
class ReleaseSystemTests {

	private static final String REPOSITORY = "acme/hello";

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	@TempDir
	private Path folder;

	@Test
	void releaseWhenForeseenPromotedRebuiltAndAskedForTwiceKeepsOneImageUnderItsTag() {
		GitProject project = new GitProject(this.folder.resolve("hello"));
		project.commit(GitProject.hello("hello"));
		project.tag("v1.0.0");
		try (ServiceProcess service = ServiceProcess.on(this.folder.resolve("data"))
			.onboarding(REPOSITORY, project.url(), Hook.secretFile(this.folder, "s3cret"))
			.with("image-factory.teams[0].repositories[0].latest", true)
			.start()) {
			Api api = service.api();
			Layout layout = new Layout(service.dataDirectory().resolve("registry/test/hello"));
			String digest = assertForesees(api);
			assertThat(layout.tags()).containsEntry("v1.0.0", digest).doesNotContainKey("latest");
			assertPromotes(api, layout, digest);
			assertRebuilds(api, layout, digest);
			project.tag("v2.0.0");
			assertAsksTwice(api, layout);
		}
		Rows rows = new Rows(this.folder.resolve("data"));
		assertThat(rows.count("delivery")).as("those that were sent").isEqualTo(4);
		assertThat(rows.count("build_order")).as("those that were asked for").isEqualTo(5);
		assertThat(rows.count("build")).as("one of each order").isEqualTo(5);
	}

	/** What was foreseen leaves no trace, and is what a delivery of it comes to. */
	private static String assertForesees(Api api) {
		Hook.Delivery prerelease = HOOK.prerelease("v1.0.0");
		JsonNode decision = decided(api, prerelease);
		assertThat(decision.path("outcome").asText()).as(decision.toString()).isEqualTo("built");
		assertThat(api.builds()).isEmpty();
		assertThat(api.get("/api/v1/deliveries").json().path("items")).isEmpty();
		JsonNode delivery = send(api, prerelease);
		assertThat(delivery.path("outcome").asText()).as("it finds no order of the decision").isEqualTo("built");
		JsonNode build = ended(api, delivery);
		assertThat(decision.path("rules")).isNotEmpty().isEqualTo(delivery.path("rules"));
		assertThat(decision.path("builds")).hasSize(1);
		JsonNode foreseen = decision.at("/builds/0");
		for (String field : List.of("image", "tags", "commit")) {
			assertThat(foreseen.has(field)).as(field).isTrue();
			assertThat(foreseen.path(field)).isEqualTo(build.path(field));
		}
		assertRenders(foreseen.path("workflow"), build);
		assertThat(decided(api, prerelease).path("duplicateOf")).isEqualTo(delivery.path("delivery"));
		return build.path("digest").asText();
	}

	private static void assertRenders(JsonNode workflow, JsonNode build) {
		assertThat(workflow.path("kind").asText()).as(workflow.toString()).isEqualTo("Workflow");
		assertThat(workflow.at("/spec/workflowTemplateRef/name").asText()).isEqualTo("image-build-v1");
		Map<String, String> parameters = new HashMap<>();
		workflow.at("/spec/arguments/parameters")
			.forEach((parameter) -> parameters.put(parameter.path("name").asText(), parameter.path("value").asText()));
		List<String> destinations = StreamSupport.stream(build.path("tags").spliterator(), false)
			.map((tag) -> parameters.get("image") + ":" + tag.asText())
			.toList();
		assertThat(parameters).containsEntry("ref", build.path("ref").asText())
			.containsEntry("commit", build.path("commit").asText())
			.containsEntry("destinations", String.join("\n", destinations));
	}

	private static JsonNode decided(Api api, Hook.Delivery delivery) {
		Api.Answer answer = api.post("/api/v1/decisions", "{\"event\":\"%s\",\"payload\":%s}"
			.formatted(delivery.event(), new String(delivery.body(), StandardCharsets.UTF_8)));
		assertThat(answer.status()).as(answer.body()).isEqualTo(200);
		return answer.json();
	}

	private static void assertPromotes(Api api, Layout layout, String digest) {
		JsonNode delivery = send(api, HOOK.release("released", "v1.0.0", false));
		JsonNode retag = ended(api, delivery);
		assertThat(retag.path("digest").asText()).isEqualTo(digest);
		assertThat(retag.path("tags").toString()).isEqualTo("[\"latest\"]");
		assertThat(retag.has("scan")).as("it scanned nothing").isFalse();
		assertThat(retag.path("steps").findValuesAsText("state")).containsExactly("SKIPPED", "SKIPPED", "SKIPPED",
				"SUCCEEDED");
		assertThat(layout.tags()).containsEntry("latest", digest);
		JsonNode again = send(api, HOOK.release("released", "v1.0.0", false));
		assertThat(again.path("outcome").asText()).isEqualTo("duplicate");
		assertThat(again.path("duplicateOf").asText()).isEqualTo(delivery.path("delivery").asText());
		assertThat(layout.labelsOfAllImages()).hasSize(1);
	}

	private static void assertRebuilds(Api api, Layout layout, String digest) {
		String body = "{\"repository\":\"%s\",\"release\":\"v1.0.0\"}".formatted(REPOSITORY);
		JsonNode rebuilt = api.awaitEnd(api.post("/api/v1/builds", body).json().at("/builds/0/id").asText());
		assertThat(rebuilt.path("tags").toString()).isEqualTo("[\"v1.0.0-rebuild.1\"]");
		assertThat(layout.tags()).containsEntry("v1.0.0", digest)
			.containsEntry("v1.0.0-rebuild.1", rebuilt.path("digest").asText());
	}

	private static void assertAsksTwice(Api api, Layout layout) {
		String body = "{\"repository\":\"%s\",\"release\":\"v2.0.0\"}".formatted(REPOSITORY);
		CompletableFuture<JsonNode> asked = CompletableFuture
			.supplyAsync(() -> api.post("/api/v1/builds", body).json());
		String webhook = send(api, HOOK.release("v2.0.0")).at("/builds/0/id").asText();
		String manual = asked.join().at("/builds/0/id").asText();
		List<JsonNode> both = List.of(api.awaitEnd(webhook), api.awaitEnd(manual));
		assertThat(both).allMatch((build) -> build.path("state").asText().equals("SUCCEEDED"));
		assertThat(both).filteredOn((build) -> build.path("tags").toString().contains("\"v2.0.0\""))
			.singleElement()
			.satisfies((build) -> assertThat(layout.tags()).containsEntry("v2.0.0", build.path("digest").asText()));
		assertThat(both).filteredOn((build) -> build.path("tags").toString().equals("[\"v2.0.0-rebuild.1\"]"))
			.hasSize(1);
	}

	/** Sends a delivery and waits until it is planned. */
	private static JsonNode send(Api api, Hook.Delivery delivery) {
		Api.Answer answer = HOOK.send(api, delivery);
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return api.awaitPlanned(answer.json().path("delivery").asText());
	}

	private static JsonNode ended(Api api, JsonNode delivery) {
		JsonNode build = api.awaitEnd(delivery.at("/builds/0/id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		return build;
	}

}
