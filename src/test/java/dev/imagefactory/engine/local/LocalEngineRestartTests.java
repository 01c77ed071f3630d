package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What becomes of runs when their process is gone, frozen or told to end. */
@Timeout(60)
class LocalEngineRestartTests {

	private final Run run = TestRuns.release();

	@TempDir
	Path data;

	private TestHost host;

	private final Turnstile turnstile = new Turnstile();

	@BeforeEach
	void setUp() {
		this.host = new TestHost(this.data);
	}

	@AfterEach
	void tearDown() {
		this.turnstile.open();
		this.host.close();
	}

	@ParameterizedTest
	@EnumSource(value = Step.class, names = { "CLONE", "BUILD", "SCAN" })
	void startWhenTheOldProcessIsGoneBeforeThePushBeginsAtTheClone(Step step) throws InterruptedException {
		this.host.plays.put(step, (commands) -> this.turnstile.pass());
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		this.host.engine("b");
		assertSucceeded();
		assertThat(this.host.calls(Step.CLONE)).isEqualTo(2);
		assertOldProcessDoesNoHarm();
		assertThat(this.host.calls(Step.PUSH)).isOne();
	}

	@Test
	void startWhenTheOldProcessIsGoneBeforeItsImageArrivedPushesTheSameImage() throws InterruptedException {
		this.host.plays.put(Step.PUSH, (commands) -> this.turnstile.pass());
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		this.host.engine("b");
		assertSucceeded();
		assertThat(this.host.calls(Step.CLONE)).isOne();
		assertThat(this.host.calls(Step.SCAN)).isOne();
		assertThat(this.host.calls(Step.PUSH)).isEqualTo(2);
		assertThat(this.host.status(this.run.build()).steps()).allMatch((step) -> step.state() == StepState.SUCCEEDED);
		assertOldProcessDoesNoHarm();
	}

	@Test
	void startWhenTheOldProcessIsGoneAfterItsImageArrivedPushesNothing() throws InterruptedException {
		this.host.afterPush = (commands) -> this.turnstile.pass();
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		this.host.engine("b");
		assertSucceeded();
		assertThat(this.host.calls(Step.CLONE)).isOne();
		assertThat(this.host.calls(Step.PUSH)).isOne();
		assertOldProcessDoesNoHarm();
	}

	@Test
	void startWhenOnlySomeTagsArrivedPushesAgain() throws InterruptedException {
		this.host.afterPush = (commands) -> this.turnstile.pass();
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		this.host.tags.remove("latest");
		this.host.engine("b");
		assertSucceeded();
		assertThat(this.host.calls(Step.PUSH)).isEqualTo(2);
	}

	@Test
	void startWhenOnlySomeTagsArrivedFromAnotherDataDirectoryTagsTheSameImage() throws InterruptedException {
		this.host.afterPush = (commands) -> this.turnstile.pass();
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		Digest published = this.host.tags.get("v1.2.3");
		this.host.tags.remove("latest");
		this.host.plays.put(Step.BUILD, (commands) -> {
			throw StepFailure.ofRepository("build-failed", "What was pushed must not be built again");
		});
		this.host.engine(Tenancy.standard("b", Takeover.ofSoleProcess()), 1, this.data.resolve("other"));
		assertThat(this.host.awaitEnd(this.run.build()))
			.isEqualTo(new RunPhase.Ended(new RunResult.Succeeded(published, this.host.scan), published));
		assertThat(this.host.tags).isEqualTo(Map.of("v1.2.3", published, "latest", published));
		assertThat(this.host.status(this.run.build()).steps()).allMatch((step) -> step.state() == StepState.SUCCEEDED);
		assertThat(this.host.log(this.run.build(), Step.PUSH)).contains("not under all its tags", "Tagged");
		assertOldProcessDoesNoHarm();
	}

	@Test
	void startWhenTheBuiltImageIsDamagedBeginsAtTheClone() throws Exception {
		this.host.plays.put(Step.PUSH, (commands) -> this.turnstile.pass());
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		damageTheLayer();
		this.host.engine("b");
		assertSucceeded();
		assertThat(this.host.calls(Step.CLONE)).isEqualTo(2);
	}

