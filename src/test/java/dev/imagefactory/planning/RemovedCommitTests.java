package dev.imagefactory.planning;

import java.time.Duration;

import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;

import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A commit that its branch does not have any more is built when somebody asks for it, but
 * {@code dev} stays with the branch, whatever order things are heard in.
 */
class RemovedCommitTests {

	private static final CommitSha C3 = CommitSha.of("c3".repeat(20));

	private static final RunPhase.Ended FAILED = new RunPhase.Ended(new RunResult.Failed("build-failed", "Exit 1."),
			null);

	private static SignedDelivery push(CommitSha commit) {
		return SignedDelivery.push("acme/app", 1, MAIN.value(), commit.value());
	}

	private static Digest publish(Spine spine, CommitSha commit) {
		return spine.published(spine.push("acme/app", 1, commit));
	}

	/** Says that a branch is at a commit of before, and lets the re-tag run. */
	private static void reset(Spine spine, CommitSha commit) {
		spine.git.refs.put(MAIN, commit);
		BuildId retag = spine.buildOf(spine.plan(push(commit)).id()).id();
		spine.beat();
		spine.retag(retag);
		spine.beat();
		assertThat(spine.state(retag)).isEqualTo(StateName.SUCCEEDED);
	}

	private static void assertDev(Spine spine, CommitSha commit, Digest digest) {
		assertThat(spine.registry.digest(APP, "dev")).contains(digest);
		assertThat(spine.tags.find(APP, "dev").map(Tags.Known::commit)).contains(commit);
	}

	private static void assertWaits(Spine spine, BuildId id) {
		assertThat(spine.state(id)).isEqualTo(StateName.QUEUED);
		assertThat(spine.builds.queuePlace(id).orElseThrow().reason()).isEqualTo("not-at-head");
	}

	private static void askInVain(Spine spine, BuildId id) {
		spine.beat();
		assertWaits(spine, id);
		spine.askInVain();
	}

	@EachDatabase
	void pushWhenItIsHeardOfAfterTheResetThatRemovedItLeavesDevAtTheHead(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			spine.git.line.add(C2);
			assertThat(spine.plan(push(C1)).decision().outcome()).as("the reset").isEqualTo(DeliveryOutcome.DUPLICATE);
			BuildId late = spine.buildOf(spine.plan(push(C2)).id()).id();
			askInVain(spine, late);
			assertThat(spine.build(late).tags()).containsExactly(ImageTag.devSha(C2));
			assertThat(spine.builds.history(late).get(1).detail()).startsWith("Goes without tag dev")
				.contains("refs/heads/main", "acme/app", C1.value(), "does not contain");
			spine.finish(late);
			spine.beats(2);
			assertThat(spine.state(late)).isEqualTo(StateName.SUCCEEDED);
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void pushWhenTheServerShowsItOnlyAfterAMomentGetsDev(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			spine.git.line.add(C2);
			BuildId next = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.beats(2);
			assertWaits(spine, next);
			spine.git.refs.put(MAIN, C2);
			assertDev(spine, C2, spine.published(next));
		}
	}

