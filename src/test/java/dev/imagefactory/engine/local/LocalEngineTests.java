package dev.imagefactory.engine.local;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.git.CommitNotFound;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.git.SourceTooLarge;
import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.TransientDataAccessResourceException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Timeout(60)
class LocalEngineTests {

	private final Run run = TestRuns.release();

	@TempDir
	Path data;

	private TestHost host;

	@BeforeEach
	void setUp() {
		this.host = new TestHost(this.data);
	}

	@AfterEach
	void tearDown() {
		this.host.close();
	}

	@Test
	void submitWhenAllGoesWellPushesTheBuiltImageUnderItsTags() {
		LocalEngine engine = this.host.engine("a");
		assertThat(engine.submit(this.run)).isEqualTo(new Submission.Accepted());
		RunPhase.Ended end = this.host.awaitEnd(this.run.build());
		RunResult.Succeeded result = (RunResult.Succeeded) end.result();
		assertThat(result.scan()).isEqualTo(this.host.scan);
		assertThat(end.digest()).isEqualTo(result.digest());
		assertThat(this.host.tags).isEqualTo(Map.of("v1.2.3", result.digest(), "latest", result.digest()));
		assertThat(this.host.labels).containsEntry("dev.imagefactory.build", this.run.build().value())
			.containsEntry("org.opencontainers.image.created", TestHost.COMMIT_TIME.toString());
		assertThat(states()).containsOnly(StepState.SUCCEEDED);
		assertThat(engine.find(this.run.build())).contains(this.host.status(this.run.build()));
		assertThat(engine.list()).containsExactly(this.host.status(this.run.build()));
		Awaitility.await().until(() -> !this.host.work(this.run.build()).toFile().exists());
	}

	@Test
	void submitWhenRepeatedRunsOnce() {
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		engine.submit(this.run);
		this.host.awaitEnd(this.run.build());
		assertThat(engine.submit(this.run)).isEqualTo(new Submission.Accepted());
		assertThat(this.host.calls(Step.CLONE)).isOne();
		assertThat(engine.list()).hasSize(1);
	}

	@Test
	void runWhenTheOrderOnlyGainsTagsPushesAndSkipsTheRest() {
		Run retag = TestRuns.release(OrderKind.RETAG, Duration.ofMinutes(1));
		Digest digest = retag.order().recipe().digest();
		this.host.tags.put("v1.2.3-rc.1", digest);
		LocalEngine engine = this.host.engine("a");
		assertThat(engine.submit(retag)).isEqualTo(new Submission.Accepted());
		assertThat(this.host.awaitEnd(retag.build()))
			.isEqualTo(new RunPhase.Ended(new RunResult.Succeeded(digest, ScanSummary.unscanned()), digest));
		assertThat(this.host.tags).containsEntry("v1.2.3", digest).containsEntry("latest", digest);
		assertThat(this.host.status(retag.build()).steps()).extracting(StepStatus::state)
			.containsExactly(StepState.SKIPPED, StepState.SKIPPED, StepState.SKIPPED, StepState.SUCCEEDED);
		assertThat(this.host.status(retag.build()).scanned()).isNull();
		assertThat(this.host.log(retag.build(), Step.PUSH)).contains("Tagging " + digest, "Tagged");
		assertThat(this.host.calls(Step.CLONE)).isZero();
	}

