package dev.imagefactory.submission;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEnded;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Turns;
import dev.imagefactory.build.jdbc.TestStore;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.PlaceClosed;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.spine.UnsteadyRegistry;

import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

class SubmitterTests {

	private static final ImageTag V1 = ImageTag.release("v1");

	private static final RunPhase.Ended FAILED = new RunPhase.Ended(new RunResult.Failed("no-dockerfile", "None."),
			null);

	private static BuildId rerun(Spine spine, BuildId id) {
		RerunAnswer answer = spine.requests.rerun(id, "ada");
		assertThat(answer).isInstanceOf(RerunAnswer.Accepted.class);
		return ((RerunAnswer.Accepted) answer).build().id();
	}

	private static String reason(Spine spine, BuildId id) {
		return spine.builds.queuePlace(id).orElseThrow().reason();
	}

	@EachDatabase
	void workWhenBuildIsQueuedTakesItsTagsAndSubmitsOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.submitter.work();
			spine.submitter.work();
			assertThat(spine.state(id)).isEqualTo(StateName.SUBMITTING);
			assertThat(spine.held()).containsExactly("sha-c1c1c1c1c1c1", "v1");
			assertThat(spine.engine.starts).containsExactly(Map.entry(id, 1));
			assertThat(spine.engine.sent.get(id)).isEqualTo(spine.builds.run(id).orElseThrow());
			assertThat(spine.build(id).engine()).isEqualTo("fake");
		}
	}

	@EachDatabase
	void workWhenBuildWasCancelledBeforeItsRunWasTakenBeginsNone(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.down = true;
			spine.submitter.work();
			spine.requests.cancel(id, "ada");
			spine.engine.down = false;
			spine.clock.pass(Duration.ofSeconds(50));
			spine.submitter.work();
			assertThat(spine.state(id)).as("what was sent may still begin").isEqualTo(StateName.SUBMITTING);
			spine.clock.pass(Duration.ofSeconds(20));
			spine.submitter.work();
			assertThat(spine.state(id)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.held()).isEmpty();
			assertThat(spine.engine.starts).isEmpty();
		}
	}

	@EachDatabase
	void workWhenAProcessWasFrozenAfterARefusalIsNotCertainThatNothingBegan(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			Submitter other = spine.newSubmitter(Runnable::run);
			spine.newSubmitter(refusing(spine, () -> {
				spine.clock.pass(Turns.LENGTH.plusSeconds(1));
				spine.engine.losingAnswers = true;
				other.work();
			}), Runnable::run).work();
			assertThat(spine.engine.starts).as("another began it meanwhile").containsOnlyKeys(id);
			assertThat(spine.build(id).state()).isInstanceOfSatisfying(BuildState.Submitting.class,
					(state) -> assertThat(state.putOff()).extracting(BuildState.PutOff::neverBegun).isEqualTo(false));
		}
	}

	@EachDatabase
	void workWhenAProcessWasFrozenBeforeItsClaimPassesNoLimit(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(1, 1))) {
			BuildId frozen = spine.push("acme/app", 1, C1);
			BuildId other = spine.push("acme/web", 2, C2);
			Submitter replica = spine.newSubmitter(Runnable::run);
			spine.git.meanwhile = () -> {
				spine.git.meanwhile = () -> {
				};
				spine.clock.pass(Turns.LENGTH.plusSeconds(1));
				replica.work();
			};
			spine.submitter.work();
			assertThat(List.of(spine.state(frozen), spine.state(other))).as("one place, one build under way")
				.containsExactlyInAnyOrder(StateName.QUEUED, StateName.SUBMITTING);
		}
	}

	@EachDatabase
	void workWhenTheFirstRequestIsRefusedIsCertainThatNothingBegan(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.newSubmitter(refusing(spine, () -> {
			}), Runnable::run).work();
			assertThat(spine.build(id).state()).isInstanceOfSatisfying(BuildState.Submitting.class,
					(state) -> assertThat(state.putOff()).extracting(BuildState.PutOff::neverBegun).isEqualTo(true));
		}
	}

	/** For a minute, in each second of which a build ends somewhere. */
	private static void workWhileBuildsEnd(Spine spine, Submitter submitter) {
		for (int second = 0; second < 60; second++) {
			submitter.on(new BuildEnded(BuildId.next(spine.clock.instant())));
			submitter.work();
			spine.clock.pass(Duration.ofSeconds(1));
		}
	}

	/** What ended changes nothing about a quota or a right. */
	@EachDatabase
	void workWhenBuildsEndAllTheTimeAsksForOneThatIsPutOffNoMoreOftenThanOtherwise(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.release("v1", C1);
			AtomicInteger asked = new AtomicInteger();
			Submitter submitter = spine.newSubmitter(refusing(spine, asked::incrementAndGet), Runnable::run);
			workWhileBuildsEnd(spine, submitter);
			assertThat(asked.get()).isBetween(5, 8);
		}
	}

	/** An error of ours is not what others held up. */
	@EachDatabase
	void workWhenBuildsEndAllTheTimeTriesOneThatFailsUnexpectedlyNoMoreOftenThanOtherwise(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.release("v1", C1);
			AtomicInteger asked = new AtomicInteger();
			Submitter submitter = spine.newSubmitter(instead(spine, "submit", () -> {
				asked.incrementAndGet();
				throw new IllegalStateException("Nobody foresaw this.");
			}), Runnable::run);
			workWhileBuildsEnd(spine, submitter);
			assertThat(asked.get()).isBetween(5, 8);
		}
	}

	@EachDatabase
	void workWhenAProcessWasFrozenBeforeItTriesAgainWhatWasPutOffPassesNoLimit(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(1, 1))) {
			BuildId putOff = spine.push("acme/app", 1, C1);
			Submitter refused = spine.newSubmitter(refusing(spine, () -> {
			}), Runnable::run);
			refused.work();
			BuildId other = spine.push("acme/web", 2, C2);
			spine.clock.pass(Turns.LONGEST_REST);
			Submitter replica = spine.newSubmitter(Runnable::run);
			spine.newSubmitter(meanwhile(spine, "find", () -> {
				spine.clock.pass(Turns.LENGTH.plusSeconds(1));
				refused.work();
				replica.work();
			}), Runnable::run).work();
			assertThat(spine.engine.starts).as("one place, one build under way").containsOnlyKeys(other);
			assertThat(spine.state(putOff)).isEqualTo(StateName.SUBMITTING);
			spine.finish(other);
			spine.beats(2);
			spine.clock.pass(Turns.LONGEST_REST);
			spine.beats(2);
			assertThat(spine.engine.starts).containsOnlyKeys(putOff, other);
		}
	}

	/** The engine of a process to which something happens once, before it asks. */
	private static Engine meanwhile(Spine spine, String question, Runnable once) {
		AtomicBoolean happened = new AtomicBoolean();
		return instead(spine, question, () -> {
			if (!happened.getAndSet(true)) {
				once.run();
			}
		});
	}

	/** The engine as a process sees it that has no right there. */
	private static Engine refusing(Spine spine, Runnable meanwhile) {
		return instead(spine, "submit", () -> {
			meanwhile.run();
			throw new PlaceClosed("builds", "right-missing", true, "The right is missing.");
		});
	}

	/** The engine that does something else first when it is asked for one thing. */
	private static Engine instead(Spine spine, String question, Runnable first) {
		return (Engine) Proxy.newProxyInstance(Engine.class.getClassLoader(), new Class<?>[] { Engine.class },
				(proxy, method, arguments) -> {
					if (method.getName().equals(question)) {
						first.run();
					}
					return method.invoke(spine.engine, arguments);
				});
	}

	@EachDatabase
	void workWhenTagIsBusyWaitsAndGoesLater(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.push("acme/app", 1, C1);
			spine.beat();
			BuildId second = spine.push("acme/app", 1, C2);
			spine.beats(2);
			assertThat(spine.state(second)).isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, second)).isEqualTo("tag-busy");
			spine.finish(first);
			spine.tracking.relist();
			assertThat(spine.state(first)).isEqualTo(StateName.SUCCEEDED);
			spine.submitter.on(new BuildEnded(first));
			spine.submitter.work();
			assertThat(spine.state(second)).as("at the very next look").isEqualTo(StateName.SUBMITTING);
			assertThat(spine.build(second).tags()).containsExactly(ImageTag.devSha(C2), ImageTag.dev());
		}
	}

	@EachDatabase
	void workWhenAnotherProcessEndsTheBuildThatWasInTheWayGoesWithinASecond(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.push("acme/app", 1, C1);
			spine.beat();
			BuildId second = spine.push("acme/app", 1, C2);
			for (int i = 0; i < 4; i++) {
				spine.submitter.work();
				spine.clock.pass(Turns.LONGEST_REST);
			}
			spine.submitter.work();
			assertThat(reason(spine, second)).isEqualTo("tag-busy");
			spine.finish(first);
			spine.tracking.relist();
			spine.submitter.work();
			assertThat(spine.state(second)).as("nobody said so").isEqualTo(StateName.QUEUED);
			spine.clock.pass(Duration.ofSeconds(1));
			spine.submitter.work();
			assertThat(spine.state(second)).isEqualTo(StateName.SUBMITTING);
		}
	}

	@EachDatabase
	void workWhenBusyBuildsAreAheadGivesTheirPlaceToOthers(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(2, 2))) {
			spine.push("acme/app", 1, C1);
			spine.submitter.work();
			BuildId busy = spine.push("acme/app", 1, C2);
			BuildId other = spine.push("acme/web", 2, C2);
			spine.submitter.work();
			assertThat(spine.state(busy)).isEqualTo(StateName.QUEUED);
			spine.submitter.work();
			assertThat(spine.state(other)).isEqualTo(StateName.SUBMITTING);
		}
	}

	@EachDatabase
	void workWhenBuildCannotGoAsksOutsideRarely(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.published(spine.push("acme/app", 1, CommitSha.of("c0".repeat(20))));
			spine.push("acme/app", 1, C1);
			spine.submitter.work();
			spine.push("acme/app", 1, C2);
			int asked = spine.git.asked.get();
			for (int i = 0; i < 60; i++) {
				spine.clock.pass(Duration.ofSeconds(1));
				spine.submitter.work();
			}
			assertThat(spine.git.asked.get() - asked).isBetween(5, 10);
		}
	}

	@EachDatabase
	void workWhenOneRepositoryFillsTheQueueStillSeesTheOthers(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(20, 3))) {
			for (int i = 0; i < 230; i++) {
				spine.release("v" + i, CommitSha.of("%012x".formatted(i + 1) + "0".repeat(28)));
			}
			BuildId other = spine.push("acme/web", 2, C1);
			spine.submitter.work();
			assertThat(spine.state(other)).isEqualTo(StateName.SUBMITTING);
			assertThat(spine.engine.living()).hasSize(4);
		}
	}

	@EachDatabase
	void workWhenLimitsAreReachedLeavesTheRestQueued(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(3, 2))) {
			BuildId main = spine.push("acme/app", 1, C1);
			BuildId one = spine.release("v1", C1);
			BuildId two = spine.release("v2", C2);
			BuildId three = spine.release("v3", CommitSha.of("c3".repeat(20)));
			BuildId web = spine.push("acme/web", 2, C1);
			BuildId api = spine.push("acme/api", 3, C1);
			spine.beats(3);
			assertThat(spine.engine.living()).containsExactlyInAnyOrder(one, two, web);
			assertThat(List.of(main, three, api)).allMatch((id) -> spine.state(id) == StateName.QUEUED);
			spine.finish(one);
			spine.beats(2);
			assertThat(spine.engine.living()).containsExactlyInAnyOrder(two, three, web);
		}
	}

	@EachDatabase
	void workWhenReleaseWasPublishedFromAnotherCommitFails(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.release("v1", C1);
			BuildId second = spine.release("v1", C2);
			spine.submitter.work();
			assertThat(spine.state(second)).isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, second)).isEqualTo("tag-busy");
			spine.finish(first);
			spine.beats(3);
			assertThat(spine.state(first)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.state(second)).isEqualTo(StateName.FAILED);
			assertThat(spine.why(second)).isEqualTo("tag-taken");
			assertThat(spine.engine.starts).doesNotContainKey(second);
		}
	}

	@EachDatabase
	void workWhenForeignImageHasTheTagFails(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest foreign = spine.registry.publish("build-of-nobody", APP, List.of(V1));
			BuildId id = spine.release("v1", C1);
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.FAILED);
			assertThat(spine.why(id)).isEqualTo("tag-taken");
			assertThat(spine.build(id).state().explanation().orElseThrow()).contains(foreign.value());
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void workWhenEarlierAttemptHadPushedAdoptsAndNumbersLaterOnes(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.release("v1", C1);
			spine.beat();
			UnsteadyRegistry.Local scanned = spine.scan(first);
			spine.end(first, new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.beat();
			assertThat(spine.state(first)).isEqualTo(StateName.ERRORED);
			Digest late = spine.push(first, scanned);
			spine.registry.publish("another-build-of-the-commit", APP, List.of(ImageTag.sha(C1)));
			BuildId second = rerun(spine, first);
			spine.submitter.work();
			assertThat(spine.state(second)).isEqualTo(StateName.VERIFYING);
			spine.beats(2);
			assertThat(spine.state(second)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.build(second).image().adopted()).isTrue();
			assertThat(spine.build(second).image().digest()).isEqualTo(late);
			assertThat(spine.build(second).image().scan()).isEqualTo(Spine.SCAN);
			assertThat(spine.engine.starts).containsOnlyKeys(first);
			assertThat(spine.held()).isEmpty();
			for (int number = 1; number <= 2; number++) {
				BuildId again = rerun(spine, second);
				spine.published(again);
				assertThat(spine.build(again).tags()).containsExactly(ImageTag.rebuild(V1, number));
				assertThat(spine.state(again)).isEqualTo(StateName.SUCCEEDED);
				assertThat(spine.registry.digest(APP, "v1")).contains(late);
			}
		}
	}

	@EachDatabase
	void workWhenEarlierAttemptHadPushedTheReleaseOnlyAdoptsAndListsWhatIsThere(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.latest = true;
			BuildId first = spine.release("v1", C1);
			spine.beat();
			UnsteadyRegistry.Local scanned = spine.scan(first);
			spine.end(first, new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.beat();
			spine.registry.push(scanned.layout(), scanned.digest(), APP, List.of(V1), TestImages.UNGUARDED);
			BuildId second = rerun(spine, first);
			spine.beats(2);
			assertThat(spine.build(second).image().adopted()).isTrue();
			assertThat(spine.build(second).tags()).containsExactly(V1);
			HistoryEntry last = spine.builds.history(second).getLast();
			assertThat(last.reason()).isEqualTo("tags-left");
			assertThat(last.detail()).contains("sha-c1c1c1c1c1c1", "latest");
		}
	}

	@EachDatabase
	void workWhenARebuildFailedDoesNotGiveItsNumberAway(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.release("v1", C1);
			Digest published = spine.published(first);
			BuildId failed = rerun(spine, first);
			spine.beat();
			spine.end(failed, FAILED);
			spine.beat();
			BuildId next = rerun(spine, first);
			Digest rebuilt = spine.published(next);
			assertThat(spine.build(failed).tags()).containsExactly(ImageTag.rebuild(V1, 1));
			assertThat(spine.build(next).tags()).containsExactly(ImageTag.rebuild(V1, 2));
			assertThat(spine.registry.tags(APP)).containsEntry("v1", published)
				.containsEntry("v1-rebuild.2", rebuilt)
				.doesNotContainKey("v1-rebuild.1");
		}
	}

	@EachDatabase
	void workWhenTheRunIsNeverSeenHandsItOverAgainUnderItsNameHoweverLate(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.submitter.work();
			spine.engine.forget(id);
			spine.clock.pass(Spine.CREATE_DEADLINE.multipliedBy(100));
			spine.tracking.relist();
			assertThat(spine.state(id)).as("neither lost nor missed").isEqualTo(StateName.SUBMITTING);
			spine.submitter.work();
			assertThat(spine.engine.starts).containsExactly(Map.entry(id, 2));
			assertThat(spine.engine.sent).containsOnlyKeys(id);
			spine.published(id);
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void workWhenTheTagWasTakenAndPushedBetweenTwoLooksIsARebuildLater(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			BuildId rival = BuildId.next(spine.clock.instant());
			List<Digest> pushed = new ArrayList<>();
			spine.registry.meanwhile = () -> {
				spine.registry.meanwhile = () -> {
				};
				spine.tags.take(APP, List.of(V1), rival);
				pushed.add(spine.registry.publish(rival.value(), APP, List.of(V1)));
			};
			spine.submitter.work();
			assertThat(spine.state(id)).as("not tag-taken").isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, id)).isEqualTo("tag-busy");
			spine.tags.published(rival, List.of(V1), C1, pushed.getFirst());
			spine.tags.giveBack(rival);
			spine.beat();
			assertThat(spine.build(id).tags()).containsExactly(ImageTag.rebuild(V1, 1));
		}
	}

	@EachDatabase
	void workWhenTheTagWasPublishedSinceTheLookIsARebuildLater(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			BuildId rival = BuildId.next(spine.clock.instant());
			spine.registry.meanwhile = () -> {
				spine.registry.meanwhile = () -> {
				};
				spine.tags.take(APP, List.of(V1), rival);
				Digest pushed = spine.registry.publish(rival.value(), APP, List.of(V1));
				spine.tags.published(rival, List.of(V1), C1, pushed);
				spine.tags.giveBack(rival);
				// The registry had been asked before all that.
				spine.registry.denied.add(pushed);
			};
			spine.submitter.work();
			spine.registry.denied.clear();
			assertThat(spine.state(id)).as("free when it looked, and not any more").isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, id)).isEqualTo("tag-busy");
			spine.beat();
			assertThat(spine.build(id).tags()).containsExactly(ImageTag.rebuild(V1, 1));
		}
	}

	@EachDatabase
	void workWhenOnlyTheLabelNamesAnAttemptDoesNotAdopt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.release("v1", C1);
			spine.beat();
			spine.scan(first);
			spine.end(first, FAILED);
			spine.beat();
			Digest copied = spine.registry.publish(first.value(), APP, List.of(V1));
			BuildId second = rerun(spine, first);
			spine.submitter.work();
			assertThat(spine.state(second)).isEqualTo(StateName.FAILED);
			assertThat(spine.why(second)).isEqualTo("tag-taken");
			assertThat(spine.build(second).state().explanation().orElseThrow()).contains(copied.value());
		}
	}

	@EachDatabase
	void workWhenAdoptedTagIsHeldSaysSo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.release("v1", C1);
			spine.beat();
			UnsteadyRegistry.Local scanned = spine.scan(first);
			spine.end(first, FAILED);
			spine.beat();
			spine.push(first, scanned);
			spine.tags.take(APP, List.of(V1), BuildId.next(spine.clock.instant()));
			BuildId second = rerun(spine, first);
			spine.submitter.work();
			assertThat(reason(spine, second)).isEqualTo("tag-busy");
		}
	}

	@EachDatabase
	void workWhenAdoptedTagIsTakenSinceTheLookLeavesItToItsHolder(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.release("v1", C1);
			spine.beat();
			UnsteadyRegistry.Local scanned = spine.scan(first);
			spine.end(first, FAILED);
			spine.beat();
			spine.push(first, scanned);
			BuildId rival = BuildId.next(spine.clock.instant());
			BuildId second = rerun(spine, first);
			spine.registry.meanwhile = () -> spine.tags.take(APP, List.of(V1), rival);
			spine.submitter.work();
			assertThat(spine.tags.find(APP, "v1").orElseThrow().holder()).isEqualTo(rival);
			assertThat(spine.state(second)).isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, second)).isEqualTo("tag-busy");
		}
	}

	@EachDatabase
	void workWhenRegistryIsSilentWaitsAndSaysSo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.registry.silent = true;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, id)).isEqualTo("registry-unreachable");
			spine.registry.silent = false;
			spine.beats(2);
			assertThat(spine.engine.starts).containsKey(id);
		}
	}

	@EachDatabase
	void workWhenAnswerIsLostFindsTheRunAndBeginsNoSecond(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.losingAnswers = true;
			spine.submitter.work();
			assertThat(spine.state(id)).isEqualTo(StateName.SUBMITTING);
			spine.restart();
			spine.submitter.work();
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.WAITING);
			assertThat(spine.engine.starts).containsEntry(id, 1);
		}
	}

	@EachDatabase
	void workWhenEngineIsDownGoesOnAfterARestartWithTheSameRun(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.down = true;
			spine.beats(3);
			assertThat(spine.state(id)).isEqualTo(StateName.SUBMITTING);
			Run stored = spine.builds.run(id).orElseThrow();
			spine.gone.add("acme/app");
			spine.restart();
			spine.engine.down = false;
			spine.beat();
			assertThat(spine.engine.sent.get(id)).isEqualTo(stored);
			assertThat(spine.engine.starts).containsEntry(id, 1);
		}
	}

	@EachDatabase
	void workWhenEngineStaysDownAsksItMoreAndMoreRarelyAndGoesOnSoonAfterwards(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.down = true;
			for (int i = 0; i < 300; i++) {
				spine.submitter.work();
				spine.clock.pass(Duration.ofSeconds(1));
			}
			assertThat(spine.engine.asked).hasValueBetween(10, 30);
			spine.engine.down = false;
			for (int i = 0; i < 35; i++) {
				spine.submitter.work();
				spine.clock.pass(Duration.ofSeconds(1));
			}
			assertThat(spine.engine.starts).containsEntry(id, 1);
		}
	}

	@EachDatabase
	void workWhenRunEndedAndWasReleasedSinceTheListBeginsNoSecond(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.losingAnswers = true;
			spine.submitter.work();
			spine.engine.losingAnswers = false;
			spine.clock.pass(Duration.ofMinutes(1));
			// A thread of the pool comes to it only after everything has happened.
			List<Runnable> late = new ArrayList<>();
			Submitter slow = TestSubmission.submitter(
					new TestSubmission.Store(spine.builds, TestStore.turns(database), spine.tags,
							database.inTransaction()),
					new TestSubmission.Outside(spine.publication(), spine.engine, spine.git, spine, spine.known),
					new QueueSettings(20, 20), late::add, spine.clock);
			slow.work();
			assertThat(late).hasSize(1);
			spine.finish(id);
			spine.tracking.relist();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.engine.knows(id)).isFalse();
			late.forEach(Runnable::run);
			assertThat(spine.engine.starts).containsEntry(id, 1);
		}
	}

	@EachDatabase
	void workWhenTheBuildIsOverBeforeItsHandOverStopsWhatBeganAnew(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.engine.obeying = true;
			AtomicBoolean frozen = new AtomicBoolean();
			// The process is frozen between its look and its hand-over.
			Engine seen = (Engine) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Engine.class },
					(proxy, method, arguments) -> {
						if (method.getName().equals("submit") && frozen.compareAndSet(false, true)) {
							spine.engine.submit((Run) arguments[0]);
							spine.finish(id);
							spine.tracking.relist();
							assertThat(spine.engine.knows(id)).isFalse();
						}
						return method.invoke(spine.engine, arguments);
					});
			spine.newSubmitter(seen, Runnable::run).work();
			assertThat(spine.engine.starts).as("the engine had forgotten the run").containsEntry(id, 2);
			assertThat(spine.engine.living()).isEmpty();
			assertThat(spine.engine.stops).containsExactly(id);
			spine.tracking.relist();
			assertThat(spine.engine.knows(id)).isFalse();
			assertThat(spine.state(id)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void workWhenBuildIsClaimedWhileTheQueueIsReadKeepsTheLimit(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(1, 1))) {
			BuildId first = spine.push("acme/app", 1, C1);
			BuildId second = spine.push("acme/web", 2, C1);
			List<Runnable> late = new ArrayList<>();
			Submitter slow = TestSubmission.submitter(
					new TestSubmission.Store(claimingBetween(spine, late), TestStore.turns(database), spine.tags,
							database.inTransaction()),
					new TestSubmission.Outside(spine.publication(), spine.engine, spine.git, spine, spine.known),
					new QueueSettings(1, 1), late::add, spine.clock);
			slow.work();
			slow.work();
			late.forEach(Runnable::run);
			assertThat(spine.state(first)).isEqualTo(StateName.SUBMITTING);
			assertThat(spine.state(second)).isEqualTo(StateName.QUEUED);
		}
	}

	/** Builds whose claim, in hand of a thread, comes through between two reads. */
	private static Builds claimingBetween(Spine spine, List<Runnable> late) {
		return (Builds) Proxy.newProxyInstance(SubmitterTests.class.getClassLoader(), new Class<?>[] { Builds.class },
				(proxy, method, arguments) -> {
					Object result = method.invoke(spine.builds, arguments);
					if (method.getName().equals("queue") || method.getName().equals("open")) {
						List<Runnable> now = List.copyOf(late);
						late.clear();
						now.forEach(Runnable::run);
					}
					return result;
				});
	}

	@EachDatabase
	void workWhenEngineRefusesEndsTheBuildAndFreesItsTags(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId errored = spine.release("v1", C1);
			spine.engine.refusal = new RunResult.Errored("admission-refused", "A policy says no.");
			spine.submitter.work();
			assertThat(spine.state(errored)).isEqualTo(StateName.ERRORED);
			assertThat(spine.why(errored)).isEqualTo("admission-refused");
			assertThat(spine.held()).isEmpty();
			spine.engine.refusal = new RunResult.Failed("bad-input", "No.");
			BuildId failed = rerun(spine, errored);
			spine.beat();
			assertThat(spine.state(failed)).isEqualTo(StateName.FAILED);
		}
	}

	@EachDatabase
	void workWhenRepositoryIsNoLongerOnboardedWaitsInNobodysWay(TestDatabase database) {
		try (Spine spine = new Spine(database, new QueueSettings(1, 1))) {
			BuildId gone = spine.push("acme/app", 1, C1);
			BuildId release = spine.release("v1", C1);
			BuildId other = spine.push("acme/web", 2, C1);
			spine.gone.add("acme/app");
			for (int i = 0; i < 4; i++) {
				spine.clock.pass(Duration.ofMillis(300));
				spine.submitter.work();
			}
			assertThat(reason(spine, gone)).isEqualTo("repository-not-onboarded");
			assertThat(reason(spine, release)).isEqualTo("repository-not-onboarded");
			assertThat(spine.state(other)).isEqualTo(StateName.SUBMITTING);
			assertThat(spine.held()).doesNotContain("v1");
			spine.gone.clear();
			spine.finish(other);
			spine.beats(4);
			assertThat(spine.engine.starts).containsKey(release);
		}
	}

	@EachDatabase
	void workWhenClaimIsInterruptedHalfwayStoresNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			Build before = spine.build(id);
			database.jdbc().sql("ALTER TABLE build_event RENAME TO build_event_away").update();
			spine.submitter.work();
			database.jdbc().sql("ALTER TABLE build_event_away RENAME TO build_event").update();
			assertThat(spine.build(id)).isEqualTo(before);
			assertThat(spine.held()).isEmpty();
			assertThat(spine.builds.run(id)).isEmpty();
			assertThat(spine.engine.starts).isEmpty();
			spine.beat();
			assertThat(spine.engine.starts).containsEntry(id, 1);
		}
	}

	@EachDatabase
	void workWhenAReleaseAndItsPushAreOfOneCommitBuildsBoth(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId push = spine.push("acme/app", 1, C1);
			BuildId release = spine.release("v1", C1);
			spine.plan(SignedDelivery.release("acme/app", 1, "v1"));
			spine.beat();
			spine.engine.phase(push, new RunPhase.Running(Step.BUILD));
			spine.finish(release);
			spine.beat();
			assertThat(spine.state(push)).isEqualTo(StateName.RUNNING);
			assertThat(spine.state(release)).isEqualTo(StateName.SUCCEEDED);
		}
	}

}
