package dev.imagefactory.planning;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.imagefactory.build.Build;
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
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.spine.Spine;

import static dev.imagefactory.database.TestDatabase.together;
import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A branch is reset to a commit that was built before: its image gets {@code dev} back.
 */
class ResetTests {

	private static final CommitSha C3 = CommitSha.of("c3".repeat(20));

	private static final RunPhase.Ended FAILED = new RunPhase.Ended(new RunResult.Failed("build-failed", "Exit 1."),
			null);

	private static SignedDelivery push(CommitSha commit) {
		return SignedDelivery.push("acme/app", 1, MAIN.value(), commit.value());
	}

	private static Digest publish(Spine spine, CommitSha commit) {
		return spine.published(spine.push("acme/app", 1, commit));
	}

	private static Delivery reset(Spine spine, CommitSha commit) {
		spine.git.refs.put(MAIN, commit);
		return spine.plan(push(commit));
	}

	private static BuildId finish(Spine spine, Delivery reset) {
		BuildId retag = spine.buildOf(reset.id()).id();
		spine.beat();
		spine.retag(retag);
		spine.beat();
		assertThat(spine.state(retag)).isEqualTo(StateName.SUCCEEDED);
		return retag;
	}

	private static Delivery planned(Spine spine, DeliveryId id, Duration later) {
		spine.clock.pass(later);
		spine.planner.work();
		return spine.deliveries.find(id).orElseThrow();
	}

	private static void assertDev(Spine spine, CommitSha commit, Digest digest) {
		assertThat(spine.registry.digest(APP, "dev")).contains(digest);
		assertThat(spine.tags.find(APP, "dev").map(Tags.Known::commit)).contains(commit);
		assertThat(spine.tags.find(APP, "dev").map(Tags.Known::digest)).contains(digest);
	}

	private static void assertDevSoon(Spine spine, CommitSha commit, Digest digest) {
		spine.beats(2);
		assertDev(spine, commit, digest);
	}

	/** Does work while the server does not show yet that main was reset. */
	private static void lagging(Spine spine, CommitSha before, Runnable work) {
		CommitSha now = spine.git.refs.put(MAIN, before);
		work.run();
		spine.git.refs.put(MAIN, now);
	}

