package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeFlag;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeSynchronizationStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Outputs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.imagefactory.engine.argo.WorkflowFixture.CREATED;
import static dev.imagefactory.engine.argo.WorkflowFixture.DIGEST;
import static dev.imagefactory.engine.argo.WorkflowFixture.OTHER;
import static dev.imagefactory.engine.argo.WorkflowFixture.message;
import static dev.imagefactory.engine.argo.WorkflowFixture.output;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every type and every phase that a node can have (v1alpha1, NodeType and NodePhase),
 * also those that our templates never make: administrators add to them.
 */
class TranslatedNodesTests {

	@ParameterizedTest
	@ValueSource(strings = { "Pod", "Container", "Steps", "StepGroup", "DAG", "TaskGroup", "Retry", "Suspend", "HTTP",
			"Plugin", "OfTomorrow" })
	void stepWhenItsNodeIsOfAnyTypeIsFoundByItsName(String type) {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Running")
			.step(Step.CLONE, "Succeeded", (node) -> node.type(type))
			.step(Step.BUILD, "Failed", (node) -> node.type(type), message("main: Error (exit code 1)"));
		workflow.phase("Failed");
		RunStatus status = translate(workflow);
		assertThat(status.steps()).extracting(StepStatus::state)
			.containsExactly(StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED, StepState.SKIPPED);
		assertThat(((RunPhase.Ended) status.phase()).result()).isInstanceOfSatisfying(RunResult.Failed.class,
				(failed) -> assertThat(failed.reason()).isEqualTo("build-failed"));
	}

	@ParameterizedTest
	@CsvSource({ "Pending,PENDING", "Running,RUNNING", "Succeeded,SUCCEEDED", "Skipped,SKIPPED", "Omitted,SKIPPED",
			"Failed,FAILED", "Error,FAILED", "OfTomorrow,PENDING" })
	void stepWhenItsNodeIsInAnyPhaseIsInTheOneThatPeopleKnow(String phase, StepState state) {
		RunStatus status = translate(WorkflowFixture.build()
			.phase("Running")
			.step(Step.CLONE, "Succeeded")
			.step(Step.BUILD, phase, message("")));
		assertThat(status.steps().get(1).state()).isEqualTo(state);
		assertThat(status.phase()).isNotInstanceOf(RunPhase.Ended.class);
	}

	/** Whatever a controller of tomorrow calls a success. */
	@ParameterizedTest
	@ValueSource(strings = { "Pending", "Running", "Skipped", "Omitted", "Failed", "Error", "OfTomorrow" })
	void runWhenItsPushDidNotSucceedIsNeverGreen(String phase) {
		WorkflowFixture workflow = WorkflowFixture.good()
			.step(Step.PUSH, phase, output("digest", DIGEST.value()), message(""));
		assertThat(((RunPhase.Ended) translate(workflow).phase()).result()).isInstanceOf(RunResult.Errored.class);
	}

	@Test
	void runWhenItsPushIsOfTheTypeSkippedAsksTheRegistryForNothing() {
		RunPhase.Ended ended = (RunPhase.Ended) translate(
				WorkflowFixture.good().step(Step.PUSH, "Succeeded", (node) -> node.type("Skipped")))
			.phase();
		assertThat(ended.result()).isInstanceOf(RunResult.Errored.class);
		assertThat(ended.digest()).isNull();
	}

	/** An approval that an administrator put between two steps. */
	@Test
	void runWhenANodeSuspendsItSaysSo() {
		WorkflowFixture workflow = WorkflowFixture.build().phase("Running").step(Step.CLONE, "Succeeded");
		add(workflow, node("approve", "Suspend", "Running"));
		RunPhase.Waiting waiting = (RunPhase.Waiting) translate(workflow).phase();
		assertThat(waiting.reason()).isEqualTo("suspended");
		assertThat(waiting.detail()).contains("argo resume");
	}

	@Test
	void runWhenANodeWaitsForALockNamesTheLock() {
		WorkflowFixture workflow = WorkflowFixture.build().phase("Running");
		add(workflow, node("pipeline", "DAG", "Pending").synchronizationStatus(
				new IoArgoprojWorkflowV1alpha1NodeSynchronizationStatus().waiting("builds/Mutex/app")));
		RunPhase.Waiting waiting = (RunPhase.Waiting) translate(workflow).phase();
		assertThat(waiting.reason()).isEqualTo("lock");
		assertThat(waiting.detail()).contains("builds/Mutex/app");
	}

