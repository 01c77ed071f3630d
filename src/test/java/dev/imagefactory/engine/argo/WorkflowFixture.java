package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.Step;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Arguments;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Outputs;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Parameter;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowSpec;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;

/**
 * Workflows for what no controller can be brought to say on demand: outputs that do not
 * go together, and words that no version has.
 */
final class WorkflowFixture {

	static final String NAME = "build-01kjmma2g0wycd31k2mhw094p5";

	static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");

	static final Digest DIGEST = Digest.of("sha256:" + "a1".repeat(32));

	static final Digest OTHER = Digest.of("sha256:" + "b2".repeat(32));

	static final String SUMMARY = "{\"databaseAt\":\"2026-02-28T06:00:00Z\",\"endOfLife\":false,\"counts\":{\"CRITICAL\":0,\"HIGH\":0,\"MEDIUM\":1,\"LOW\":0,\"UNKNOWN\":0},\"fixable\":[]}";

	private final IoArgoprojWorkflowV1alpha1Workflow workflow = new IoArgoprojWorkflowV1alpha1Workflow();

	private final IoArgoprojWorkflowV1alpha1WorkflowStatus status = new IoArgoprojWorkflowV1alpha1WorkflowStatus();

	private WorkflowFixture(Map<String, String> arguments) {
		List<IoArgoprojWorkflowV1alpha1Parameter> parameters = new ArrayList<>();
		arguments.forEach((name, value) -> parameters.add(parameter(name, value)));
		this.workflow
			.metadata(new ObjectMetaBuilder().withName(NAME)
				.withNamespace("builds")
				.withCreationTimestamp(CREATED.toString())
				.build())
			.spec(new IoArgoprojWorkflowV1alpha1WorkflowSpec()
				.arguments(new IoArgoprojWorkflowV1alpha1Arguments().parameters(parameters)))
			.status(this.status);
	}

	static WorkflowFixture build() {
		return new WorkflowFixture(Map.of("clone-url", "https://git.example/shop/app", "dockerfile", "Dockerfile"));
	}

	static WorkflowFixture retag() {
		return new WorkflowFixture(Map.of("digest", DIGEST.value(), "image", "registry.example/shop/app"));
	}

	/** A build whose four steps ended well; the installed build step says nothing. */
	static WorkflowFixture good() {
		return build().phase("Succeeded")
			.step(Step.CLONE, "Succeeded")
			.step(Step.BUILD, "Succeeded")
			.step(Step.SCAN, "Succeeded", output("digest", DIGEST.value()), output("verdict", "passed"),
					output("summary", SUMMARY))
			.step(Step.PUSH, "Succeeded", output("digest", DIGEST.value()));
	}

	WorkflowFixture phase(String phase) {
		this.status.phase(phase).startedAt(CREATED.atOffset(ZoneOffset.UTC));
		if (!phase.equals("Running") && !phase.equals("Pending")) {
			this.status.finishedAt(CREATED.plusSeconds(100).atOffset(ZoneOffset.UTC));
		}
		return this;
	}

	@SafeVarargs
	final WorkflowFixture step(Step step, String phase, Consumer<IoArgoprojWorkflowV1alpha1NodeStatus>... more) {
		IoArgoprojWorkflowV1alpha1NodeStatus node = new IoArgoprojWorkflowV1alpha1NodeStatus()
			.id(NAME + "-" + step.ordinal())
			.name(NAME + "." + step.wireName())
			.displayName(step.wireName())
			.type("Pod")
			.phase(phase)
			.startedAt(CREATED.plusSeconds(10 * step.ordinal()).atOffset(ZoneOffset.UTC))
			.outputs(new IoArgoprojWorkflowV1alpha1Outputs());
		for (Consumer<IoArgoprojWorkflowV1alpha1NodeStatus> change : more) {
			change.accept(node);
		}
		this.status.putNodesItem(node.getId(), node);
		return this;
	}

	WorkflowFixture with(Consumer<IoArgoprojWorkflowV1alpha1Workflow> change) {
		change.accept(this.workflow);
		return this;
	}

	IoArgoprojWorkflowV1alpha1Workflow workflow() {
		return this.workflow;
	}

	static Consumer<IoArgoprojWorkflowV1alpha1NodeStatus> message(String message) {
		return (node) -> node.message(message);
	}

	/** Sets an output; a later one of the same name replaces it. */
	static Consumer<IoArgoprojWorkflowV1alpha1NodeStatus> output(String name, String value) {
		return (node) -> node.getOutputs().addParametersItem(parameter(name, value));
	}

	private static IoArgoprojWorkflowV1alpha1Parameter parameter(String name, String value) {
		return new IoArgoprojWorkflowV1alpha1Parameter().name(name).value(value);
	}

}