	@Test
	void startWhenTheNextBuildFailsStillNamesWhatMayHaveArrived() throws Exception {
		this.host.plays.put(Step.PUSH, (commands) -> this.turnstile.pass());
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		damageTheLayer();
		this.host.plays.put(Step.BUILD, (commands) -> {
			throw StepFailure.ofRepository("build-failed", "no");
		});
		this.host.engine("b");
		RunPhase.Ended end = this.host.awaitEnd(this.run.build());
		assertThat(end.result()).isInstanceOf(RunResult.Failed.class);
		assertThat(end.digest()).isNotNull();
	}

	@Test
	void startWhenARetagWasInterruptedTagsAgainAndOnlyThat() throws InterruptedException {
		Run retag = TestRuns.release(OrderKind.RETAG, Duration.ofMinutes(5));
		Digest digest = Objects.requireNonNull(retag.order().recipe().digest());
		this.host.tags.put("v1.2.3-rc.1", digest);
		this.host.plays.put(Step.PUSH, (commands) -> this.turnstile.pass());
		this.host.blindEngine("a").submit(retag);
		this.turnstile.awaitReached();
		this.host.engine("b");
		assertThat(this.host.awaitEnd(retag.build()))
			.isEqualTo(new RunPhase.Ended(new RunResult.Succeeded(digest, ScanSummary.unscanned()), digest));
		assertThat(this.host.tags).containsEntry("latest", digest);
		assertThat(this.host.calls(Step.CLONE)).isZero();
		assertThat(this.host.calls(Step.PUSH)).isEqualTo(2);
	}

	@Test
	void startWhenOrphansLiveEndsThemBeforeTheRunGoesOn() {
		TestHost.StepPlay family = TestHost.family(this.data);
		this.host.plays.put(Step.BUILD, family);
		this.host.blindEngine("a").submit(this.run);
		Awaitility.await().until(() -> this.host.children(this.run.build()).size() >= 4);
		this.host.plays.put(Step.CLONE, (commands) -> assertThat(this.host.children(this.run.build())).isEmpty());
		this.host.plays.put(Step.BUILD, (commands) -> {
		});
		this.host.engine("b");
		assertSucceeded();
		assertThat(this.host.children(this.run.build())).isEmpty();
		assertThat(this.host.runs.find(this.run.build()).orElseThrow().progress().children()).isEmpty();
	}

	@Test
	void startWhenOnlyTheLeaseTellsWaitsForItsEnd() throws InterruptedException {
		this.host.plays.put(Step.BUILD, (commands) -> this.turnstile.pass());
		Duration lease = Duration.ofMillis(2500);
		this.host.engine(new Tenancy("a", lease, Duration.ofHours(1), Duration.ofSeconds(1), Takeover.afterLease()), 2)
			.submit(this.run);
		this.turnstile.awaitReached();
		Instant end = this.host.runs.find(this.run.build()).orElseThrow().leaseUntil();
		this.host.engine(new Tenancy("b", Duration.ofSeconds(30), Duration.ofMillis(50), Duration.ofSeconds(1),
				Takeover.afterLease()), 2);
		assertSucceeded();
		assertThat(this.host.status(this.run.build()).steps().getFirst().startedAt()).isAfterOrEqualTo(end);
		assertOldProcessDoesNoHarm();
	}