	@Test
	void runWhenTheImageThatGainsTagsIsGoneErrs() {
		Run retag = TestRuns.release(OrderKind.RETAG, Duration.ofMinutes(1));
		this.host.engine("a").submit(retag);
		assertThat(this.host.result(retag.build())).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("image-invalid"));
		assertThat(this.host.tags).isEmpty();
	}

	@Test
	void statusWhenThePushBeginsNamesWhatWasScanned() throws InterruptedException {
		CountDownLatch pushing = new CountDownLatch(1);
		CountDownLatch seen = new CountDownLatch(1);
		this.host.plays.put(Step.PUSH, (commands) -> {
			pushing.countDown();
			seen.await();
		});
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		pushing.await();
		assertThat(this.host.tags).isEmpty();
		ScannedImage scanned = engine.find(this.run.build()).orElseThrow().scanned();
		assertThat(engine.list().getFirst().scanned()).isEqualTo(scanned);
		seen.countDown();
		assertThat(this.host.awaitEnd(this.run.build()).digest()).isEqualTo(scanned.digest());
		assertThat(scanned.scan()).isEqualTo(this.host.scan);
		assertThat(engine.kept(this.run.build())).contains(this.run);
	}

	@Test
	void submitWhenTheEngineIsClosedIsUnknown() {
		LocalEngine engine = this.host.engine("a");
		engine.close();
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run));
		assertThat(engine.find(this.run.build())).isEmpty();
	}

	@Test
	void onChangeWhenARunMovesTellsAfterTheRowIsWritten() {
		LocalEngine engine = this.host.engine("a");
		List<RunPhase> seen = new CopyOnWriteArrayList<>();
		engine.onChange((build) -> {
			throw new IllegalStateException("A broken listener stops nobody");
		});
		engine.onChange((build) -> seen.add(this.host.status(build).phase()));
		engine.submit(this.run);
		this.host.awaitEnd(this.run.build());
		Awaitility.await().until(() -> seen.getLast() instanceof RunPhase.Ended);
		assertThat(seen.stream().filter((phase) -> !(phase instanceof RunPhase.Waiting)).distinct()).startsWith(
				new RunPhase.Running(Step.CLONE), new RunPhase.Running(Step.BUILD), new RunPhase.Running(Step.SCAN),
				new RunPhase.Running(Step.PUSH));
	}

	static Stream<Arguments> failures() {
		return Stream.of(
				Arguments.of(Step.CLONE, thrower(() -> new CommitNotFound("gone")),
						new RunResult.Failed("commit-not-found", "gone"), 1),
				Arguments.of(Step.CLONE, thrower(() -> new SourceTooLarge("big")),
						new RunResult.Failed("source-too-large", "big"), 1),
				Arguments.of(Step.CLONE, thrower(() -> new GitUnavailable("away")),
						new RunResult.Errored("repository-unreachable", "away"), 3),
				Arguments.of(Step.BUILD, thrower(() -> StepFailure.ofRepository("build-failed", "line 3")),
						new RunResult.Failed("build-failed", "line 3"), 1),
				Arguments.of(Step.PUSH, thrower(() -> new ReleaseTagTaken("v1.2.3 is taken")),
						new RunResult.Failed("tag-taken", "v1.2.3 is taken"), 1),
				Arguments.of(Step.PUSH, thrower(() -> new RegistryUnavailable("away")),
						new RunResult.Errored("registry-unreachable", "away"), 7));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void submitWhenAStepFailsSaysWhoseFaultItIs(Step step, TestHost.StepPlay play, RunResult expected, int tries) {
		this.host.plays.put(step, play);
		this.host.engine("a").submit(this.run);
		RunPhase.Ended end = this.host.awaitEnd(this.run.build());
		assertThat(end.result()).isEqualTo(expected);
		assertThat(end.digest() != null).isEqualTo(step == Step.PUSH);
		assertThat(this.host.calls(step)).isEqualTo(tries);
		assertThat(states()).startsWith(Stream.of(Step.values())
			.map((each) -> (each.compareTo(step) < 0) ? StepState.SUCCEEDED
					: (each == step) ? StepState.FAILED : StepState.SKIPPED)
			.toArray(StepState[]::new));
		assertThat(status(step).message()).isEqualTo(RunDetails.of(expected));
		assertThat(this.host.log(this.run.build(), step)).contains(RunDetails.of(expected));
		assertThat(this.host.tags).isEmpty();
	}

	@Test
	void submitWhenTheRepositoryComesBackGoesOn() {
		AtomicInteger left = new AtomicInteger(2);
		this.host.plays.put(Step.CLONE, (commands) -> {
			if (left.getAndDecrement() > 0) {
				throw new GitUnavailable("away");
			}
		});
		this.host.engine("a").submit(this.run);
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
	}

	@Test
	void submitWhenSomethingUnexpectedHappensKeepsItsTextOutOfTheResult() {
		this.host.plays.put(Step.BUILD, thrower(() -> new IllegalStateException("password=hunter2")));
		this.host.engine("a").submit(this.run);
		RunResult.Errored result = (RunResult.Errored) this.host.result(this.run.build());
		assertThat(result.reason()).isEqualTo("internal");
		assertThat(result.detail()).contains(this.run.build().value()).doesNotContain("hunter2");
		assertThat(this.host.log(this.run.build(), Step.BUILD)).doesNotContain("hunter2");
	}

	@Test
	void submitWhenTheDiskIsFullSaysSoAndMakesRoom() {
		this.host.plays.put(Step.BUILD, (commands) -> {
			this.host.diskFull.set(true);
			throw StepFailure.ofRepository("build-failed", "RUN failed");
		});
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		assertThat(this.host.result(this.run.build())).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("disk-full"));
		assertThat(this.host.work(this.run.build())).doesNotExist();
		assertThat(engine.list()).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(value = ScanVerdict.class, names = { "REJECTED", "END_OF_LIFE" })
	void submitWhenTheGateSaysNoPushesNothing(ScanVerdict verdict) {
		this.host.scan = new ScanSummary(verdict, Map.of(Severity.CRITICAL, 2), List.of(), null);
		this.host.engine("a").submit(this.run);
		assertThat(this.host.awaitEnd(this.run.build()))
			.isEqualTo(new RunPhase.Ended(new RunResult.Rejected(this.host.scan), null));
		assertThat(states()).containsExactly(StepState.SUCCEEDED, StepState.SUCCEEDED, StepState.FAILED,
				StepState.SKIPPED);
		assertThat(this.host.calls(Step.PUSH)).isZero();
	}

	@Test
	void submitWhenTheScannerFailsPushesNothing() {
		this.host.scan = new ScanSummary(ScanVerdict.SCANNER_ERROR, Map.of(), List.of(), null);
		this.host.engine("a").submit(this.run);
		assertThat(reason()).isEqualTo("scanner-error");
		assertThat(this.host.calls(Step.PUSH)).isZero();
	}

	@Test
	void submitWhenUnscannedIntoTheLayoutSkipsTheScan() {
		this.host.scan = ScanSummary.unscanned();
		this.host.engine("a").submit(this.run);
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
		assertThat(status(Step.SCAN).state()).isEqualTo(StepState.SKIPPED);
		assertThat(status(Step.SCAN).message()).contains("Trivy");
	}

	@Test
	void submitWhenUnscannedForAnotherRegistryNeedsTheTeamsWord() {
		this.host.scan = ScanSummary.unscanned();
		this.host.host = "localhost:5000";
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		assertThat(reason()).isEqualTo("unscanned-not-allowed");
		assertThat(this.host.calls(Step.PUSH)).isZero();
		GatePolicy standard = GatePolicy.standard();
		Run allowed = TestRuns.release(OrderKind.BUILD, Duration.ofMinutes(1), new GatePolicy(standard.severities(),
				standard.ignoreUnfixed(), standard.endOfLife(), standard.waiversConfigMap(), true));
		engine.submit(allowed);
		assertThat(this.host.result(allowed.build())).isInstanceOf(RunResult.Succeeded.class);
	}

	@Test
	void submitWhenTheGateNamesAConfigMapOfWaiversIsRefusedByName() {
		LocalEngine engine = this.host.engine("a");
		Run waiving = TestRuns.release(OrderKind.BUILD, Duration.ofMinutes(1), waiving("payments-waivers"));
		assertThat(engine.submit(waiving)).isInstanceOfSatisfying(Submission.Refused.class, (refused) -> assertThat(
				refused.result())
			.isEqualTo(new RunResult.Errored("waivers-unusable",
					"The gate that this was ordered with takes waivers from the ConfigMap payments-waivers, and "
							+ "the local engine cannot read ConfigMaps: what is waived there would stop the image. "
							+ "Take gate.waivers-config-map out of the team's settings, and ask for a new build.")));
		assertThat(engine.find(waiving.build())).isEmpty();
		Run retag = TestRuns.release(OrderKind.RETAG, Duration.ofMinutes(1), waiving("payments-waivers"));
		assertThat(engine.submit(retag)).as("it scans nothing").isEqualTo(new Submission.Accepted());
	}

	private static GatePolicy waiving(String configMap) {
		GatePolicy standard = GatePolicy.standard();
		return new GatePolicy(standard.severities(), standard.ignoreUnfixed(), standard.endOfLife(), configMap, false);
	}

	@ParameterizedTest
	@EnumSource(Step.class)
	void stopWhenInAStepEndsTheRun(Step step) throws InterruptedException {
		Turnstile turnstile = new Turnstile();
		this.host.plays.put(step, (commands) -> turnstile.pass());
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		turnstile.awaitReached();
		engine.stop(this.run.build());
		RunPhase.Ended end = this.host.awaitEnd(this.run.build());
		assertThat(end.result()).isEqualTo(new RunResult.Stopped("Stopped in step " + step.wireName()));
		assertThat(end.digest() != null).isEqualTo(step == Step.PUSH);
		assertThat(this.host.tags).isEmpty();
		assertThat(this.host.calls(step)).isOne();
	}

	@Test
	void stopWhenChildrenLiveEndsThemAll() {
		this.host.plays.put(Step.BUILD, TestHost.family(this.data));
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		Awaitility.await().until(() -> this.host.children(this.run.build()).size() >= 4);
		assertThat(this.host.runs.find(this.run.build()).orElseThrow().progress().children()).hasSize(1);
		engine.stop(this.run.build());
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Stopped.class);
		assertThat(this.host.children(this.run.build())).isEmpty();
	}

	@Test
	void stopWhenAskedElsewhereIsSeenAtTheNextRenewal() throws InterruptedException {
		Turnstile turnstile = new Turnstile();
		this.host.plays.put(Step.BUILD, (commands) -> turnstile.pass());
		this.host.engine("a").submit(this.run);
		turnstile.awaitReached();
		this.host.runs.askStop(this.run.build());
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Stopped.class);
	}

	@Test
	void submitWhenWorkSwallowsTheFirstInterruptIsInterruptedAgain() {
		Run brief = TestRuns.release(OrderKind.BUILD, Duration.ofMillis(1500));
		Turnstile first = new Turnstile();
		Turnstile second = new Turnstile();
		this.host.plays.put(Step.BUILD, (commands) -> {
			try {
				first.pass();
			}
			catch (InterruptedException ex) {
				second.pass();
			}
		});
		this.host.engine("a").submit(brief);
		assertThat(this.host.result(brief.build())).isInstanceOf(RunResult.TimedOut.class);
	}

	@Test
	void stopWhenUnknownOrEndedDoesNothing() {
		LocalEngine engine = this.host.engine("a");
		engine.stop(this.run.build());
		engine.submit(this.run);
		RunPhase.Ended end = this.host.awaitEnd(this.run.build());
		engine.stop(this.run.build());
		assertThat(this.host.status(this.run.build()).phase()).isEqualTo(end);
	}

	@Test
	void submitWhenItTakesTooLongEndsEverything() {
		Run brief = TestRuns.release(OrderKind.BUILD, Duration.ofMillis(1500));
		this.host.plays.put(Step.BUILD, TestHost.family(this.data));
		this.host.engine("a").submit(brief);
		assertThat(this.host.result(brief.build())).isInstanceOfSatisfying(RunResult.TimedOut.class,
				(timedOut) -> assertThat(timedOut.detail()).contains("longer than 1.5s ").contains("step build"));
		assertThat(this.host.children(brief.build())).isEmpty();
	}

	@Test
	void submitWhenAllSlotsAreTakenWaitsForOne() throws InterruptedException {
		Turnstile turnstile = new Turnstile();
		this.host.plays.put(Step.CLONE, (commands) -> turnstile.pass());
		LocalEngine engine = this.host.engine(Tenancy.standard("a", Takeover.ofSoleProcess()), 1);
		engine.submit(this.run);
		turnstile.awaitReached();
		Run second = TestRuns.release();
		Run third = TestRuns.release();
		engine.submit(second);
		engine.submit(third);
		assertThat(this.host.status(second.build()).phase()).isInstanceOfSatisfying(RunPhase.Waiting.class,
				(waiting) -> assertThat(waiting.reason()).isEqualTo("local-slots"));
		engine.stop(third.build());
		assertThat(this.host.status(third.build()).phase())
			.isEqualTo(new RunPhase.Ended(new RunResult.Stopped("Stopped before its first step"), null));
		assertThat(this.host.calls(Step.CLONE)).isOne();
		turnstile.open();
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
		assertThat(this.host.result(second.build())).isInstanceOf(RunResult.Succeeded.class);
		assertThat(this.host.calls(Step.CLONE)).isEqualTo(2);
	}

	@Test
	void releaseWhenEndedForgetsTheRunAndKeepsItsLogs() throws InterruptedException {
		Turnstile turnstile = new Turnstile();
		this.host.plays.put(Step.CLONE, (commands) -> turnstile.pass());
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		turnstile.awaitReached();
		engine.release(this.run.build());
		assertThat(engine.find(this.run.build())).isPresent();
		turnstile.open();
		this.host.awaitEnd(this.run.build());
		engine.release(this.run.build());
		engine.release(this.run.build());
		assertThat(engine.find(this.run.build())).isEmpty();
		assertThat(this.host.work(this.run.build())).doesNotExist();
		StepLogs.Part log = this.host.logs.read(this.run.build(), Step.BUILD, 0);
		assertThat(log.text()).contains("building");
		assertThat(log.complete()).isTrue();
	}

	@Test
	void logsWhenAStepIsAtWorkCanBeReadAlready() throws InterruptedException {
		Turnstile turnstile = new Turnstile();
		this.host.plays.put(Step.CLONE, (commands) -> turnstile.pass());
		LocalEngine engine = this.host.engine("a");
		engine.submit(this.run);
		turnstile.awaitReached();
		StepLogs.Part part = this.host.logs.read(this.run.build(), Step.CLONE, 0);
		assertThat(part.text()).contains("Cloning acme/app");
		assertThat(part.complete()).isFalse();
		turnstile.open();
		this.host.awaitEnd(this.run.build());
		assertThat(this.host.logs.read(this.run.build(), Step.CLONE, 0).complete()).isTrue();
		assertThat(this.host.logs.steps(this.run.build())).containsExactly(Step.values());
	}

	@Test
	void submitWhenTheDatabaseIsAwayForAMomentGoesOn() {
		LocalRuns real = this.host.runs;
		AtomicInteger saves = new AtomicInteger();
		this.host.runs = (LocalRuns) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { LocalRuns.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("save") && saves.incrementAndGet() % 4 == 0) {
						throw new TransientDataAccessResourceException("away");
					}
					try {
						return method.invoke(real, arguments);
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
		this.host.engine("a").submit(this.run);
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
		assertThat(saves.get()).isGreaterThan(8);
	}

	@Test
	void submitWhenTheAnswerOfTheDatabaseIsLostIsTakenUpWhenTheLeaseIsOver() {
		AtomicInteger inserts = new AtomicInteger();
		this.host.runs = failing(this.host.runs, (method) -> method.equals("insert") && inserts.getAndIncrement() == 0);
		LocalEngine engine = this.host.engine(shortLease(Takeover.ofSoleProcess()), 1);
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(() -> engine.submit(this.run));
		assertThat(engine.find(this.run.build())).isPresent();
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
	}

	@Test
	void takeOverWhenItsSecondHalfFailsIsTriedAgainWhenTheLeaseIsOver() {
		AtomicInteger saves = new AtomicInteger();
		this.host.runs = failing(this.host.runs, (method) -> method.equals("save") && saves.getAndIncrement() == 0);
		this.host.engine(shortLease(Takeover.afterLease()), 1);
		this.host.runs.insert(new LocalRun(this.run, "gone", Instant.now(), false, 0,
				RunProgress.fresh(new RunPhase.Waiting("local-slots", "Waits"), OrderKind.BUILD)));
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
	}

	private static Tenancy shortLease(Takeover takeover) {
		return new Tenancy("a", Duration.ofSeconds(2), Duration.ofMillis(50), Duration.ofSeconds(12), takeover);
	}

	/** A call that fails was carried out all the same: only its answer is lost. */
	private static LocalRuns failing(LocalRuns real, Predicate<String> fails) {
		return (LocalRuns) Proxy.newProxyInstance(LocalEngineTests.class.getClassLoader(),
				new Class<?>[] { LocalRuns.class }, (proxy, method, arguments) -> {
					try {
						Object answer = method.invoke(real, arguments);
						if (fails.test(method.getName())) {
							throw new TransientDataAccessResourceException("away");
						}
						return answer;
					}
					catch (InvocationTargetException ex) {
						throw ex.getCause();
					}
				});
	}

	private static TestHost.StepPlay thrower(Supplier<RuntimeException> failure) {
		return (commands) -> {
			throw failure.get();
		};
	}

	private String reason() {
		return ((RunResult.Errored) this.host.result(this.run.build())).reason();
	}

	private List<StepState> states() {
		return this.host.status(this.run.build()).steps().stream().map(StepStatus::state).toList();
	}

	private StepStatus status(Step step) {
		return this.host.status(this.run.build()).steps().get(step.ordinal());
	}

}