	@EachDatabase
	void pushWhenTheServerShowsARewrittenBranchOnlyAfterAMomentGetsDev(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			BuildId rewritten = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.beats(2);
			assertWaits(spine, rewritten);
			spine.git.refs.put(MAIN, C2);
			assertDev(spine, C2, spine.published(rewritten));
		}
	}

	@EachDatabase
	void pushWhenTheServerShowsAResetToItOnlyAfterAMomentGetsDev(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.add(C1);
			publish(spine, C2);
			BuildId never = spine.buildOf(spine.plan(push(C1)).id()).id();
			spine.beats(2);
			assertWaits(spine, never);
			spine.git.refs.put(MAIN, C1);
			assertDev(spine, C1, spine.published(never));
		}
	}

	@EachDatabase
	void pushWhenItsBranchIsGoneLeavesDev(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			BuildId last = spine.push("acme/app", 1, C2);
			spine.git.refs.remove(MAIN);
			askInVain(spine, last);
			assertThat(spine.builds.history(last).get(1).detail()).contains("refs/heads/main", "is gone");
			spine.finish(last);
			spine.beats(2);
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void rerunWhenItsCommitWasRemovedLeavesDevAtTheHead(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			BuildId removed = spine.push("acme/app", 1, C2);
			spine.published(removed);
			reset(spine, C1);
			BuildId rerun = rerun(spine, removed);
			askInVain(spine, rerun);
			spine.finish(rerun);
			spine.beats(2);
			assertThat(spine.state(rerun)).isEqualTo(StateName.SUCCEEDED);
			assertDev(spine, C1, first);
		}
	}

	private static BuildId rerun(Spine spine, BuildId id) {
		return ((RerunAnswer.Accepted) spine.requests.rerun(id, "ada")).build().id();
	}

	@EachDatabase
	void rerunWhenItsCommitIsRemovedWhileItsTurnIsDecidedLeavesDevAtTheHead(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			BuildId removed = spine.push("acme/app", 1, C2);
			spine.published(removed);
			reset(spine, C1);
			spine.git.refs.put(MAIN, C2);
			BuildId rerun = rerun(spine, removed);
			afterTheHeadIsRead(spine, () -> {
				spine.git.refs.put(MAIN, C1);
				assertThat(spine.plan(push(C1)).decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			});
			spine.beat();
			askInVain(spine, rerun);
			spine.finish(rerun);
			spine.beats(2);
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void pushWhenItComesBackWhileItWaitsIsWaitedForAnew(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			spine.git.line.add(C2);
			BuildId removed = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.beats(2);
			spine.clock.pass(Duration.ofSeconds(25));
			assertThat(spine.plan(push(C2)).decision().outcome()).as("forced back, and not shown yet")
				.isEqualTo(DeliveryOutcome.DUPLICATE);
			spine.beat();
			assertWaits(spine, removed);
			spine.git.refs.put(MAIN, C2);
			assertDev(spine, C2, spine.published(removed));
		}
	}

	@EachDatabase
	void pushWhenNothingWasPublishedBeforeAndItsCommitIsRemovedLeavesDevUnpublished(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId broken = spine.push("acme/app", 1, C1);
			spine.beat();
			spine.end(broken, FAILED);
			spine.beat();
			spine.git.line.add(C2);
			BuildId removed = spine.buildOf(spine.plan(push(C2)).id()).id();
			askInVain(spine, removed);
			spine.finish(removed);
			spine.beats(2);
			assertThat(spine.registry.digest(APP, "dev")).isEmpty();
		}
	}

	/** The first question is where the branch is. */
	private static void afterTheHeadIsRead(Spine spine, Runnable then) {
		spine.git.meanwhile = () -> {
			spine.git.meanwhile = () -> {
			};
			then.run();
		};
	}

	@EachDatabase
	void resetWhenARerunOfItsCommitIsOpenAndFailsPointsDevBackAllTheSame(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId built = spine.push("acme/app", 1, C1);
			Digest first = spine.published(built);
			publish(spine, C2);
			BuildId rerun = rerun(spine, built);
			spine.git.refs.put(MAIN, C1);
			DeliveryId delivery = spine.plan(push(C1)).id();
			spine.beat();
			spine.end(rerun, FAILED);
			spine.beats(2);
			retagOnceOver(spine, delivery);
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void resetWhenARerunOfItsCommitGoesWithoutDevPointsDevAtItsImageAfterwards(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId built = spine.push("acme/app", 1, C1);
			spine.published(built);
			publish(spine, C2);
			BuildId rerun = rerun(spine, built);
			DeliveryId delivery = spine.plan(push(C1)).id();
			spine.beat();
			assertThat(spine.build(rerun).tags()).as("the server shows C2").doesNotContain(ImageTag.dev());
			spine.git.refs.put(MAIN, C1);
			Digest again = spine.finish(rerun);
			spine.beats(2);
			retagOnceOver(spine, delivery);
			assertDev(spine, C1, again);
		}
	}

	private static void retagOnceOver(Spine spine, DeliveryId delivery) {
		spine.clock.pass(Duration.ofMinutes(5));
		spine.planner.work();
		BuildId retag = spine.buildOf(delivery).id();
		spine.beat();
		spine.retag(retag);
		spine.beat();
	}

	@EachDatabase
	void resetWhenOvertakenAndTheRepositoryDoesNotShowDevsCommitWaitsAMomentOnly(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			publish(spine, C2);
			publish(spine, C3);
			spine.git.refs.put(MAIN, C2);
			BuildId overtaken = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.git.refs.put(MAIN, C1);
			DeliveryId delivery = spine.plan(push(C1)).id();
			spine.git.hidden.add(C3);
			spine.askInVain();
			assertThat(spine.state(overtaken)).isEqualTo(StateName.SUPERSEDED);
			retagOnceOver(spine, delivery);
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void resetWhenItIsTakenBackBeforeItsTurnEndsSoonAndLeavesDev(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			publish(spine, C2);
			reset(spine, C1);
			spine.git.refs.put(MAIN, C2);
			BuildId retag = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.git.refs.put(MAIN, C1);
			Delivery back = spine.plan(push(C1));
			askInVain(spine, retag);
			assertThat(spine.state(retag)).isEqualTo(StateName.SUPERSEDED);
			assertThat(spine.build(retag).state().explanation().orElseThrow()).contains("tag dev", "does not contain",
					"half a minute");
			spine.clock.pass(Duration.ofMinutes(5));
			spine.planner.work();
			assertThat(spine.deliveries.find(back.id()).orElseThrow().decision().outcome())
				.isEqualTo(DeliveryOutcome.DUPLICATE);
			assertDev(spine, C1, first);
		}
	}

}