	/**
	 * A hook of a step may be called as the step is; which of them is met first is
	 * chance.
	 */
	@Test
	void stepWhenHooksHaveItsNameIsNoneOfThem() {
		WorkflowFixture workflow = WorkflowFixture.good();
		IntStream.range(0, 50).forEach((i) -> {
			IoArgoprojWorkflowV1alpha1NodeStatus hook = node("push", "Pod", "Failed").id("hook-" + i)
				.nodeFlag(new IoArgoprojWorkflowV1alpha1NodeFlag().hooked(true))
				.outputs(new IoArgoprojWorkflowV1alpha1Outputs());
			output("digest", OTHER.value()).accept(hook);
			add(workflow, hook);
		});
		assertThat(((RunPhase.Ended) translate(workflow).phase()).result()).isInstanceOf(RunResult.Succeeded.class);
	}

	static Stream<Arguments> waits() {
		return Stream.of(Arguments.of("waiting for a PVC to be created", "claim-pending"),
				Arguments.of("0/1 nodes: persistent volume is missing", "claim-pending"),
				Arguments.of("Waiting to acquire lock builds/Semaphore/s", "lock"),
				Arguments.of("Workflow processing has been postponed because too many workflows are already running",
						"argo-busy"),
				Arguments.of("template has reached max parallelism 1", "argo-busy"),
				Arguments.of("pods \"x\" is forbidden: failed quota: resourcequota r", "quota"),
				Arguments.of("ImageInspectError: x", "image-pull"),
				Arguments.of("RegistryUnavailable: x", "image-pull"),
				Arguments.of("SignatureValidationFailed: x", "image-pull"),
				Arguments.of("CreateContainerError: x", "pod-config"),
				Arguments.of("RunContainerError: x", "pod-config"), Arguments.of("CrashLoopBackOff: x", "pod-config"),
				Arguments.of("pods \"x\" is forbidden: violates PodSecurity \"restricted\"", "admission"),
				Arguments.of("admission webhook \"w\" denied the request: no", "admission"),
				Arguments.of("failed calling webhook \"w\": no endpoints", "admission"));
	}

	@ParameterizedTest
	@MethodSource("waits")
	void stepWhenItsPodWaitsSaysForWhat(String words, String reason) {
		RunPhase.Waiting waiting = (RunPhase.Waiting) translate(
				WorkflowFixture.build().phase("Running").step(Step.CLONE, "Pending", message(words)))
			.phase();
		assertThat(waiting.reason()).isEqualTo(reason);
		assertThat(waiting.detail()).startsWith("The step clone waits ").contains(words);
	}

	/**
	 * With one more code in a script, people would read that a server could not be
	 * reached.
	 */
	@ParameterizedTest
	@CsvSource({ "git-clone.yaml,CLONE,repository-unreachable", "trivy-scan.yaml,SCAN,scanner-error",
			"acr-push.yaml,PUSH,registry-unreachable", "image-retag.yaml,PUSH,registry-unreachable" })
	void codeWhenAScriptRefusesWithItHasAReasonOfItsOwn(String file, Step step, String otherwise) throws IOException {
		String script = Files.readString(Path.of("workflow-templates", file));
		Map<String, String> reasons = new TreeMap<>();
		Pattern.compile("refuse (\\d+)")
			.matcher(script)
			.results()
			.forEach((found) -> reasons.put(found.group(1), reason(step, found.group(1))));
		assertThat(reasons.remove("1")).as("the one that may pass").isEqualTo(otherwise);
		assertThat(reasons.values()).isNotEmpty().doesNotContain(otherwise).doesNotHaveDuplicates();
	}

	private static String reason(Step step, String code) {
		WorkflowFixture workflow = WorkflowFixture.good()
			.phase("Failed")
			.step(step, "Failed", message("main: Error (exit code %s)".formatted(code)));
		return switch (((RunPhase.Ended) translate(workflow).phase()).result()) {
			case RunResult.Failed failed -> failed.reason();
			case RunResult.Errored errored -> errored.reason();
			case RunResult other -> other.toString();
		};
	}

	private static IoArgoprojWorkflowV1alpha1NodeStatus node(String name, String type, String phase) {
		return new IoArgoprojWorkflowV1alpha1NodeStatus().id(name)
			.name(WorkflowFixture.NAME + "." + name)
			.displayName(name)
			.type(type)
			.phase(phase);
	}

	private static void add(WorkflowFixture workflow, IoArgoprojWorkflowV1alpha1NodeStatus node) {
		workflow.workflow().getStatus().putNodesItem(node.getId(), node);
	}

	private static RunStatus translate(WorkflowFixture workflow) {
		return WorkflowTranslator.translate(workflow.workflow(), CREATED.plusSeconds(119));
	}

}
