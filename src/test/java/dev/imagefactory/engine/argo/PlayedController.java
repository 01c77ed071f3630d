package dev.imagefactory.engine.argo;

import java.util.Map;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

/** Does with stored Workflows what Argo's controller does, when a test says so. */
final class PlayedController {

	private static final String START = "2026-03-01T12:00:00Z";

	private final WorkflowStore store;

	PlayedController(WorkflowStore store) {
		this.store = store;
	}

	/** Begins a Workflow. */
	void begin(BuildId build) {
		this.store.change(TestCluster.BUILDS, build.value(), (object) -> {
			ObjectNode status = object.withObjectProperty("status");
			status.removeAll();
			status.put("phase", "Running").put("startedAt", START).putNull("finishedAt");
			node(status, build, Step.CLONE, "Running", Map.of());
		});
	}

	/** Has the scan pass, and the push begin. */
	void scanned(BuildId build, Digest digest) {
		this.store.change(TestCluster.BUILDS, build.value(), (object) -> {
			ObjectNode status = object.withObjectProperty("status");
			node(status, build, Step.CLONE, "Succeeded", Map.of());
			node(status, build, Step.BUILD, "Succeeded", Map.of("digest", digest.value()));
			node(status, build, Step.SCAN, "Succeeded",
					Map.of("digest", digest.value(), "verdict", "passed", "summary", WorkflowFixture.SUMMARY));
			node(status, build, Step.PUSH, "Running", Map.of());
		});
	}

	/** Carries a Workflow to its good end. */
	void succeed(BuildId build, Digest digest) {
		this.store.change(TestCluster.BUILDS, build.value(), (object) -> {
			ObjectNode status = object.withObjectProperty("status");
			Map<String, String> image = Map.of("digest", digest.value());
			node(status, build, Step.CLONE, "Succeeded", Map.of());
			node(status, build, Step.BUILD, "Succeeded", image);
			node(status, build, Step.SCAN, "Succeeded",
					Map.of("digest", digest.value(), "verdict", "passed", "summary", WorkflowFixture.SUMMARY));
			node(status, build, Step.PUSH, "Succeeded", image);
			status.put("phase", "Succeeded").put("startedAt", START).put("finishedAt", "2026-03-01T12:01:00Z");
		});
	}

	/** Ends a Workflow if somebody asked for it. */
	void obey(BuildId build) {
		this.store.change(TestCluster.BUILDS, build.value(), (object) -> {
			if (object.at("/spec/shutdown").asText().equals("Terminate")) {
				ObjectNode status = object.withObjectProperty("status");
				String message = "workflow shutdown with strategy:  Terminate";
				node(status, build, Step.CLONE, "Failed", Map.of()).put("message", message);
				status.put("phase", "Failed")
					.put("message", "Stopped with strategy 'Terminate'")
					.put("finishedAt", "2026-03-01T12:01:00Z");
			}
		});
	}

	private static ObjectNode node(ObjectNode status, BuildId build, Step step, String phase,
			Map<String, String> outputs) {
		ObjectNode node = status.withObjectProperty("nodes")
			.putObject(build + "-" + step.ordinal())
			.put("id", build + "-" + step.ordinal())
			.put("name", build + "." + step.wireName())
			.put("displayName", step.wireName())
			.put("templateName", step.wireName())
			.put("type", "Pod")
			.put("phase", phase)
			.put("startedAt", START);
		if (!phase.equals("Running")) {
			node.put("finishedAt", "2026-03-01T12:00:30Z");
			ObjectNode result = node.putObject("outputs").put("exitCode", phase.equals("Succeeded") ? "0" : "143");
			outputs.forEach((name,
					value) -> result.withArrayProperty("parameters").addObject().put("name", name).put("value", value));
		}
		return node;
	}

}