	@EachDatabase
	void resetWhenCommitIsPublishedPointsDevBackAtItsImage(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			assertDev(spine, C2, publish(spine, C2));
			Delivery delivery = reset(spine, C1);
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
			assertThat(delivery.decision().rules().getLast().detail()).contains("head of the branch", "dev");
			Build retag = spine.buildOf(delivery.id());
			assertThat(retag.order().recipe().kind()).isEqualTo(OrderKind.RETAG);
			assertThat(retag.order().recipe().digest()).isEqualTo(first);
			assertThat(retag.tags()).containsExactly(ImageTag.dev());
			finish(spine, delivery);
			assertDev(spine, C1, first);
			assertThat(spine.held()).isEmpty();
		}
	}

	@EachDatabase
	void resetWhenDeliveredAgainOrdersNothingTwice(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			publish(spine, C2);
			spine.git.refs.put(MAIN, C1);
			for (int i = 0; i < 8; i++) {
				spine.receive(push(C1));
			}
			together(8, (number) -> {
				TestPlanning.planner(spine.planned(), spine, spine.git, Runnable::run, spine.clock).work();
				return number;
			});
			assertThat(spine.count("build")).isEqualTo(3);
			Delivery again = reset(spine, C1);
			assertThat(again.decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			finish(spine, again);
			assertThat(reset(spine, C1).decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(spine.count("build")).isEqualTo(3);
		}
	}

	@EachDatabase
	void resetWhenBranchGoesToAndFroFollowsIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			Digest second = publish(spine, C2);
			finish(spine, reset(spine, C1));
			assertDev(spine, C1, first);
			finish(spine, reset(spine, C2));
			assertDev(spine, C2, second);
			BuildId back = finish(spine, reset(spine, C1));
			assertDev(spine, C1, first);
			assertThat(spine.build(back).attempt()).as("of the order from the first time").isEqualTo(2);
			assertThat(spine.count("build_order")).isEqualTo(4);
		}
	}

	@EachDatabase
	void pushWhenItIsAnOldOnesRepeatMovesNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			Digest second = publish(spine, C2);
			Delivery repeat = spine.plan(push(C1));
			assertThat(repeat.decision().outcome()).as("the server may lag").isEqualTo(DeliveryOutcome.ACCEPTED);
			planned(spine, repeat.id(), Duration.ofSeconds(30));
			assertThat(planned(spine, repeat.id(), Duration.ofSeconds(30)).decision().outcome())
				.isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(spine.count("build")).isEqualTo(2);
			assertDev(spine, C2, second);
		}
	}

	@EachDatabase
	void resetWhenTheServerShowsItOnlyLaterPointsDevBackThen(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			publish(spine, C2);
			Delivery delivery = spine.plan(push(C1));
			spine.git.refs.put(MAIN, C1);
			Delivery then = planned(spine, delivery.id(), Duration.ofSeconds(30));
			assertThat(then.decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.buildOf(delivery.id()).order().recipe().kind()).isEqualTo(OrderKind.RETAG);
		}
	}

	@EachDatabase
	void resetWhenAnotherPushCameBeforeItsTurnMovesNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			Digest second = publish(spine, C2);
			BuildId retag = spine.buildOf(reset(spine, C1).id()).id();
			spine.git.refs.put(MAIN, C2);
			spine.askInVain();
			assertThat(spine.state(retag)).isEqualTo(StateName.SUPERSEDED);
			assertThat(spine.engine.starts).doesNotContainKey(retag);
			assertDev(spine, C2, second);
		}
	}

	@EachDatabase
	void resetWhenRemovedCommitIsStillBeingBuiltPointsDevBackAfterwards(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			BuildId removed = spine.push("acme/app", 1, C2);
			Delivery delivery = reset(spine, C1);
			assertThat(delivery.decision().outcome()).as("it is queued").isEqualTo(DeliveryOutcome.ACCEPTED);
			assertThat(delivery.decision().detail()).contains(removed.value(), "dev");
			lagging(spine, C2, spine::beat);
			delivery = planned(spine, delivery.id(), Duration.ofMinutes(5));
			assertThat(delivery.decision().outcome()).as("it holds dev").isEqualTo(DeliveryOutcome.ACCEPTED);
			assertDevSoon(spine, C2, spine.finish(removed));
			finish(spine, planned(spine, delivery.id(), Duration.ofMinutes(5)));
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void resetWhenNothingOfBothIsBuiltYetEndsAtTheHead(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId own = spine.push("acme/app", 1, C1);
			BuildId removed = spine.push("acme/app", 1, C2);
			Delivery delivery = reset(spine, C1);
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			Digest first = spine.published(own);
			lagging(spine, C2, spine::beat);
			assertDevSoon(spine, C2, spine.finish(removed));
			finish(spine, planned(spine, delivery.id(), Duration.ofMinutes(5)));
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void resetWhenItsOwnBuildRunsWithoutDevPointsDevAtItsImageAfterwards(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			publish(spine, C2);
			BuildId late = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			spine.askInVain();
			assertThat(spine.build(late).tags()).doesNotContain(ImageTag.dev());
			Delivery delivery = reset(spine, C1);
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			Digest digest = spine.finish(late);
			spine.beats(2);
			finish(spine, planned(spine, delivery.id(), Duration.ofMinutes(5)));
			assertDev(spine, C1, digest);
		}
	}

	@EachDatabase
	void resetWhenTheOldBuildFailedOrdersNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId old = spine.push("acme/app", 1, C1);
			spine.beat();
			spine.end(old, FAILED);
			spine.beat();
			publish(spine, C2);
			assertThat(reset(spine, C1).decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(spine.count("build")).isEqualTo(2);
		}
	}

	@EachDatabase
	void pushWhenDevFollowsAnotherBranchMovesNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.branches.addAll(List.of("main", "next"));
			publish(spine, C1);
			spine.git.refs.put(MAIN, C1);
			String next = "refs/heads/next";
			SignedDelivery other = SignedDelivery.push("acme/app", 1, next, C3.value());
			spine.published(spine.buildOf(spine.plan(other).id()).id());
			Delivery again = spine.plan(SignedDelivery.push("acme/app", 1, next, C3.value()));
			assertThat(again.decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(spine.count("build")).isEqualTo(2);
		}
	}

	@EachDatabase
	void resetWhenTheReTagFailedIsTriedAgainByTheNextPush(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			publish(spine, C2);
			BuildId retag = spine.buildOf(reset(spine, C1).id()).id();
			spine.beat();
			spine.end(retag, new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.beats(3);
			assertThat(spine.state(retag)).isEqualTo(StateName.ERRORED);
			finish(spine, reset(spine, C1));
			assertDev(spine, C1, first);
		}
	}

	@EachDatabase
	void resetWhenTheRemovedCommitsTurnComesWhileItIsPlannedPointsDevBackAfterwards(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			Digest first = publish(spine, C1);
			BuildId removed = spine.push("acme/app", 1, C2);
			spine.git.refs.put(MAIN, C1);
			DeliveryId delivery = spine.receive(push(C1));
			TestPlanning.Store stored = spine.planned();
			Tags tags = afterFirstLookAtDev(spine, () -> lagging(spine, C2, spine.submitter::work));
			TestPlanning
				.planner(
						new TestPlanning.Store(stored.deliveries(), stored.orders(), stored.builds(), tags,
								stored.owners(), stored.known(), stored.transactions()),
						spine, spine.git, Runnable::run, spine.clock)
				.work();
			assertThat(spine.tags.find(APP, "dev").map(Tags.Known::holder)).as("its turn has come").contains(removed);
			spine.finish(removed);
			spine.beats(2);
			finish(spine, planned(spine, delivery, Duration.ofMinutes(5)));
			assertDev(spine, C1, first);
		}
	}

	/** What is known of tags, which changes right after the first look at dev. */
	private static Tags afterFirstLookAtDev(Spine spine, Runnable meanwhile) {
		AtomicBoolean looked = new AtomicBoolean();
		return (Tags) Proxy.newProxyInstance(Tags.class.getClassLoader(), new Class<?>[] { Tags.class },
				(proxy, method, arguments) -> {
					Object answer = method.invoke(spine.tags, arguments);
					if (method.getName().equals("find") && "dev".equals(arguments[1])
							&& looked.compareAndSet(false, true)) {
						meanwhile.run();
					}
					return answer;
				});
	}

	@EachDatabase
	void pushWhenDevFollowsABranchThatWasNeverBuiltMovesNothing(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.branches.addAll(List.of("main", "next"));
			spine.git.refs.put(MAIN, C1);
			GitRef next = GitRef.branch("next");
			spine.git.refs.put(next, C3);
			spine.published(spine.push("acme/app", 1, next, C3));
			Delivery again = spine.plan(SignedDelivery.push("acme/app", 1, next.value(), C3.value()));
			assertThat(again.decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(spine.count("build")).isOne();
		}
	}

}
