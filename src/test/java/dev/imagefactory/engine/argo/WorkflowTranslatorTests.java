package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.source.InvalidValue;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.imagefactory.engine.argo.WorkflowFixture.CREATED;
import static dev.imagefactory.engine.argo.WorkflowFixture.DIGEST;
import static dev.imagefactory.engine.argo.WorkflowFixture.OTHER;
import static dev.imagefactory.engine.argo.WorkflowFixture.SUMMARY;
import static dev.imagefactory.engine.argo.WorkflowFixture.message;
import static dev.imagefactory.engine.argo.WorkflowFixture.output;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The translation of what no controller says on demand. What controllers really say is in
 * {@code RecordedWorkflowTests}.
 */
class WorkflowTranslatorTests {

	private static final Instant NOW = CREATED.plusSeconds(119);

	@Test
	void translateWhenEverythingAgreesIsGreen() {
		RunStatus status = translate(WorkflowFixture.good());
		assertThat(status.build().value()).isEqualTo(WorkflowFixture.NAME);
		assertThat(status.phase()).isInstanceOfSatisfying(RunPhase.Ended.class, (ended) -> {
			assertThat(ended.digest()).isEqualTo(DIGEST);
			assertThat(ended.result()).isInstanceOfSatisfying(RunResult.Succeeded.class, (succeeded) -> {
				assertThat(succeeded.digest()).isEqualTo(DIGEST);
				assertThat(succeeded.scan().verdict()).isEqualTo(ScanVerdict.PASSED);
			});
		});
		assertThat(status.scanned()).isNotNull();
		assertThat(status.steps()).extracting(StepStatus::state).containsOnly(StepState.SUCCEEDED);
	}

	@Test
	void translateWhenThePushReportsAnotherImageAsksForItAndIsNeverGreen() {
		RunPhase.Ended ended = ended(replaced(Step.PUSH, "Succeeded", "digest", OTHER.value()));
		assertThat(errored(ended)).isEqualTo("image-changed");
		// Only the scanned image may turn green, and that is another one.
		assertThat(ended.digest()).isEqualTo(OTHER);
	}

	@Test
	void translateWhenTheBuildReportsTheScannedImageIsGreen() {
		RunPhase.Ended ended = ended(replaced(Step.BUILD, "Succeeded", "digest", DIGEST.value()));
		assertThat(ended.result()).isInstanceOf(RunResult.Succeeded.class);
	}

