package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What real controllers said, translated. Every test looks at its recording of each
 * version that has one.
 */
class RecordedWorkflowTests {

	@TestFactory
	Stream<DynamicTest> translateWhenRecordedAnswersWithFourSteps() {
		return Recordings.versions()
			.flatMap(
					(version) -> Recordings.scenarios(version)
						.map((scenario) -> DynamicTest.dynamicTest(version + " " + scenario,
								() -> assertThat(Recordings.translated(version, scenario).steps())
									.extracting(StepStatus::step)
									.containsExactly(Step.values()))));
	}

	@Test
	void translateWhenAllStepsEndedWellIsGreenWithTimes() {
		each("succeeded", (status) -> {
			RunPhase.Ended ended = ended(status);
			assertThat(ended.result()).isInstanceOfSatisfying(RunResult.Succeeded.class, (succeeded) -> {
				assertThat(succeeded.digest()).isEqualTo(WorkflowFixture.DIGEST);
				assertThat(succeeded.scan().verdict()).isEqualTo(ScanVerdict.PASSED);
				assertThat(succeeded.scan().database()).isEqualTo(Instant.parse("2026-11-20T06:00:00Z"));
			});
			assertThat(ended.digest()).isEqualTo(WorkflowFixture.DIGEST);
			assertThat(status.steps()).allSatisfy((step) -> {
				assertThat(step.state()).isEqualTo(StepState.SUCCEEDED);
				assertThat(step.startedAt()).isNotNull().isBeforeOrEqualTo(step.finishedAt());
			});
		});
	}

	@Test
	void translateWhenARetagEndedWellIsGreenWithOneStep() {
		each("retag-succeeded", (status) -> {
			assertThat(ended(status).result()).isInstanceOf(RunResult.Succeeded.class);
			assertThat(status.scanned()).isNull();
			assertThat(states(status)).containsExactly(StepState.SKIPPED, StepState.SKIPPED, StepState.SKIPPED,
					StepState.SUCCEEDED);
		});
		each("retag-failed", (status) -> assertThat(reason(status)).isEqualTo("image-changed"));
		each("retag-running", (status) -> assertThat(status.phase()).isEqualTo(new RunPhase.Running(Step.PUSH)));
	}

	@ParameterizedTest
	@CsvSource({ "clone-31,FAILED,commit-not-found", "clone-32,FAILED,source-too-large",
			"clone-33,FAILED,dockerfile-missing", "clone-34,FAILED,path-outside-repository",
			"clone-35,FAILED,context-missing", "clone-128,ERRORED,repository-unreachable",
			"build-1,FAILED,build-failed", "build-31,FAILED,build-failed", "build-137,FAILED,build-failed",
			"build-termination-message,FAILED,build-failed", "build-out-of-memory,FAILED,out-of-memory",
			"installed-succeeded,SUCCEEDED,", "installed-clone-64,ERRORED,executor-error",
			"installed-clone-36,FAILED,large-file-missing", "installed-clone-37,ERRORED,git-lfs-missing",
			"installed-clone-38,FAILED,submodule-unavailable", "installed-scan-20,REJECTED,",
			"installed-scan-1,ERRORED,scanner-error", "installed-retag-succeeded,SUCCEEDED,",
			"installed-build-terminate,STOPPED,", "installed-build-out-of-memory,FAILED,out-of-memory",
			"build-disk-full,ERRORED,disk-full", "scan-out-of-memory,ERRORED,out-of-memory", "scan-20,REJECTED,",
			"scan-21,REJECTED,", "scan-22,ERRORED,image-invalid", "scan-1,ERRORED,scanner-error",
			"scan-20-says-passed,ERRORED,scanner-error", "scan-0-says-rejected,ERRORED,scanner-error",
			"hostile-scan,ERRORED,scanner-error", "hostile-build,ERRORED,scanner-error",
			"digest-changed,ERRORED,image-changed", "digest-pushed-other,ERRORED,image-changed",
			"push-41,ERRORED,image-changed", "push-init-41,ERRORED,image-changed",
			"push-1,ERRORED,registry-unreachable", "executor-account-missing,ERRORED,account-missing",
			"executor-may-not-report,ERRORED,executor-error", "strict-refused,ERRORED,workflow-refused",
			"template-missing,ERRORED,template-missing", "inner-template-missing,ERRORED,template-missing",
			"entrypoint-missing,ERRORED,template-missing", "retag-argument-missing,ERRORED,workflow-invalid",
			"admission-refused,ERRORED,workflow-refused", "admission-refused-once,ERRORED,workflow-refused",
			"build-pod-deleted,ERRORED,pod-lost", "build-pods-force-deleted,ERRORED,pod-lost",
			"clone-pod-force-deleted,ERRORED,pod-lost", "deadline-workflow,TIMED_OUT,", "deadline-step,TIMED_OUT,",
			"deadline-pending,TIMED_OUT,", "build-stop,STOPPED,", "build-terminate,STOPPED,", "push-stop,STOPPED,",
			"clone-terminate,STOPPED,", "clone-backoff-stop,STOPPED,", "pending-stop,STOPPED,",
			"waiting-lock-terminated,STOPPED,", "deleted-succeeded,SUCCEEDED,", "deleted-terminated,STOPPED,",
			"deleted-foreground,STOPPED,", "suspended-resumed,SUCCEEDED,", "retried-ended,FAILED,build-failed" })
	void translateWhenOverSaysWhoseFaultItWas(String scenario, String end, String reason) {
		each(scenario, (status) -> {
			RunPhase.Ended ended = ended(status);
			assertThat(endOf(ended.result())).as(ended.toString()).isEqualTo(end);
			assertThat(reason(status)).as(ended.toString()).isEqualTo((reason != null) ? reason : "");
			assertThat(status.steps()).extracting(StepStatus::state)
				.doesNotContain(StepState.PENDING, StepState.RUNNING);
		});
	}

