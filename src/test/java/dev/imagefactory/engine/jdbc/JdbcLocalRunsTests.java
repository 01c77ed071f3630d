package dev.imagefactory.engine.jdbc;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.local.ChildProcess;
import dev.imagefactory.engine.local.LocalRun;
import dev.imagefactory.engine.local.LocalRuns;
import dev.imagefactory.engine.local.RunProgress;
import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.junit.jupiter.api.BeforeEach;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcLocalRunsTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

	private static final Instant LATER = NOW.plus(30, ChronoUnit.SECONDS);

	private static final Digest DIGEST = Digest.ofBytes(new byte[] { 1 });

	private LocalRuns runs;

	@BeforeEach
	void openDatabase(TestDatabase database) {
		this.runs = TestLocalRuns.on(database.source());
	}

	@EachDatabase
	void findWhenEveryFieldIsSetGivesTheSameRun() {
		Finding finding = new Finding("CVE-2026-1", "openssl", "1.0", "1.1", Severity.HIGH, "https://example.com");
		ScanSummary scan = new ScanSummary(ScanVerdict.REJECTED, Map.of(Severity.HIGH, 3), List.of(finding), NOW);
		RunProgress progress = new RunProgress(2, new RunPhase.Ended(new RunResult.Rejected(scan), DIGEST),
				List.of(new StepStatus(Step.CLONE, StepState.FAILED, NOW, LATER, "no 'such' thing")), DIGEST, scan,
				List.of(new ChildProcess(7, "boot/9")));
		LocalRun run = new LocalRun(TestRuns.release(), "me", LATER, true, 4, progress);
		this.runs.insert(run);
		assertThat(this.runs.find(run.build())).contains(run);
		assertThat(this.runs.statuses()).containsExactly(run.status());
	}

	@EachDatabase
	void findWhenOptionalFieldsAreNullGivesTheSameRun() {
		for (RunPhase phase : List.of(new RunPhase.Waiting("a", "b"), new RunPhase.Running(Step.SCAN),
				new RunPhase.Ended(new RunResult.Stopped(null), null),
				new RunPhase.Ended(new RunResult.Succeeded(DIGEST, ScanSummary.unscanned()), DIGEST))) {
			LocalRun run = run(phase);
			this.runs.insert(run);
			assertThat(this.runs.find(run.build())).contains(run);
		}
	}

	@EachDatabase
	void insertWhenOneOfTheNameIsThereChangesNothing() {
		LocalRun first = waiting();
		assertThat(this.runs.insert(first)).isTrue();
		LocalRun second = new LocalRun(first.run(), "other", LATER.plusSeconds(1), true, 9, first.progress());
		assertThat(this.runs.insert(second)).isFalse();
		assertThat(this.runs.find(first.build())).contains(first);
	}

	@EachDatabase
	void saveWhenOwnedWritesAndCountsTheVersion() {
		LocalRun run = inserted();
		RunProgress next = new RunProgress(1, new RunPhase.Running(Step.PUSH), List.of(), DIGEST,
				ScanSummary.unscanned(), List.of());
		assertThat(this.runs.save(run.build(), "me", next, NOW)).isTrue();
		assertThat(this.runs.find(run.build()))
			.contains(new LocalRun(run.run(), "me", LATER, false, run.version() + 1, next));
	}

	@EachDatabase
	void saveWhenLeaseIsOverOrTheRunIsAnothersOrEndedWritesNothing() {
		LocalRun run = inserted();
		RunProgress next = new RunProgress(1, new RunPhase.Running(Step.PUSH), List.of(), null, null, List.of());
		assertThat(this.runs.save(run.build(), "me", next, LATER)).isFalse();
		assertThat(this.runs.save(run.build(), "other", next, NOW)).isFalse();
		assertThat(this.runs.find(run.build())).contains(run);
		RunProgress end = ended();
		assertThat(this.runs.save(run.build(), "me", end, NOW)).isTrue();
		assertThat(this.runs.save(run.build(), "me", next, NOW)).isFalse();
		assertThat(this.runs.find(run.build()).orElseThrow().progress()).isEqualTo(end);
	}

	@EachDatabase
	void takeWhenTheRunChangedSinceItWasReadFails() {
		LocalRun seen = inserted();
		this.runs.renew("me", Set.of(seen.build()), NOW, LATER.plusSeconds(9));
		assertThat(this.runs.take(seen, "other", LATER)).isFalse();
		LocalRun again = this.runs.find(seen.build()).orElseThrow();
		assertThat(this.runs.take(again, "other", LATER)).isTrue();
		assertThat(this.runs.take(again, "third", LATER)).isFalse();
		assertThat(this.runs.find(seen.build()).orElseThrow().owner()).isEqualTo("other");
	}

	@EachDatabase
	void renewWhenALeaseIsOverLeavesItOver() {
		LocalRun run = inserted();
		this.runs.renew("me", Set.of(run.build()), LATER, LATER.plusSeconds(30));
		assertThat(this.runs.find(run.build())).contains(run);
		assertThat(this.runs.owned("me", LATER)).isEmpty();
		assertThat(this.runs.owned("me", NOW)).containsExactly(Map.entry(run.build(), false));
	}

	@EachDatabase
	void renewWhenRunsAreNotInHandLeavesTheirLeasesAsTheyAre() {
		LocalRun known = inserted();
		LocalRun unknown = inserted();
		Instant until = LATER.plusSeconds(30);
		this.runs.renew("me", Set.of(known.build()), NOW, until);
		this.runs.renew("me", Set.of(), NOW, until.plusSeconds(30));
		this.runs.renew("other", Set.of(unknown.build()), NOW, until);
		assertThat(this.runs.find(known.build()).orElseThrow().leaseUntil()).isEqualTo(until);
		assertThat(this.runs.find(unknown.build())).contains(unknown);
	}

	@EachDatabase
	void giveBackWhenOneRunIsOwnedEndsItsLeaseOnly() {
		LocalRun run = inserted();
		this.runs.giveBack(run.build(), "other", NOW);
		assertThat(this.runs.owned("me", NOW)).containsKey(run.build());
		this.runs.giveBack(run.build(), "me", NOW);
		assertThat(this.runs.owned("me", NOW)).isEmpty();
		assertThat(this.runs.unended()).extracting(LocalRun::build).containsExactly(run.build());
	}

	@EachDatabase
	void giveUpWhenRunsAreOwnedEndsTheirLeases() {
		LocalRun run = inserted();
		this.runs.giveUp("me", NOW);
		assertThat(this.runs.owned("me", NOW)).isEmpty();
		assertThat(this.runs.unended()).extracting(LocalRun::build).containsExactly(run.build());
	}

	@EachDatabase
	void askStopWhenUnendedIsSeenByTheOwner() {
		LocalRun run = inserted();
		this.runs.askStop(run.build());
		assertThat(this.runs.owned("me", NOW)).containsExactly(Map.entry(run.build(), true));
	}

	@EachDatabase
	void deleteEndedWhenUnendedKeepsIt() {
		LocalRun run = inserted();
		this.runs.deleteEnded(run.build());
		assertThat(this.runs.find(run.build())).isPresent();
		this.runs.save(run.build(), "me", ended(), NOW);
		assertThat(this.runs.unended()).isEmpty();
		this.runs.deleteEnded(run.build());
		assertThat(this.runs.find(run.build())).isEmpty();
	}

	private LocalRun inserted() {
		LocalRun run = waiting();
		this.runs.insert(run);
		return run;
	}

	private static RunProgress ended() {
		return new RunProgress(1, new RunPhase.Ended(new RunResult.TimedOut("late"), null), List.of(), null, null,
				List.of());
	}

	private static LocalRun waiting() {
		return run(new RunPhase.Waiting("local-slots", "Waits"));
	}

	private static LocalRun run(RunPhase phase) {
		Run run = TestRuns.release();
		return new LocalRun(run, "me", LATER, false, 0,
				new RunProgress(0, phase, List.of(StepStatus.pending(Step.CLONE)), null, null, List.of()));
	}

}