	@Test
	void startWhenTheRunWasToStopStopsIt() throws InterruptedException {
		this.host.plays.put(Step.BUILD, (commands) -> this.turnstile.pass());
		this.host.blindEngine("a").submit(this.run);
		this.turnstile.awaitReached();
		this.host.runs.askStop(this.run.build());
		this.host.engine("b");
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Stopped.class);
		assertThat(this.host.calls(Step.CLONE)).isOne();
	}

	@Test
	void startWhenARunWasBegunTooOftenEndsIt() {
		RunProgress progress = new RunProgress(RunExecution.MOST_STARTS, new RunPhase.Running(Step.BUILD),
				RunProgress.fresh(new RunPhase.Waiting("a", "b"), OrderKind.BUILD).steps(), null, null, List.of());
		this.host.runs.insert(new LocalRun(this.run, "gone", Instant.now(), false, 0, progress));
		this.host.engine("b");
		assertThat(this.host.result(this.run.build())).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("interrupted-too-often"));
		assertThat(this.host.calls(Step.CLONE)).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner = 'other'", "lease_until = TIMESTAMP '2020-01-01 00:00:00'" })
	void pushWhenTheRunIsNotOursAnyMoreDoesNotHappen(String change) {
		this.host.plays.put(Step.SCAN,
				(commands) -> this.host.sql.sql("UPDATE local_run SET " + change + " WHERE build_id = :build")
					.param("build", this.run.build().value())
					.update());
		LocalEngine engine = this.host.engine(new Tenancy("a", Duration.ofSeconds(30), Duration.ofHours(1),
				Duration.ofSeconds(12), Takeover.afterLease()), 1);
		engine.submit(this.run);
		Run next = TestRuns.release();
		engine.submit(next);
		assertThat(this.host.result(next.build())).isInstanceOf(RunResult.Succeeded.class);
		assertThat(this.host.calls(Step.SCAN)).isEqualTo(2);
		assertThat(this.host.calls(Step.PUSH)).isOne();
		assertThat(this.host.status(this.run.build()).phase()).isEqualTo(new RunPhase.Running(Step.SCAN));
	}

	@ParameterizedTest
	@EnumSource(OrderKind.class)
	void pushWhenTheRunIsTakenDuringItWritesNoTag(OrderKind kind) {
		Run taken = TestRuns.release(kind, Duration.ofMinutes(5));
		Digest digest = (kind == OrderKind.RETAG) ? Objects.requireNonNull(taken.order().recipe().digest())
				: Digest.ofBytes(new byte[1]);
		this.host.tags.put("v1.2.3-rc.1", digest);
		this.host.plays.put(Step.PUSH,
				(commands) -> this.host.sql.sql("UPDATE local_run SET owner = 'other'").update());
		LocalEngine engine = this.host.engine(new Tenancy("a", Duration.ofSeconds(30), Duration.ofHours(1),
				Duration.ofSeconds(12), Takeover.afterLease()), 1);
		engine.submit(taken);
		Awaitility.await().until(() -> engine.room() == 2);
		assertThat(this.host.calls(Step.PUSH)).isOne();
		assertThat(this.host.tags).containsOnlyKeys("v1.2.3-rc.1");
		assertThat(this.host.status(taken.build()).phase()).isEqualTo(new RunPhase.Running(Step.PUSH));
	}

	/** Frozen between the last question and the write, while others published. */
	@ParameterizedTest
	@EnumSource(OrderKind.class)
	void pushWhenTheProcessWasFrozenBeforeAFloatingTagPutsBackWhatIsKnownOfIt(OrderKind kind) {
		Run taken = TestRuns.release(kind, Duration.ofMinutes(5));
		Digest older = (kind == OrderKind.RETAG) ? Objects.requireNonNull(taken.order().recipe().digest())
				: Digest.ofBytes(new byte[1]);
		Digest newer = Digest.ofBytes(new byte[2]);
		this.host.tags.put("v1.2.3-rc.1", older);
		this.host.frozen = () -> {
			this.host.frozen = () -> {
			};
			this.host.sql.sql("UPDATE local_run SET owner = 'other'").update();
			this.host.tags.put("v1.3.0", newer);
			this.host.known.putAll(Map.of("latest", newer, "v1.2.3", newer));
		};
		LocalEngine engine = this.host.engine(new Tenancy("a", Duration.ofSeconds(30), Duration.ofHours(1),
				Duration.ofSeconds(12), Takeover.afterLease()), 1);
		engine.submit(taken);
		Awaitility.await().until(() -> engine.room() == 2);
		assertThat(this.host.tags).containsEntry("latest", newer);
		assertThat(this.host.tags.get("v1.2.3")).as("what is written once stays").isNotNull().isNotEqualTo(newer);
	}

	@Test
	void renewWhenAnotherProcessTookTheRunEndsItsChildren() {
		this.host.plays.put(Step.BUILD, TestHost.family(this.data));
		this.host
			.engine(new Tenancy("a", Duration.ofSeconds(30), Duration.ofMillis(50), Duration.ofSeconds(12),
					Takeover.afterLease()), 2)
			.submit(this.run);
		Awaitility.await().until(() -> this.host.children(this.run.build()).size() >= 4);
		this.host.sql.sql("UPDATE local_run SET owner = 'other'").update();
		Awaitility.await().until(() -> this.host.children(this.run.build()).isEmpty());
		assertThat(this.host.status(this.run.build()).phase()).isEqualTo(new RunPhase.Running(Step.BUILD));
	}

	@Test
	void closeWhenRunsAreAtWorkEndsTheirChildrenAndLeavesThemToTheNext() {
		this.host.plays.put(Step.BUILD, TestHost.family(this.data));
		LocalEngine engine = this.host.engine(Tenancy.standard("a", Takeover.ofSoleProcess()), 1);
		Run waiting = TestRuns.release();
		engine.submit(this.run);
		engine.submit(waiting);
		Awaitility.await().until(() -> this.host.children(this.run.build()).size() >= 4);
		engine.close();
		assertThat(this.host.children(this.run.build())).isEmpty();
		assertThat(this.host.runs.unended()).hasSize(2)
			.allMatch((row) -> row.owner().equals("a") && !row.leaseUntil().isAfter(Instant.now()));
		this.host.plays.put(Step.BUILD, (commands) -> {
		});
		this.host.engine(Tenancy.standard("b", Takeover.afterLease()), 1);
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
		assertThat(this.host.result(waiting.build())).isInstanceOf(RunResult.Succeeded.class);
	}

	@Test
	void closeWhenARunCannotBeInterruptedReturnsInTimeAndKeepsItsLease() throws InterruptedException {
		this.host.plays.put(Step.BUILD, (commands) -> {
			while (true) {
				try {
					this.turnstile.pass();
					return;
				}
				catch (InterruptedException ex) {
					awaitOpen();
				}
			}
		});
		LocalEngine engine = this.host.engine(new Tenancy("a", Duration.ofSeconds(30), Duration.ofHours(1),
				Duration.ofMillis(200), Takeover.ofSoleProcess()), 1);
		engine.submit(this.run);
		this.turnstile.awaitReached();
		engine.close();
		assertThat(this.host.runs.owned("a", Instant.now())).containsKey(this.run.build());
	}

	/** Deaf to interrupts. */
	private void awaitOpen() {
		boolean open = false;
		while (!open) {
			try {
				this.turnstile.awaitOpen();
				open = true;
			}
			catch (InterruptedException ex) {
				// Deaf.
			}
		}
	}

	/** The one blob that only its digest can tell to be wrong. */
	private void damageTheLayer() throws IOException {
		Path blobs = this.host.work(this.run.build()).resolve("out/blobs/sha256");
		try (Stream<Path> files = Files.list(blobs)) {
			for (Path file : files.toList()) {
				if (Files.readString(file).startsWith("layer of")) {
					Files.writeString(file, "x");
				}
			}
		}
	}

	private void assertSucceeded() {
		assertThat(this.host.result(this.run.build())).isInstanceOf(RunResult.Succeeded.class);
		RunResult.Succeeded result = (RunResult.Succeeded) this.host.result(this.run.build());
		assertThat(this.host.tags.values()).containsOnly(result.digest());
	}

	/** The frozen process wakes up when all is over. */
	private void assertOldProcessDoesNoHarm() {
		LocalRun before = this.host.runs.find(this.run.build()).orElseThrow();
		int pushes = this.host.calls(Step.PUSH);
		this.turnstile.open();
		this.host.close();
		assertThat(this.host.runs.find(this.run.build())).contains(before);
		assertThat(this.host.calls(Step.PUSH)).isEqualTo(pushes);
	}

}
