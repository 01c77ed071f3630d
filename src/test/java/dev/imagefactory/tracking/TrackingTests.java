package dev.imagefactory.tracking;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.planning.BuildRequests.BuildRequest;
import dev.imagefactory.planning.BuildRequests.RequestAnswer;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.planning.BuildRequests.Target;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.spine.UnsteadyRegistry;
import org.junit.jupiter.api.Order;

import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static org.assertj.core.api.Assertions.assertThat;

@Order(1)
class TrackingTests {

	private static final RunPhase.Ended STOPPED = new RunPhase.Ended(new RunResult.Stopped("in step build"), null);

	/** A build whose run is at work. */
	private static BuildId running(Spine spine) {
		BuildId id = spine.release("v1", C1);
		spine.submitter.work();
		spine.engine.phase(id, new RunPhase.Running(Step.BUILD));
		spine.tracking.relist();
		assertThat(spine.state(id)).isEqualTo(StateName.RUNNING);
		return id;
	}

	@EachDatabase
	void relistWhenRunMovesOnFollowsItToTheEnd(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.submitter.work();
			spine.tracking.relist();
			assertThat(spine.why(id)).isEqualTo("no-room");
			for (Step step : Step.values()) {
				spine.engine.phase(id, new RunPhase.Running(step));
				spine.tracking.relist();
				assertThat(spine.build(id).state().explanation())
					.hasValueSatisfying((text) -> assertThat(text).contains(step.wireName()));
			}
			Digest digest = spine.finish(id);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(id).image().digest()).isEqualTo(digest);
			assertThat(spine.tags.find(APP, "v1"))
				.contains(new Tags.Known(ImageTag.release("v1"), null, C1, GitRef.tag("v1"), digest, 2));
			assertThat(spine.held()).isEmpty();
			assertThat(spine.engine.releases).containsExactly(id);
		}
	}

	@EachDatabase
	void relistWhenRunEndsBadlyEndsTheBuildAsItSays(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			ScanSummary scan = new ScanSummary(ScanVerdict.REJECTED, Map.of(), List.of(), spine.clock.instant());
			List<RunResult> results = List.of(new RunResult.Rejected(scan), new RunResult.Failed("a", "A."),
					new RunResult.Errored("b", "B."), new RunResult.TimedOut("C."), new RunResult.Stopped("D."));
			List<StateName> ends = List.of(StateName.REJECTED, StateName.FAILED, StateName.ERRORED, StateName.TIMED_OUT,
					StateName.CANCELLED);
			for (int i = 0; i < results.size(); i++) {
				BuildId id = spine.release("v" + i, C1);
				spine.beat();
				spine.end(id, new RunPhase.Ended(results.get(i), null));
				spine.tracking.relist();
				assertThat(spine.state(id)).isEqualTo(ends.get(i));
				assertThat(spine.held()).isEmpty();
				assertThat(spine.engine.knows(id)).isFalse();
			}
		}
	}

	@EachDatabase
	void lookWhenHintedFollowsAtOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.finish(id);
			spine.tracking.look(id);
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			spine.tracking.look(id);
			spine.tracking.look(BuildId.next(spine.clock.instant()));
		}
	}

	@EachDatabase
	void relistWhenRunVanishedBelievesItTheSecondTimeAndLater(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.clock.pass(Spine.CREATE_DEADLINE);
			spine.engine.forget(id);
			spine.tracking.relist();
			spine.tracking.relist();
			spine.tracking.relist();
			assertThat(spine.state(id)).as("back to back").isEqualTo(StateName.RUNNING);
			assertThat(spine.builds.history(id).getLast().reason()).isEqualTo("run-missed");
			spine.clock.pass(Spine.APART);
			spine.tracking.relist();
			assertThat(spine.state(id)).as("the registry is asked first").isEqualTo(StateName.VERIFYING);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.VERIFYING);
			spine.clock.pass(Spine.APART);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.LOST);
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void relistWhenTheEngineIsSilentAboutManyRunsWaitsForAFewOnly(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			for (int i = 0; i < 10; i++) {
				spine.release("v" + i, CommitSha.of("%012x".formatted(i + 1) + "0".repeat(28)));
			}
			spine.beats(2);
			spine.clock.pass(Spine.CREATE_DEADLINE);
			spine.engine.living().forEach(spine.engine::forget);
			AtomicInteger asked = new AtomicInteger();
			spine.engine.silence = () -> {
				asked.incrementAndGet();
				spine.clock.pass(Duration.ofSeconds(10));
			};
			spine.tracking.relist();
			assertThat(asked).hasValue(3);
		}
	}

	@EachDatabase
	void relistWhenVanishedRunComesBackForgetsThatItWasMissed(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.clock.pass(Spine.CREATE_DEADLINE);
			spine.engine.forget(id);
			spine.tracking.relist();
			spine.engine.phase(id, new RunPhase.Running(Step.BUILD));
			spine.tracking.relist();
			assertThat(spine.builds.history(id).getLast().reason()).isEqualTo("run-found");
			spine.engine.forget(id);
			spine.clock.pass(Spine.APART);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.RUNNING);
		}
	}

	@EachDatabase
	void relistWhenRunIsUnknownBeforeTheCreateDeadlineCountsNoAnswer(TestDatabase database) {
		try (Spine spine = new Spine(database, Duration.ofMinutes(2))) {
			BuildId id = running(spine);
			spine.engine.forget(id);
			for (int i = 0; i < 11; i++) {
				spine.clock.pass(Duration.ofSeconds(10));
				spine.tracking.relist();
			}
			assertThat(spine.build(id).times().missedAt()).isNull();
			spine.clock.pass(Duration.ofSeconds(10));
			spine.tracking.relist();
			spine.clock.pass(Spine.APART);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.VERIFYING);
		}
	}

	@EachDatabase
	void relistWhenTwoReplicasMissARunAtOnceIsOneAnswer(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.clock.pass(Spine.CREATE_DEADLINE);
			Tracking one = spine.newTracking();
			Tracking two = spine.newTracking();
			spine.engine.forget(id);
			one.relist();
			spine.clock.pass(Duration.ofSeconds(1));
			two.relist();
			assertThat(spine.state(id)).as("two answers a second apart").isEqualTo(StateName.RUNNING);
			spine.clock.pass(Spine.APART);
			spine.newTracking().relist();
			assertThat(spine.state(id)).as("a replica that was just started").isEqualTo(StateName.VERIFYING);
		}
	}

	@EachDatabase
	void relistWhenVanishedRunHadPushedSucceeds(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			UnsteadyRegistry.Local made = spine.scan(id);
			spine.tracking.relist();
			Digest digest = spine.push(id, made);
			spine.engine.forget(id);
			spine.beats(3);
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(id).image()).isEqualTo(new Build.Product(digest, false, Spine.SCAN));
		}
	}

	@EachDatabase
	void relistWhenVanishedRunLeftAnImageThatNobodySawScannedIsLost(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.registry.publish(id.value(), APP, List.of(ImageTag.release("v1"), ImageTag.sha(C1)));
			spine.engine.forget(id);
			spine.beats(4);
			assertThat(spine.state(id)).isEqualTo(StateName.LOST);
		}
	}

	@EachDatabase
	void relistWhenRunPushedAnotherImageThanItScannedIsNotGreen(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.scan(id);
			spine.tracking.relist();
			Digest other = spine.registry.publish(id.value(), APP, List.of(ImageTag.release("v1"), ImageTag.sha(C1)));
			spine.end(id, Spine.succeeded(other));
			spine.beats(3);
			assertThat(spine.why(id)).isEqualTo("image-missing");
		}
	}

	@EachDatabase
	void relistWhenSubmittedRunIsNotThereLeavesItToSubmission(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.down = true;
			spine.submitter.work();
			spine.engine.down = false;
			for (int i = 0; i < 5; i++) {
				spine.clock.pass(Duration.ofMinutes(5));
				spine.tracking.relist();
			}
			assertThat(spine.state(id)).isEqualTo(StateName.SUBMITTING);
		}
	}

	@EachDatabase
	void relistWhenEngineIsDownChangesNothingButStillAsksTheRegistry(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			BuildId pushed = spine.release("v2", C2);
			spine.submitter.work();
			spine.registry.silent = true;
			spine.finish(pushed);
			spine.tracking.relist();
			spine.registry.silent = false;
			spine.engine.down = true;
			spine.beats(3);
			assertThat(spine.state(id)).isEqualTo(StateName.RUNNING);
			assertThat(spine.state(pushed)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenCancelIsAskedStopsTheRunAndBelievesItsEnd(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.requests.cancel(id, "ada");
			assertThat(spine.state(id)).isEqualTo(StateName.RUNNING);
			spine.tracking.relist();
			assertThat(spine.engine.stops).containsOnly(id);
			spine.end(id, STOPPED);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void relistWhenCancelIsAskedBeforeTheRunIsThereStopsItOnceItIs(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.losingAnswers = true;
			spine.submitter.work();
			spine.requests.cancel(id, "ada");
			spine.engine.losingAnswers = false;
			spine.beat();
			assertThat(spine.engine.stops).containsExactly(id);
			spine.end(id, STOPPED);
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
		}
	}

	@EachDatabase
	void relistWhenCancelledRunHadPushedSucceeds(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.requests.cancel(id, "ada");
			Digest digest = spine.pushImage(id);
			spine.end(id, new RunPhase.Ended(new RunResult.Stopped("in step push"), digest));
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenCancelledRunMayHavePushedAndRegistryIsSilentCancels(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.registry.silent = true;
			spine.finish(id);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.VERIFYING);
			spine.requests.cancel(id, "ada");
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			spine.registry.silent = false;
			BuildId next = ((RerunAnswer.Accepted) spine.requests.rerun(id, "ada")).build().id();
			spine.beats(2);
			assertThat(spine.build(next).image().adopted()).isTrue();
		}
	}

	@EachDatabase
	void relistWhenThreadIsStoppedWhileAskingDoesNotCancel(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.registry.silent = true;
			spine.finish(id);
			spine.tracking.relist();
			spine.requests.cancel(id, "ada");
			Thread.currentThread().interrupt();
			try {
				spine.tracking.look(id);
			}
			finally {
				assertThat(Thread.interrupted()).isTrue();
			}
			assertThat(spine.state(id)).isEqualTo(StateName.VERIFYING);
		}
	}

	@EachDatabase
	void relistWhenRegistryIsSilentSaysSoOnceAndConfirmsLater(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.registry.silent = true;
			spine.finish(id);
			spine.beats(5);
			assertThat(spine.state(id)).isEqualTo(StateName.VERIFYING);
			assertThat(spine.why(id)).isEqualTo("registry-unreachable");
			List<HistoryEntry> history = spine.builds.history(id);
			assertThat(history).filteredOn((line) -> line.to() == StateName.VERIFYING).hasSize(2);
			spine.registry.silent = false;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenImageIsMissingTwiceWithTimeBetweenErrs(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			Digest digest = spine.pushImage(id);
			spine.registry.denied.add(digest);
			spine.end(id, Spine.succeeded(digest));
			spine.tracking.look(id);
			spine.tracking.relist();
			spine.restart();
			spine.tracking.relist();
			assertThat(spine.state(id)).as("back to back").isEqualTo(StateName.VERIFYING);
			spine.clock.pass(Spine.APART);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.ERRORED);
			assertThat(spine.why(id)).isEqualTo("image-missing");
			assertThat(spine.tags.find(APP, "v1").orElseThrow().digest()).isNull();
		}
	}

	@EachDatabase
	void relistWhenImageIsMissingOnceSucceeds(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			Digest digest = spine.pushImage(id);
			spine.registry.denied.add(digest);
			spine.end(id, Spine.succeeded(digest));
			spine.beat();
			spine.registry.denied.clear();
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenTagPointsElsewhereIsNotGreen(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.push("acme/app", 1, C1);
			spine.beat();
			Digest digest = spine.pushImage(id);
			spine.registry.publish("another", APP, List.of(ImageTag.devSha(C1)));
			spine.end(id, Spine.succeeded(digest));
			spine.beats(3);
			assertThat(spine.why(id)).isEqualTo("image-missing");
		}
	}

	@EachDatabase
	void relistWhenOnlyAFloatingTagMovedAwayIsGreenAndPointsItBack(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.push("acme/app", 1, C1);
			spine.beat();
			Digest digest = spine.pushImage(id);
			spine.registry.publish("another", APP, List.of(ImageTag.dev()));
			spine.end(id, Spine.succeeded(digest));
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.registry.digest(APP, "dev")).contains(digest);
		}
	}

	/** A push of C2 whose run stopped when all but {@code dev} had been written. */
	private static BuildId pushedHalf(Spine spine) {
		spine.published(spine.push("acme/app", 1, C1));
		BuildId id = spine.push("acme/app", 1, C2);
		spine.beat();
		UnsteadyRegistry.Local made = spine.scan(id);
		spine.registry.push(made.layout(), made.digest(), APP, List.of(ImageTag.devSha(C2)), TestImages.UNGUARDED);
		spine.end(id, new RunPhase.Ended(new RunResult.Errored("registry-unreachable", "Half way."), made.digest()));
		return id;
	}

	@EachDatabase
	void relistWhenPushStoppedHalfwayPointsTheFloatingTagAtItsImage(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = pushedHalf(spine);
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			Digest digest = spine.build(id).image().digest();
			assertThat(spine.registry.digest(APP, "dev")).contains(digest);
			assertThat(spine.tags.find(APP, "dev").orElseThrow().digest()).isEqualTo(digest);
			assertThat(spine.build(id).tags()).contains(ImageTag.dev());
			assertThat(spine.builds.history(id).getLast().reason()).isNull();
		}
	}

	@EachDatabase
	void relistWhenFrozenBeforeItPointsAFloatingTagPutsBackWhatOthersPublishedSince(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = pushedHalf(spine);
			spine.registry.frozen = () -> {
				spine.newTracking().relist();
				spine.published(spine.push("acme/app", 1, CommitSha.of("c3".repeat(20))));
			};
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			Tags.Known dev = spine.tags.find(APP, "dev").orElseThrow();
			assertThat(dev.commit()).isEqualTo(CommitSha.of("c3".repeat(20)));
			assertThat(spine.registry.digest(APP, "dev")).contains(dev.digest());
		}
	}

	@EachDatabase
	void relistWhenFloatingTagCannotBePointedGoesWithoutItAndSaysSo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = pushedHalf(spine);
			spine.registry.readOnly = true;
			spine.beats(2);
			assertThat(spine.why(id)).isEqualTo("registry-unreachable");
			spine.clock.pass(Duration.ofSeconds(30));
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(id).tags()).containsExactly(ImageTag.devSha(C2));
			Tags.Known dev = spine.tags.find(APP, "dev").orElseThrow();
			assertThat(dev.commit()).as("what the registry shows").isEqualTo(C1);
			assertThat(spine.registry.digest(APP, "dev")).contains(dev.digest());
			HistoryEntry last = spine.builds.history(id).getLast();
			assertThat(last.reason()).isEqualTo("tags-left");
			assertThat(last.detail()).contains("dev", "takes no tags");
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void relistWhenRegistryRefusesOnceAfterALongOutageStillPointsTheFloatingTag(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = pushedHalf(spine);
			spine.registry.silent = true;
			spine.beat();
			spine.clock.pass(Duration.ofHours(1));
			spine.registry.silent = false;
			spine.registry.readOnly = true;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.VERIFYING);
			spine.clock.pass(Duration.ofHours(1));
			spine.beat();
			assertThat(spine.state(id)).as("two refusals far apart").isEqualTo(StateName.VERIFYING);
			spine.registry.readOnly = false;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.tags.find(APP, "dev").orElseThrow().commit()).isEqualTo(C2);
		}
	}

	@EachDatabase
	void relistWhenRegistryAnswersReadersOnlyWaitsUntilItTakesTheFloatingTag(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = pushedHalf(spine);
			spine.registry.busy = true;
			for (int i = 0; i < 5; i++) {
				spine.clock.pass(Duration.ofHours(1));
				spine.beat();
			}
			assertThat(spine.why(id)).isEqualTo("registry-unreachable");
			spine.registry.busy = false;
			spine.registry.readOnly = true;
			spine.beats(2);
			assertThat(spine.state(id)).as("what was silence is not counted").isEqualTo(StateName.VERIFYING);
			spine.registry.readOnly = false;
			spine.beat();
			assertThat(spine.tags.find(APP, "dev").orElseThrow().commit()).isEqualTo(C2);
		}
	}

	@EachDatabase
	void relistWhenCancelledRunPushedHalfGoesWithoutTheRestAtOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = pushedHalf(spine);
			spine.requests.cancel(id, "ada");
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(id).tags()).containsExactly(ImageTag.devSha(C2));
			assertThat(spine.builds.history(id).getLast().detail()).contains("dev", "cancelled");
			assertThat(spine.tags.find(APP, "dev").orElseThrow().commit()).isEqualTo(C1);
		}
	}

	@EachDatabase
	void relistWhenEarlierAttemptPushedLateAdoptsInsteadOfErring(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Late late = late(spine);
			Digest own = spine.scan(late.second()).digest();
			spine.end(late.second(), new RunPhase.Ended(new RunResult.Errored("registry-unreachable", "Gone."), own));
			spine.beats(2);
			assertThat(spine.state(late.second())).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(late.second()).image())
				.isEqualTo(new Build.Product(late.digest(), true, Spine.SCAN));
		}
	}

	@EachDatabase
	void relistWhenRunErrsBeforeItsPushAndEarlierAttemptPublishedAdopts(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Late late = late(spine);
			spine.end(late.second(), new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.registry.silent = true;
			spine.beats(2);
			assertThat(spine.why(late.second())).isEqualTo("registry-unreachable");
			spine.registry.silent = false;
			spine.beats(2);
			assertThat(spine.state(late.second())).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(late.second()).image().digest()).isEqualTo(late.digest());
		}
	}

	@EachDatabase
	void relistWhenAdoptedKnowsOnlyTheReleaseOfTheAdoptedImage(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.latest = true;
			Late late = late(spine);
			spine.registry.publish("another", APP, List.of(ImageTag.latest()));
			spine.end(late.second(), new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.beats(2);
			assertThat(spine.build(late.second()).image().adopted()).isTrue();
			assertThat(spine.tags.find(APP, "v1").orElseThrow().digest()).isEqualTo(late.digest());
			assertThat(spine.tags.find(APP, "latest").orElseThrow().digest()).isNull();
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void submitWhenRefusedAndEarlierAttemptPublishedAdopts(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = running(spine);
			UnsteadyRegistry.Local made = spine.scan(first);
			spine.end(first, new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.tracking.relist();
			BuildId second = ((RerunAnswer.Accepted) spine.requests.rerun(first, "ada")).build().id();
			spine.engine.refusal = new RunResult.Errored("admission-refused", "A policy says no.");
			spine.submitter.work();
			assertThat(spine.state(second)).isEqualTo(StateName.VERIFYING);
			Digest late = spine.push(first, made);
			spine.beats(2);
			assertThat(spine.build(second).image()).isEqualTo(new Build.Product(late, true, Spine.SCAN));
		}
	}

	@EachDatabase
	void relistWhenRunFailsThroughTheRepositoryDoesNotAdopt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Late late = late(spine);
			spine.end(late.second(), new RunPhase.Ended(new RunResult.Failed("build-failed", "Exit 1."), null));
			spine.tracking.relist();
			assertThat(spine.state(late.second())).isEqualTo(StateName.FAILED);
		}
	}

	/**
	 * A release whose first attempt pushes only after its end, while the second attempt
	 * has been claimed.
	 */
	private static Late late(Spine spine) {
		BuildId first = running(spine);
		UnsteadyRegistry.Local made = spine.scan(first);
		spine.end(first, new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
		spine.tracking.relist();
		assertThat(spine.state(first)).isEqualTo(StateName.ERRORED);
		BuildId second = ((RerunAnswer.Accepted) spine.requests.rerun(first, "ada")).build().id();
		spine.submitter.work();
		return new Late(second, spine.push(first, made));
	}

	private record Late(BuildId second, Digest digest) {
	}

	@EachDatabase
	void relistWhenRunOutlivesItsBuildStopsReleasesAndAuditsOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.finish(id);
			spine.tracking.relist();
			spine.engine.phase(id, new RunPhase.Running(Step.BUILD));
			spine.beats(3);
			assertThat(spine.engine.stops).hasSizeGreaterThan(1).containsOnly(id);
			assertThat(spine.audit).containsExactly("image-factory run.reap " + id);
			spine.end(id, STOPPED);
			spine.beat();
			assertThat(spine.engine.knows(id)).isFalse();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenARunIsTakenAwayWhileItsBuildIsOpenStopsAndAuditsOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.engine.withdraw(id);
			spine.beats(3);
			assertThat(spine.engine.stops).hasSizeGreaterThan(1).containsOnly(id);
			assertThat(spine.audit).containsExactly("image-factory run.reap " + id);
			assertThat(spine.state(id)).as("until it has ended").isEqualTo(StateName.RUNNING);
			spine.end(id, STOPPED);
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.engine.knows(id)).isFalse();
		}
	}

	@EachDatabase
	void relistWhenManyReplicasReapTheSameRunAuditsOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.finish(id);
			spine.tracking.relist();
			spine.engine.phase(id, new RunPhase.Running(Step.BUILD));
			TestDatabase.together(4, (number) -> {
				spine.newTracking().relist();
				return number;
			});
			spine.restart();
			spine.beat();
			assertThat(spine.engine.stops).hasSizeGreaterThanOrEqualTo(5).containsOnly(id);
			assertThat(spine.audit).containsExactly("image-factory run.reap " + id);
		}
	}

	@EachDatabase
	void relistWhenRunOfALostBuildPushesLateRecordsItsDigest(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.engine.forget(id);
			spine.beats(4);
			assertThat(spine.state(id)).isEqualTo(StateName.LOST);
			Digest late = spine.finish(id);
			spine.registry.silent = true;
			spine.beats(2);
			assertThat(spine.engine.knows(id)).as("kept until the registry has answered").isTrue();
			spine.registry.silent = false;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.LOST);
			assertThat(spine.build(id).image()).isEqualTo(new Build.Product(late, false, Spine.SCAN));
			assertThat(spine.builds.history(id).getLast().reason()).isEqualTo("digest-recorded");
			assertThat(spine.engine.knows(id)).isFalse();
			BuildId next = ((RerunAnswer.Accepted) spine.requests.rerun(id, "ada")).build().id();
			spine.beats(2);
			assertThat(spine.build(next).image()).isEqualTo(new Build.Product(late, true, Spine.SCAN));
		}
	}

	@EachDatabase
	void relistWhenCancelledWhileRegistryWasSilentRecordsTheDigestLater(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.registry.silent = true;
			Digest digest = spine.finish(id);
			spine.tracking.relist();
			spine.requests.cancel(id, "ada");
			spine.beats(2);
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.held()).isEmpty();
			assertThat(spine.engine.knows(id)).isTrue();
			spine.restart();
			spine.registry.silent = false;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.build(id).image().digest()).isEqualTo(digest);
			assertThat(spine.engine.releases).containsExactly(id);
		}
	}

	@EachDatabase
	void relistWhenPushOfACancelledBuildArrivedPutsTheFloatingTagBack(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = spine.published(spine.push("acme/app", 1, Spine.C1));
			BuildId id = spine.push("acme/app", 1, Spine.C2);
			spine.beat();
			spine.registry.silent = true;
			Digest late = spine.finish(id);
			spine.tracking.relist();
			spine.requests.cancel(id, "ada");
			spine.beats(2);
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			spine.registry.silent = false;
			spine.beat();
			assertThat(spine.build(id).image().digest()).isEqualTo(late);
			assertThat(spine.registry.digest(Spine.APP, "dev")).as("as the database says").contains(first);
			assertThat(spine.tags.find(Spine.APP, "dev").orElseThrow().digest()).isEqualTo(first);
		}
	}

	@EachDatabase
	void relistWhenAnEarlierAttemptPushesLatePutsThePinnedTagBackToo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId lost = spine.push("acme/app", 1, Spine.C1);
			spine.beat();
			spine.engine.phase(lost, new RunPhase.Running(Step.BUILD));
			spine.tracking.relist();
			spine.engine.forget(lost);
			spine.beats(4);
			assertThat(spine.state(lost)).isEqualTo(StateName.LOST);
			Digest second = spine.published(((RerunAnswer.Accepted) spine.requests.rerun(lost, "ada")).build().id());
			Digest late = spine.finish(lost);
			spine.beat();
			assertThat(spine.build(lost).image().digest()).isEqualTo(late);
			assertThat(spine.registry.digest(Spine.APP, "dev-c1c1c1c1c1c1")).as("the later attempt's").contains(second);
			assertThat(spine.registry.digest(Spine.APP, "dev")).contains(second);
		}
	}

	@EachDatabase
	void relistWhenThePutBackIsNotAnsweredAsksAgainUntilItIs(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = spine.published(spine.push("acme/app", 1, Spine.C1));
			BuildId id = spine.push("acme/app", 1, Spine.C2);
			spine.beat();
			spine.registry.silent = true;
			Digest late = spine.finish(id);
			spine.tracking.relist();
			spine.requests.cancel(id, "ada");
			spine.beats(2);
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			spine.registry.silent = false;
			spine.registry.busy = true;
			spine.beats(3);
			assertThat(spine.registry.digest(Spine.APP, "dev")).contains(late);
			assertThat(spine.engine.knows(id)).as("kept until the registry has taken the tag").isTrue();
			spine.restart();
			spine.registry.busy = false;
			spine.beat();
			assertThat(spine.registry.digest(Spine.APP, "dev")).as("as the database says").contains(first);
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.build(id).image().digest()).isEqualTo(late);
			assertThat(spine.engine.releases).endsWith(id);
		}
	}

	@EachDatabase
	void relistWhenThePutBackIsRefusedRecordsTheDigestAndLetsTheRunGo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.published(spine.push("acme/app", 1, Spine.C1));
			BuildId id = spine.push("acme/app", 1, Spine.C2);
			spine.beat();
			spine.registry.silent = true;
			Digest late = spine.finish(id);
			spine.tracking.relist();
			spine.requests.cancel(id, "ada");
			spine.beats(2);
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			spine.registry.silent = false;
			spine.registry.readOnly = true;
			spine.beat();
			assertThat(spine.build(id).image().digest()).isEqualTo(late);
			assertThat(spine.engine.knows(id)).as("a refusal is an answer").isFalse();
		}
	}

	@EachDatabase
	void relistWhenDeniedImageReachesTheRegistryLateRecordsItsDigest(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			Digest digest = spine.pushImage(id);
			spine.registry.denied.add(digest);
			spine.end(id, Spine.succeeded(digest));
			spine.beats(2);
			assertThat(spine.why(id)).isEqualTo("image-missing");
			spine.tracking.look(id);
			assertThat(spine.engine.knows(id)).as("asked once more, a while later").isTrue();
			spine.registry.denied.clear();
			spine.beat();
			assertThat(spine.why(id)).isEqualTo("image-missing");
			assertThat(spine.build(id).image().digest()).isEqualTo(digest);
			assertThat(spine.builds.history(id).getLast().reason()).isEqualTo("digest-recorded");
			assertThat(spine.engine.knows(id)).isFalse();
		}
	}

	/** One after the other, each a release of its own. */
	@EachDatabase
	void relistWhenImageOfAnyUnhappyRunArrivesLateRecordsItsDigestAndLeavesTheState(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			unhappy().forEach((end, result) -> {
				BuildId id = spine.release("v-" + end, CommitSha.of(Integer.toString(10 + end.ordinal()).repeat(20)));
				spine.submitter.work();
				Digest digest = spine.pushImage(id);
				spine.registry.denied.add(digest);
				spine.end(id, new RunPhase.Ended(result, digest));
				spine.beats(2);
				assertThat(spine.state(id)).isEqualTo(end);
				assertThat(spine.build(id).image().digest()).as("of %s, denied", end).isNull();
				spine.registry.denied.clear();
				spine.beat();
				assertThat(spine.state(id)).isEqualTo(end);
				assertThat(spine.build(id).image().digest()).as("of %s", end).isEqualTo(digest);
				assertThat(spine.builds.history(id).getLast().reason()).isEqualTo("digest-recorded");
				assertThat(spine.engine.knows(id)).isFalse();
			});
		}
	}

	/** Those that are lost or rejected come to their end in another way. */
	private static Map<StateName, RunResult> unhappy() {
		return Map.of(StateName.FAILED, new RunResult.Failed("push-failed", "Half way."), StateName.ERRORED,
				new RunResult.Errored("killed", "The node went away."), StateName.TIMED_OUT,
				new RunResult.TimedOut("An hour."), StateName.CANCELLED, new RunResult.Stopped("in step push"));
	}

	@EachDatabase
	void relistWhenDeniedImageNeverComesLetsTheRunGo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			Digest digest = spine.pushImage(id);
			spine.registry.denied.add(digest);
			spine.end(id, Spine.succeeded(digest));
			spine.beats(3);
			assertThat(spine.engine.releases).containsExactly(id);
			assertThat(spine.build(id).image().digest()).isNull();
		}
	}

	@EachDatabase
	void relistWhenGateStoppedARunThatPushedAnywayRecordsItAndStaysRejected(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			Digest digest = spine.pushImage(id);
			spine.end(id, new RunPhase.Ended(new RunResult.Rejected(Spine.SCAN), digest));
			spine.beats(2);
			assertThat(spine.state(id)).isEqualTo(StateName.REJECTED);
			assertThat(spine.build(id).image().digest()).isEqualTo(digest);
			assertThat(spine.engine.releases).containsExactly(id);
		}
	}

	@EachDatabase
	void relistWhenRunIsOfNobodyLeavesItAlone(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId unknown = BuildId.next(spine.clock.instant());
			spine.engine.phase(unknown, new RunPhase.Running(Step.BUILD));
			spine.beats(2);
			assertThat(spine.engine.stops).isEmpty();
			assertThat(spine.engine.knows(unknown)).isTrue();
		}
	}

	@EachDatabase
	void relistWhenDatabaseIsOlderThanTheRunLinksItAgainAndFollowsIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			Build before = spine.build(id);
			forget(database, "build", "build_order", "build_step", "build_event", "image_tag", "scanned_image");
			TestDatabase.together(3, (number) -> {
				spine.newTracking().relist();
				return number;
			});
			assertThat(spine.engine.stops).isEmpty();
			assertThat(spine.build(id).order()).isEqualTo(before.order());
			assertThat(spine.build(id).tags()).isEqualTo(before.tags());
			assertThat(spine.builds.run(id)).contains(spine.engine.sent.get(id));
			assertThat(spine.held()).containsExactly("sha-c1c1c1c1c1c1", "v1");
			assertThat(spine.audit).containsExactly("image-factory run.relink " + id);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.RUNNING);
			spine.finish(id);
			spine.beats(2);
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.engine.starts).containsExactly(Map.entry(id, 1));
		}
	}

	@EachDatabase
	void relistWhenDatabaseIsOlderThanTheClaimTakesTheClaimFromTheRun(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			forget(database, "image_tag");
			database.jdbc()
				.sql("UPDATE build SET run = NULL, state = 'QUEUED', state_detail = '{\"state\":\"QUEUED\"}', engine = NULL")
				.update();
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.RUNNING);
			assertThat(spine.builds.run(id)).contains(spine.engine.sent.get(id));
			assertThat(spine.held()).contains("v1");
		}
	}

	@EachDatabase
	void relistWhenAnotherBuildHasTheTagsLeavesTheUnknownRunAlone(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			forget(database, "build", "build_order", "build_step", "build_event", "image_tag", "delivery",
					"delivery_order");
			BuildId other = spine.release("v1", C1);
			spine.submitter.work();
			spine.beats(2);
			assertThat(spine.builds.find(id)).isEmpty();
			assertThat(spine.state(other)).isEqualTo(StateName.WAITING);
			assertThat(spine.engine.stops).isEmpty();
			assertThat(spine.audit).isEmpty();
		}
	}

	@EachDatabase
	void relistWhenTheCallThatMadeARunIsAnotherOrdersLeavesTheRunAlone(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(Spine.MAIN, C1);
			BuildId id = manual(spine);
			spine.submitter.work();
			forget(database, "build", "build_order", "build_step", "build_event", "image_tag", "scanned_image");
			spine.git.refs.put(Spine.MAIN, C2);
			BuildId other = manual(spine);
			Tracking.Stored stored = new Tracking.Stored(spine.orders, spine.builds, spine.tags,
					database.inTransaction());
			Reaper reaper = new Reaper(stored, spine.engine, spine.publication(), (actor, action, subject, detail) -> {
			}, new Changes(spine.builds, spine.tags, database.inTransaction(), spine.clock),
					new Reaper.Pace(Spine.APART, spine.clock));
			assertThat(reaper.relink(id)).as("told in a sentence, not as an error").isFalse();
			spine.beats(2);
			assertThat(spine.builds.find(id)).isEmpty();
			assertThat(spine.state(other)).isNotEqualTo(StateName.QUEUED);
			assertThat(spine.engine.stops).isEmpty();
		}
	}

	/** A build of the branch that one call asked for. */
	private static BuildId manual(Spine spine) {
		BuildRequest request = new BuildRequest(RepositoryName.of("acme/app"), new Target.Ref(Spine.MAIN), null, false,
				"ada", "one-call");
		return ((RequestAnswer.Accepted) spine.requests.request(request)).builds().getFirst().id();
	}

	private static void forget(TestDatabase database, String... tables) {
		for (String table : tables) {
			database.jdbc().sql("DELETE FROM " + table).update();
		}
	}

	@EachDatabase
	void relistWhenReleaseWasMissedReleasesAfterARestart(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.finish(id);
			spine.engine.notReleasing = true;
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.engine.releases).isEmpty();
			spine.engine.notReleasing = false;
			spine.restart();
			spine.tracking.relist();
			assertThat(spine.engine.releases).containsExactly(id);
			assertThat(spine.audit).isEmpty();
		}
	}

	@EachDatabase
	void relistWhenEndCannotBeStoredDoesNotRelease(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.finish(id);
			database.jdbc().sql("ALTER TABLE build_event RENAME TO build_event_away").update();
			spine.tracking.relist();
			assertThat(spine.engine.releases).isEmpty();
			assertThat(spine.held()).contains("v1");
			database.jdbc().sql("ALTER TABLE build_event_away RENAME TO build_event").update();
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.engine.releases).containsExactly(id);
		}
	}

	@EachDatabase
	void relistWhenOneRunMakesTroubleStillLooksAtTheOthers(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId broken = running(spine);
			BuildId sound = spine.release("v2", C2);
			spine.submitter.work();
			spine.requests.cancel(broken, "ada");
			spine.engine.notStopping = true;
			spine.finish(sound);
			spine.tracking.relist();
			assertThat(spine.state(broken)).isEqualTo(StateName.RUNNING);
			assertThat(spine.state(sound)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenListIsOlderThanAHintLeavesTheNewerSteps(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.engine.phase(id, new RunPhase.Running(Step.PUSH), steps(StepState.RUNNING));
			Engine slow = listing(spine, () -> {
				Digest digest = spine.pushImage(id);
				spine.engine.phase(id, Spine.succeeded(digest), steps(StepState.SUCCEEDED));
				spine.registry.silent = true;
				spine.tracking.look(id);
				spine.registry.silent = false;
			});
			spine.newTracking(slow).relist();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(id).steps()).allMatch((step) -> step.state() == StepState.SUCCEEDED);
		}
	}

	@EachDatabase
	void relistWhenListShowsWhatThisProcessStoredBeforeAnotherDidLeavesTheNewerState(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			spine.engine.phase(id, new RunPhase.Running(Step.BUILD), steps(StepState.PENDING));
			AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {
			});
			Tracking slow = spine.newTracking(listing(spine, () -> meanwhile.get().run()));
			slow.relist();
			meanwhile.set(() -> {
				spine.engine.phase(id, new RunPhase.Running(Step.PUSH), steps(StepState.RUNNING));
				spine.newTracking().look(id);
			});
			slow.relist();
			assertThat(spine.build(id).state()).isEqualTo(new BuildState.Running(Step.PUSH));
			assertThat(spine.builds.history(id)).filteredOn((line) -> line.from() == StateName.RUNNING).hasSize(1);
		}
	}

	private static List<StepStatus> steps(StepState push) {
		return Stream.of(Step.values())
			.map((step) -> new StepStatus(step, (step == Step.PUSH) ? push : StepState.SUCCEEDED, null, null, null))
			.toList();
	}

	/** The engine, whose list is on its way for a while. */
	private static Engine listing(Spine spine, Runnable meanwhile) {
		return (Engine) Proxy.newProxyInstance(TrackingTests.class.getClassLoader(), new Class<?>[] { Engine.class },
				(proxy, method, arguments) -> {
					Object answer = method.invoke(spine.engine, arguments);
					if (method.getName().equals("list")) {
						meanwhile.run();
					}
					return answer;
				});
	}

	@EachDatabase
	void relistWhenStepsAreUnchangedStoresThemOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = running(spine);
			// Finer than the database keeps.
			StepStatus clone = new StepStatus(Step.CLONE, StepState.RUNNING, spine.clock.instant().plusNanos(1), null,
					null);
			List<StepStatus> steps = List.of(clone, StepStatus.pending(Step.BUILD), StepStatus.pending(Step.SCAN),
					StepStatus.pending(Step.PUSH));
			spine.engine.phase(id, new RunPhase.Running(Step.CLONE), steps);
			AtomicInteger stores = new AtomicInteger();
			Tracking tracking = new Tracking(
					new Tracking.Stored(spine.orders, counting(spine.builds, stores), spine.tags,
							database.inTransaction()),
					spine.engine, spine.publication(), (actor, action, subject, detail) -> {
					}, spine.clock, new Tracking.Patience(Spine.APART, Spine.CREATE_DEADLINE));
			for (int i = 0; i < 3; i++) {
				tracking.relist();
			}
			assertThat(spine.build(id).steps().getFirst().state()).isEqualTo(StepState.RUNNING);
			assertThat(stores).hasValue(1);
		}
	}

	private static Builds counting(Builds builds, AtomicInteger stores) {
		return (Builds) Proxy.newProxyInstance(Builds.class.getClassLoader(), new Class<?>[] { Builds.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals("storeSteps")) {
						stores.incrementAndGet();
					}
					return method.invoke(builds, arguments);
				});
	}

}
