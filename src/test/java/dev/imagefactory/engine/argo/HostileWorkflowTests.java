package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Workflows in which something was changed at random: never thrown at, never green. */
class HostileWorkflowTests {

	private static final int ROUNDS = 6_000;

	private static final Instant NOW = WorkflowFixture.CREATED.plusSeconds(110);

	private static final ObjectMapper JSON = JsonMapper.builder()
		.addModule(new JavaTimeModule())
		.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
		.build();

	private static final List<String> WORDS = List.of("", "Pending", "Running", "Succeeded", "Failed", "Error",
			"Skipped", "Omitted", "Retry", "Pod", "push", "scan", "passed", "rejected", "pod deleted", "timeout",
			"main: Error (exit code 20)", "main: Error (exit code 41)", "wait: Error (exit code 64)",
			"main: OOMKilled (exit code 137)", "\u0000\u001b[31m\n", "{{workflow.name}}", "%s %d %n",
			WorkflowFixture.DIGEST.value(), WorkflowFixture.OTHER.value(), "2026-03-01T12:00:00Z", "H4sIAAAA");

	@Test
	void translateWhenAnythingIsChangedAnswersAndIsGreenOnlyWhenEverythingStillAgrees() {
		Random random = new Random(20260301);
		int read = 0;
		for (int round = 0; round < ROUNDS; round++) {
			JsonNode workflow = changed(JSON.valueToTree(base(round)), random);
			IoArgoprojWorkflowV1alpha1Workflow object = readable(workflow);
			if (object != null) {
				read++;
				judge(WorkflowTranslator.translate(object, NOW), workflow);
			}
		}
		assertThat(read).isGreaterThan(ROUNDS / 3);
	}

	private static IoArgoprojWorkflowV1alpha1Workflow base(int round) {
		WorkflowFixture base = (round % 4 != 0) ? WorkflowFixture.good()
				: WorkflowFixture.retag()
					.phase("Succeeded")
					.step(Step.PUSH, "Succeeded", WorkflowFixture.output("digest", WorkflowFixture.DIGEST.value()));
		return base.workflow();
	}

	private static void judge(RunStatus status, JsonNode workflow) {
		assertThat(status.steps()).hasSize(4);
		if (status.phase() instanceof RunPhase.Ended ended && ended.result() instanceof RunResult.Succeeded succeeded) {
			assertThat(workflow.at("/status/phase").asText()).isEqualTo("Succeeded");
			List<String> digests = workflow.findValues("parameters")
				.stream()
				.flatMap((parameters) -> IntStream.range(0, parameters.size()).mapToObj(parameters::get))
				.filter((parameter) -> parameter.path("name").asText().equals("digest"))
				.map((parameter) -> parameter.path("value").asText())
				.toList();
			assertThat(digests).as(workflow.toPrettyString()).contains(succeeded.digest().value());
			assertThat(digests.stream().filter(succeeded.digest().value()::equals).count())
				.as("scan and push name it, or the order and the push: %s", workflow)
				.isGreaterThanOrEqualTo(2);
		}
	}

	/** What the client cannot read at all does not come as far as the translation. */
	private static @Nullable IoArgoprojWorkflowV1alpha1Workflow readable(JsonNode workflow) {
		try {
			return WorkflowJson.read(workflow.toString());
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static JsonNode changed(JsonNode workflow, Random random) {
		for (int change = random.nextInt(1, 4); change > 0; change--) {
			List<JsonNode> places = new ArrayList<>();
			collect(workflow.path("status"), places);
			collect(workflow.path("spec"), places);
			change(places.get(random.nextInt(places.size())), random);
		}
		return workflow;
	}

	private static void collect(JsonNode node, List<JsonNode> places) {
		if (node.isContainerNode() && !node.isEmpty()) {
			places.add(node);
			node.forEach((child) -> collect(child, places));
		}
	}

	private static void change(JsonNode place, Random random) {
		JsonNode value = switch (random.nextInt(20)) {
			case 0 -> JSON.nullNode();
			case 1 -> JSON.getNodeFactory().numberNode(random.nextLong());
			case 2 -> JSON.createObjectNode();
			case 3 -> JSON.createArrayNode().add("x");
			default -> TextNode.valueOf(WORDS.get(random.nextInt(WORDS.size())));
		};
		if (place instanceof ObjectNode object) {
			List<String> names = new ArrayList<>();
			object.fieldNames().forEachRemaining(names::add);
			String name = names.get(random.nextInt(names.size()));
			if (random.nextInt(5) == 0) {
				object.remove(name);
			}
			else {
				object.set(name, value);
			}
		}
		else if (place instanceof ArrayNode array) {
			array.set(random.nextInt(array.size()), value);
		}
	}

}