	@ParameterizedTest
	@CsvSource({ "waiting-image-pull,image-pull", "waiting-no-node,no-node", "waiting-pod-config,pod-config",
			"waiting-claim-missing,claim-pending", "waiting-claim-pending,claim-pending",
			"waiting-account-token,pod-starting", "waiting-quota,quota", "waiting-admission,admission",
			"waiting-lock-workflow,lock", "waiting-lock-stopped,lock", "waiting-lock-step,lock",
			"waiting-parallelism,argo-busy", "suspended,suspended", "suspended-terminated,suspended",
			"controller-absent,pod-starting" })
	void translateWhenNothingMovesSaysWhatItWaitsFor(String scenario, String reason) {
		each(scenario, (status) -> {
			assertThat(status.phase()).isInstanceOf(RunPhase.Waiting.class);
			assertThat(((RunPhase.Waiting) status.phase()).reason()).as(status.phase().toString()).isEqualTo(reason);
		});
	}

	@Test
	void translateWhenAPodDoesNotMountForLongNamesTheToken() {
		for (String version : Recordings.versions("waiting-account-token")) {
			RunStatus later = WorkflowTranslator.translate(Recordings.read(version, "waiting-account-token"),
					Recordings.lastMoment(Recordings.read(version, "waiting-account-token")).plus(Waits.STARTING));
			assertThat(reason(later)).isEqualTo("account-token-missing");
		}
	}

	@Test
	void translateWhenNoControllerLooksAfterItCallsItSilent() {
		for (String version : Recordings.versions("controller-absent")) {
			RunStatus later = WorkflowTranslator.translate(Recordings.read(version, "controller-absent"),
					Recordings.lastMoment(Recordings.read(version, "controller-absent"))
						.plus(WorkflowTranslator.SILENCE));
			assertThat(reason(later)).isEqualTo("controller-silent");
		}
	}

	@Test
	void translateWhenAStepIsAtWorkNamesIt() {
		each("running-clone", (status) -> {
			assertThat(status.phase()).isEqualTo(new RunPhase.Running(Step.CLONE));
			assertThat(states(status)).containsExactly(StepState.RUNNING, StepState.PENDING, StepState.PENDING,
					StepState.PENDING);
		});
	}

	@Test
	void translateWhenAnAttemptFailedAndTheNextOneIsToComeIsStillAtThatStep() {
		each("clone-backoff", (status) -> {
			assertThat(status.phase()).isEqualTo(new RunPhase.Running(Step.CLONE));
			assertThat(states(status)).startsWith(StepState.RUNNING);
		});
	}

	@Test
	void translateWhenAStepWasRetriedSpeaksOfAllItsAttempts() {
		each("clone-128", (status) -> {
			StepStatus clone = status.steps().getFirst();
			assertThat(clone.message()).contains("tried 3 times");
			assertThat(Duration.between(clone.startedAt(), clone.finishedAt())).isGreaterThan(Duration.ofSeconds(5));
			assertThat(states(status)).containsExactly(StepState.FAILED, StepState.SKIPPED, StepState.SKIPPED,
					StepState.SKIPPED);
		});
	}

	@Test
	void translateWhenTheBuildRanOutOfMemoryNamesTheLimit() {
		each("build-out-of-memory",
				(status) -> assertThat(((RunResult.Failed) ended(status).result()).detail()).contains("of 64Mi"));
		each("installed-build-out-of-memory",
				(status) -> assertThat(((RunResult.Failed) ended(status).result()).detail()).contains("of 4Gi"));
	}

	@Test
	void translateWhenADeadlinePassedNamesIt() {
		each("deadline-workflow", (status) -> assertThat(((RunResult.TimedOut) ended(status).result()).detail())
			.contains("step build", "after 20 seconds"));
		each("deadline-step", (status) -> assertThat(((RunResult.TimedOut) ended(status).result()).detail())
			.contains("step build", "after 8 seconds"));
	}