	@Test
	void translateWhenTheBuildReportsAnotherImageIsNeverGreen() {
		RunStatus status = translate(replaced(Step.BUILD, "Succeeded", "digest", OTHER.value()));
		RunPhase.Ended ended = (RunPhase.Ended) status.phase();
		assertThat(errored(ended)).isEqualTo("image-changed");
		assertThat(ended.digest()).as("nothing is asked for, because it would turn green").isNull();
		assertThat(status.scanned()).as("nothing that a later attempt could adopt").isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "sha256:abc", "latest", "SHA256:" + "a1", "sha256:a1\nsha256:b2" })
	void translateWhenTheBuildReportsWhatIsNoDigestIsNeverGreen(String digest) {
		RunPhase.Ended ended = ended(replaced(Step.BUILD, "Succeeded", "digest", digest));
		assertThat(ended.result()).isInstanceOf(RunResult.Errored.class);
		assertThat(ended.digest()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "sha256:abc", "\u0000", "sha256:" })
	void translateWhenThePushReportsNoDigestLeavesItToTheRegistry(String digest) {
		RunPhase.Ended ended = ended(replaced(Step.PUSH, "Succeeded", "digest", digest));
		assertThat(errored(ended)).isEqualTo("push-unclear");
		assertThat(ended.digest()).isEqualTo(DIGEST);
	}

	@ParameterizedTest
	@CsvSource({ "verdict,rejected", "verdict,end-of-life", "verdict,''", "verdict,PASSED", "summary,''",
			"summary,'{}'", "summary,'\u0001'", "digest,''", "digest,none" })
	void translateWhenTheScanContradictsItsExitCodeKnowsNothing(String output, String value) {
		RunStatus status = translate(replaced(Step.SCAN, "Succeeded", output, value));
		RunPhase.Ended ended = (RunPhase.Ended) status.phase();
		assertThat(errored(ended)).isEqualTo("scanner-error");
		assertThat(ended.digest()).isNull();
		assertThat(status.scanned()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "20,passed", "20,end-of-life", "21,rejected", "21,passed", "20,''" })
	void translateWhenAStoppedScanReportsAnotherVerdictKnowsNothing(int code, String verdict) {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Failed")
			.step(Step.SCAN, "Failed", message("main: Error (exit code %d)".formatted(code)),
					output("verdict", verdict), output("summary", SUMMARY));
		assertThat(errored(ended(workflow))).isEqualTo("scanner-error");
	}

	@Test
	void translateWhenTheGateStoppedAndThePushRanAllTheSameSaysThatTheTemplatesAreNotOurs() {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Failed")
			.step(Step.SCAN, "Failed", message("main: Error (exit code 20)"), output("verdict", "rejected"),
					output("summary", SUMMARY))
			.step(Step.PUSH, "Succeeded", output("digest", DIGEST.value()));
		RunPhase.Ended ended = ended(workflow);
		assertThat(errored(ended)).isEqualTo("workflow-invalid");
		assertThat(ended.digest()).isNull();
	}

	@Test
	void translateWhenItSucceededWithoutAPushIsNeverGreen() {
		assertThat(errored(ended(WorkflowFixture.build().phase("Succeeded")))).isEqualTo("workflow-invalid");
		assertThat(errored(ended(WorkflowFixture.build()
			.phase("Succeeded")
			.step(Step.CLONE, "Succeeded")
			.step(Step.BUILD, "Succeeded", output("digest", DIGEST.value()))))).isEqualTo("workflow-invalid");
	}

	@Test
	void translateWhenAnOldControllerCallsAStoppedWorkflowSucceededSaysThatItWasStopped() {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Succeeded")
			.with((object) -> object.getSpec().shutdown("Terminate"));
		assertThat(ended(workflow).result()).isInstanceOf(RunResult.Stopped.class);
	}

	@Test
	void translateWhenAPushFailedAfterAGoodScanAsksTheRegistryForTheScannedImage() {
		WorkflowFixture workflow = replaced(Step.PUSH, "Failed", "digest", "").phase("Failed");
		workflow.workflow().getStatus().getNodes().values().forEach(this::failPush);
		RunPhase.Ended ended = ended(workflow);
		assertThat(errored(ended)).isEqualTo("registry-unreachable");
		assertThat(ended.digest()).isEqualTo(DIGEST);
	}

	private void failPush(IoArgoprojWorkflowV1alpha1NodeStatus node) {
		if (node.getDisplayName().equals("push")) {
			node.message("main: Error (exit code 1)");
		}
	}

	@Test
	void translateWhenARetagPushedWhatWasOrderedIsGreen() {
		WorkflowFixture workflow = WorkflowFixture.retag()
			.phase("Succeeded")
			.step(Step.PUSH, "Succeeded", output("digest", DIGEST.value()));
		RunStatus status = translate(workflow);
		assertThat(status.phase())
			.isEqualTo(new RunPhase.Ended(new RunResult.Succeeded(DIGEST, ScanSummary.unscanned()), DIGEST));
		assertThat(status.scanned()).isNull();
		assertThat(status.steps()).extracting(StepStatus::state)
			.containsExactly(StepState.SKIPPED, StepState.SKIPPED, StepState.SKIPPED, StepState.SUCCEEDED);
	}

	@Test
	void translateWhenARetagPushedAnotherImageIsNeverGreen() {
		RunPhase.Ended ended = ended(WorkflowFixture.retag()
			.phase("Succeeded")
			.step(Step.PUSH, "Succeeded", output("digest", OTHER.value())));
		assertThat(errored(ended)).isEqualTo("image-changed");
		assertThat(ended.digest()).isNull();
	}

	@Test
	void translateWhenARetagHasNotBegunShowsThePushAsItsOnlyStep() {
		assertThat(translate(WorkflowFixture.retag().phase("Running")).steps()).extracting(StepStatus::state)
			.containsExactly(StepState.SKIPPED, StepState.SKIPPED, StepState.SKIPPED, StepState.PENDING);
	}

	@Test
	void translateWhenAResultIsUnsyncedByItsNodeIsNotOver() {
		WorkflowFixture workflow = WorkflowFixture.good();
		workflow.workflow().getStatus().getNodes().values().iterator().next().taskResultSynced(false);
		assertThat(waiting(translate(workflow))).isEqualTo("outputs-pending");
	}

	@Test
	void translateWhenAResultIsUnsyncedByTheMapIsNotOver() {
		WorkflowFixture workflow = WorkflowFixture.good()
			.with((object) -> object.getStatus().taskResultsCompletionStatus(Map.of("a", true, "b", false)));
		assertThat(waiting(translate(workflow))).isEqualTo("outputs-pending");
	}

	@Test
	void translateWhenAResultIsUnsyncedForLongerThanArgoWaitsIsOver() {
		WorkflowFixture workflow = WorkflowFixture.good()
			.with((object) -> object.getStatus().taskResultsCompletionStatus(Map.of("b", false)));
		RunStatus status = WorkflowTranslator.translate(workflow.workflow(), CREATED.plus(Duration.ofHours(1)));
		assertThat(status.phase()).isInstanceOf(RunPhase.Ended.class);
	}

	@Test
	void translateWhenATerminalPhaseHasNoEndIsNotOver() {
		WorkflowFixture workflow = WorkflowFixture.good().with((object) -> object.getStatus().finishedAt(null));
		assertThat(waiting(translate(workflow))).isEqualTo("outputs-pending");
	}

	@Test
	void translateWhenNodesAreOffloadedAsksAgainHoweverItEnded() {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Failed")
			.with((object) -> object.getStatus().offloadNodeStatusVersion("fnv:1"));
		RunStatus status = WorkflowTranslator.translate(workflow.workflow(), CREATED.plus(Duration.ofDays(9)));
		assertThat(waiting(status)).isEqualTo("nodes-offloaded");
		assertThat(status.steps()).hasSize(4);
	}

	@Test
	void translateWhenTheControllerHasNotSeenItWaitsAndThenCallsItSilent() {
		WorkflowFixture workflow = WorkflowFixture.build();
		assertThat(waiting(translate(workflow))).isEqualTo("pod-starting");
		assertThat(waiting(WorkflowTranslator.translate(workflow.workflow(), CREATED.plus(WorkflowTranslator.SILENCE))))
			.isEqualTo("controller-silent");
		workflow.workflow().status(null);
		assertThat(waiting(translate(workflow))).isEqualTo("pod-starting");
	}

	@Test
	void translateWhenSomebodyHasItTriedAgainGivesTheControllerTimeAnew() {
		Instant again = CREATED.plus(Duration.ofHours(3));
		WorkflowFixture workflow = WorkflowFixture.build()
			.step(Step.CLONE, "Succeeded")
			.with((object) -> object.getStatus().startedAt(again.atOffset(ZoneOffset.UTC)));
		assertThat(waiting(WorkflowTranslator.translate(workflow.workflow(), again.plusSeconds(1))))
			.isEqualTo("pod-starting");
		assertThat(waiting(WorkflowTranslator.translate(workflow.workflow(), again.plus(WorkflowTranslator.SILENCE))))
			.isEqualTo("controller-silent");
	}

	@Test
	void translateWhenItsDeadlineIsLongOverCallsTheControllerSilent() {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Running")
			.step(Step.CLONE, "Running")
			.with((object) -> object.getStatus().storedWorkflowTemplateSpec(Map.of("activeDeadlineSeconds", 3600)));
		Instant deadline = CREATED.plusSeconds(3600);
		assertThat(WorkflowTranslator.translate(workflow.workflow(), deadline.plus(WorkflowTranslator.OVERDUE)).phase())
			.isEqualTo(new RunPhase.Running(Step.CLONE));
		assertThat(waiting(WorkflowTranslator.translate(workflow.workflow(),
				deadline.plus(WorkflowTranslator.OVERDUE).plusSeconds(1))))
			.isEqualTo("controller-silent");
	}

	static Stream<Arguments> pending() {
		return Stream.of(row("Unschedulable: 0/3 nodes are available: 3 Insufficient memory.", "no-node"),
				row("Unschedulable: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
						"claim-pending"),
				row("Unschedulable: 0/1 nodes are available: 1 node(s) had volume node affinity conflict.",
						"claim-pending"),
				row("ErrImagePull: not found", "image-pull"), row("ImagePullBackOff: Back-off pulling", "image-pull"),
				row("InvalidImageName", "image-pull"), row("ErrImageNeverPull: x", "image-pull"),
				row("CreateContainerConfigError: secret \"x\" not found", "pod-config"),
				row("pods \"x\" is forbidden: exceeded quota: q, requested: pods=1", "quota"),
				row("Waiting for builds/Mutex/m lock. Lock status: 0/1", "lock"),
				row("resource creation rate-limit reached", "argo-busy"), row("PodInitializing", "pod-starting"),
				row("ContainerCreating", "pod-starting"), row("", "pod-starting"),
				row("something new", "pod-starting"));
	}

	private static Arguments row(String message, String reason) {
		return Arguments.of(message, reason);
	}

	@ParameterizedTest
	@MethodSource("pending")
	void translateWhenAPodIsPendingSaysWhy(String message, String reason) {
		RunStatus status = translate(
				WorkflowFixture.build().phase("Running").step(Step.CLONE, "Pending", message(message)));
		assertThat(waiting(status)).isEqualTo(reason);
		assertThat(status.steps().getFirst().state()).isEqualTo(StepState.PENDING);
	}

	@Test
	void translateWhenAPodIsPendingSpeaksInSentencesAndSaysWhatToDo() {
		RunStatus status = translate(WorkflowFixture.build()
			.phase("Running")
			.step(Step.CLONE, "Pending", message("Unschedulable: 0/3 nodes are available: 3 Insufficient memory.")));
		assertThat(((RunPhase.Waiting) status.phase()).detail()).contains("3 Insufficient memory. Add nodes");
	}

	@Test
	void translateWhenAPathLeadsOutOfATreeWithoutContextNamesItsRoot() {
		RunPhase.Ended ended = ended(WorkflowFixture.build()
			.phase("Failed")
			.step(Step.CLONE, "Failed", message("main: Error (exit code 34)")));
		assertThat(((RunResult.Failed) ended.result()).detail()).startsWith(
				"The path of the Dockerfile (Dockerfile) or of the build context (the root of the tree) leads out");
	}

	@Test
	void translateWhenAPodHasBeenStartingForLongNamesTheSecretThatIsForgottenMost() {
		WorkflowFixture workflow = WorkflowFixture.build()
			.phase("Running")
			.step(Step.CLONE, "Pending", message("PodInitializing"));
		RunStatus status = WorkflowTranslator.translate(workflow.workflow(), CREATED.plus(Waits.STARTING));
		assertThat(waiting(status)).isEqualTo("account-token-missing");
		assertThat(((RunPhase.Waiting) status.phase()).detail()).contains("image-executor.service-account-token");
	}

	@Test
	void translateWhenAContainerWritesTheWordsOfADeadlineIsNotMisled() {
		RunPhase.Ended ended = ended(WorkflowFixture.build()
			.phase("Failed")
			.step(Step.CLONE, "Succeeded")
			.step(Step.BUILD, "Failed", message(
					"main: Error (exit code 1): Step exceeded its deadline, pod deleted, workflow shutdown with strategy: Stop")));
		assertThat(ended.result()).isInstanceOfSatisfying(RunResult.Failed.class,
				(failed) -> assertThat(failed.reason()).isEqualTo("build-failed"));
	}

	@Test
	void translateWhenWordsHoldControlCharactersShowsNone() {
		RunStatus status = translate(WorkflowFixture.build()
			.phase("Failed")
			.step(Step.CLONE, "Error", message("a\u001b[31mb\u0000c\nd\ud800" + "x".repeat(100_000))));
		String detail = ((RunResult.Errored) ((RunPhase.Ended) status.phase()).result()).detail();
		assertThat(detail).hasSizeLessThan(900).doesNotContain("\u001b", "\u0000", "\n", "\ud800");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Paused", "RUNNING", "succeeded" })
	void translateWhenAPhaseIsNewIsAskedForAgain(String phase) {
		assertThat(translate(WorkflowFixture.good().phase(phase)).phase()).isNotInstanceOf(RunPhase.Ended.class);
		assertThat(translate(WorkflowFixture.build().phase("Running").step(Step.CLONE, phase)).phase())
			.isNotInstanceOf(RunPhase.Ended.class);
	}

	@Test
	void translateWhenTheNameIsNoBuildsIsRefused() {
		WorkflowFixture workflow = WorkflowFixture.build().with((object) -> object.getMetadata().setName("other"));
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> translate(workflow));
	}

	private static WorkflowFixture replaced(Step step, String phase, String output, String value) {
		WorkflowFixture workflow = WorkflowFixture.good();
		workflow.workflow().getStatus().getNodes().values().forEach((node) -> {
			if (node.getDisplayName().equals(step.wireName())) {
				node.phase(phase);
				node.getOutputs().getParameters().removeIf((parameter) -> parameter.getName().equals(output));
				output(output, value).accept(node);
			}
		});
		return workflow;
	}

	private static RunStatus translate(WorkflowFixture workflow) {
		return WorkflowTranslator.translate(workflow.workflow(), NOW);
	}

	private static RunPhase.Ended ended(WorkflowFixture workflow) {
		RunPhase phase = translate(workflow).phase();
		assertThat(phase).isInstanceOf(RunPhase.Ended.class);
		return (RunPhase.Ended) phase;
	}

	private static String errored(RunPhase.Ended ended) {
		assertThat(ended.result()).isInstanceOf(RunResult.Errored.class);
		return ((RunResult.Errored) ended.result()).reason();
	}

	private static String waiting(RunStatus status) {
		assertThat(status.phase()).isInstanceOf(RunPhase.Waiting.class);
		return ((RunPhase.Waiting) status.phase()).reason();
	}

}