	@Test
	void translateWhenTheGateStoppedTheImageListsWhatItFound() {
		each("scan-20", (status) -> {
			RunResult.Rejected rejected = (RunResult.Rejected) ended(status).result();
			assertThat(rejected.scan().fixable()).hasSize(1);
			assertThat(ended(status).digest()).isNull();
			assertThat(states(status)).containsExactly(StepState.SUCCEEDED, StepState.SUCCEEDED, StepState.FAILED,
					StepState.SKIPPED);
		});
	}

	@Test
	void translateWhenThePushWasBegunAsksForTheScannedImage() {
		for (String scenario : List.of("push-1", "push-41", "push-init-41", "push-stop")) {
			each(scenario, (status) -> assertThat(ended(status).digest()).isEqualTo(WorkflowFixture.DIGEST));
		}
	}

	@Test
	void translateWhenThePushNamedAnotherImageAsksForThatOne() {
		each("digest-pushed-other", (status) -> assertThat(ended(status).digest()).isEqualTo(WorkflowFixture.OTHER));
		each("digest-changed", (status) -> {
			assertThat(ended(status).digest()).isNull();
			assertThat(status.scanned()).isNull();
		});
	}

	@Test
	void translateWhenStoppedNamesTheStepAlthoughItsRetryIsLeftAtWork() {
		for (String scenario : List.of("build-stop", "build-terminate")) {
			each(scenario, (status) -> {
				assertThat(((RunResult.Stopped) ended(status).result()).detail()).contains("during the step build");
				assertThat(states(status)).containsExactly(StepState.SUCCEEDED, StepState.FAILED, StepState.SKIPPED,
						StepState.SKIPPED);
				assertThat(status.steps().get(1).finishedAt()).isNotNull();
			});
		}
	}

	@Test
	void translateWhenDeletedWhileItRunsGoesOnUntilItEnds() {
		each("deleted-running", (status) -> assertThat(status.phase()).isEqualTo(new RunPhase.Running(Step.BUILD)));
	}

	@Test
	void translateWhenTriedAgainByHandLivesAgain() {
		each("retried-running", (status) -> assertThat(status.phase()).isNotInstanceOf(RunPhase.Ended.class));
	}

	@Test
	void translateWhenNodesAreCompressedReadsThem() {
		each("compressed-gzip", (status) -> assertThat(ended(status).result()).isInstanceOf(RunResult.Succeeded.class));
	}

	@Test
	void translateWhenNodesAreCompressedInAFormThatIsNotReadNamesIt() {
		for (String form : List.of("zstd", "brotli")) {
			each("compressed-" + form, (status) -> {
				assertThat(reason(status)).isEqualTo("nodes-compressed");
				assertThat(((RunPhase.Waiting) status.phase()).detail()).contains("compressed with " + form);
			});
		}
	}

	@Test
	void versionsWhenComparedWithTheIndexAreTheSame() throws IOException {
		JsonNode index = new ObjectMapper().readTree(Recordings.FOLDER.resolve("index.json").toFile());
		assertThat(Recordings.versions()).containsExactlyInAnyOrderElementsOf(
				index.path("versions").propertyStream().map(Map.Entry::getKey).toList());
	}

	private static void each(String scenario, Consumer<RunStatus> test) {
		Recordings.versions(scenario).forEach((version) -> test.accept(Recordings.translated(version, scenario)));
	}

	private static List<StepState> states(RunStatus status) {
		return status.steps().stream().map(StepStatus::state).toList();
	}

	private static RunPhase.Ended ended(RunStatus status) {
		assertThat(status.phase()).isInstanceOf(RunPhase.Ended.class);
		return (RunPhase.Ended) status.phase();
	}

	private static String endOf(RunResult result) {
		return switch (result) {
			case RunResult.Succeeded succeeded -> "SUCCEEDED";
			case RunResult.Rejected rejected -> "REJECTED";
			case RunResult.Failed failed -> "FAILED";
			case RunResult.Errored errored -> "ERRORED";
			case RunResult.TimedOut timedOut -> "TIMED_OUT";
			case RunResult.Stopped stopped -> "STOPPED";
			case RunResult.Vanished vanished -> "VANISHED";
		};
	}

	private static String reason(RunStatus status) {
		return switch (status.phase()) {
			case RunPhase.Waiting waiting -> waiting.reason();
			case RunPhase.Running running -> "";
			case RunPhase.Ended ended when ended.result() instanceof RunResult.Failed failed -> failed.reason();
			case RunPhase.Ended ended when ended.result() instanceof RunResult.Errored errored -> errored.reason();
			case RunPhase.Ended ended -> "";
		};
	}

}
