package dev.imagefactory.planning;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Turns;
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
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.spine.UnsteadyRegistry;
import org.junit.jupiter.api.Test;

import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static org.assertj.core.api.Assertions.assertThat;

/** A pre-release becomes a release: its image gains tags, and nothing is built. */
class PromotionTests {

	private static final RunPhase.Ended FAILED = new RunPhase.Ended(new RunResult.Failed("build-failed", "Exit 1."),
			null);

	private static SignedDelivery event(String action, String tag, boolean prerelease) {
		return SignedDelivery.release("acme/app", 1, tag, (payload) -> {
			payload.put("action", action);
			((ObjectNode) payload.get("release")).put("prerelease", prerelease);
		});
	}

	private static Spine spine(TestDatabase database) {
		Spine spine = new Spine(database);
		spine.latest = true;
		return spine;
	}

	private static BuildId prerelease(Spine spine, String tag, CommitSha commit) {
		spine.git.refs.put(GitRef.tag(tag), commit);
		return spine.buildOf(spine.plan(event("published", tag, true)).id()).id();
	}

	private static Delivery promote(Spine spine, String tag) {
		return spine.plan(event("released", tag, false));
	}

	private static void assertNothing(Delivery delivery, String why) {
		assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.IGNORED);
		assertThat(delivery.decision().reason()).isEqualTo("nothing-to-promote");
		assertThat(delivery.decision().detail()).contains(why);
		assertThat(delivery.decision().rules().getLast().rule()).isEqualTo("nothing-to-promote");
	}

	@EachDatabase
	void releasedWhenPreReleaseIsPublishedPointsLatestAtItsImage(TestDatabase database) {
		try (Spine spine = spine(database)) {
			Digest digest = spine.published(prerelease(spine, "v1.0.0", C1));
			assertThat(spine.registry.digest(APP, "latest")).isEmpty();
			Delivery delivery = promote(spine, "v1.0.0");
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
			Build retag = spine.buildOf(delivery.id());
			assertThat(retag.order().recipe().kind()).isEqualTo(OrderKind.RETAG);
			assertThat(retag.order().recipe().digest()).isEqualTo(digest);
			assertThat(retag.order().key().request()).isEqualTo("promotion");
			assertThat(retag.tags()).containsExactly(ImageTag.latest());
			spine.submitter.work();
			assertThat(spine.held()).containsExactly("latest");
			spine.retag(retag.id());
			spine.beat();
			Build done = spine.build(retag.id());
			assertThat(done.state().name()).isEqualTo(StateName.SUCCEEDED);
			assertThat(done.image()).isEqualTo(new Build.Product(digest, false, null));
			assertThat(spine.registry.digest(APP, "latest")).contains(digest);
			assertThat(spine.tags.find(APP, "latest").map(Tags.Known::digest)).contains(digest);
			assertThat(spine.held()).isEmpty();
			assertThat(spine.engine.knows(retag.id())).isFalse();
		}
	}

	@EachDatabase
	void releasedWhenDeliveredAgainOrdersNothingTwice(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			Delivery first = promote(spine, "v1.0.0");
			TestDatabase.together(4, (number) -> spine.receive(event("released", "v1.0.0", false)));
			spine.planner.work();
			assertThat(spine.count("build_order")).isEqualTo(2);
			assertThat(spine.count("build")).isEqualTo(2);
			Delivery again = promote(spine, "v1.0.0");
			assertThat(again.decision().outcome()).isEqualTo(DeliveryOutcome.DUPLICATE);
			assertThat(again.decision().duplicateOf()).isEqualTo(first.id());
			spine.submitter.work();
			spine.retag(spine.buildOf(first.id()).id());
			spine.beat();
			Delivery late = promote(spine, "v1.0.0");
			assertThat(late.decision().duplicateOf()).as("when it is done, too").isEqualTo(first.id());
			assertThat(spine.count("build")).isEqualTo(2);
		}
	}

	@EachDatabase
	void releasedWhenImageIsStillBeingMadeWaitsAndIsOrderedThen(TestDatabase database) {
		try (Spine spine = spine(database)) {
			BuildId build = prerelease(spine, "v1.0.0", C1);
			Delivery waiting = promote(spine, "v1.0.0");
			assertThat(waiting.decision().outcome()).isEqualTo(DeliveryOutcome.ACCEPTED);
			assertThat(waiting.planning().due()).isNotNull();
			spine.beat();
			spine.planner.work();
			assertThat(spine.count("build")).isOne();
			spine.finish(build);
			spine.beats(2);
			spine.clock.pass(Duration.ofMinutes(5));
			spine.planner.work();
			assertThat(spine.deliveries.find(waiting.id()).orElseThrow().decision().outcome())
				.isEqualTo(DeliveryOutcome.BUILT);
			assertThat(spine.buildOf(waiting.id()).order().recipe().kind()).isEqualTo(OrderKind.RETAG);
		}
	}

	@EachDatabase
	void releasedWhenPreReleaseFailedIsIgnoredUntilARerunHasMadeAnImage(TestDatabase database) {
		try (Spine spine = spine(database)) {
			BuildId build = prerelease(spine, "v1.0.0", C1);
			spine.beat();
			spine.end(build, FAILED);
			spine.beat();
			assertNothing(promote(spine, "v1.0.0"), build + " ended FAILED");
			spine.published(((RerunAnswer.Accepted) spine.requests.rerun(build, "ada")).build().id());
			assertThat(promote(spine, "v1.0.0").decision().outcome()).isEqualTo(DeliveryOutcome.BUILT);
		}
	}

	@EachDatabase
	void releasedWhenSettingsDoNotAskForLatestHasNothingToPromote(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			Delivery delivery = promote(spine, "v1.0.0");
			assertThat(delivery.decision().reason()).isEqualTo("nothing-to-promote");
			assertThat(delivery.decision().detail()).contains("the settings ask for no other");
		}
	}

	@EachDatabase
	void releasedWhenReleaseNeverWasAPreReleaseLeavesTheTagsToItsBuild(TestDatabase database) {
		try (Spine spine = spine(database)) {
			BuildId build = spine.release("v1.0.0", C1);
			assertNothing(promote(spine, "v1.0.0"), "own build moves its floating tags");
			spine.published(build);
			assertNothing(promote(spine, "v1.0.0"), "own build moves its floating tags");
			assertThat(spine.registry.digest(APP, "latest")).isPresent();
		}
	}

	@EachDatabase
	void releasedWhenAdoptedReleaseNeverGotItsFloatingTagGainsIt(TestDatabase database) {
		try (Spine spine = spine(database)) {
			BuildId first = spine.release("v1.0.0", C1);
			spine.beat();
			UnsteadyRegistry.Local made = spine.scan(first);
			spine.end(first, new RunPhase.Ended(new RunResult.Errored("disk-full", "Full."), null));
			spine.beat();
			spine.registry.push(made.layout(), made.digest(), APP, List.of(ImageTag.release("v1.0.0")),
					TestImages.UNGUARDED);
			spine.requests.rerun(first, "ada");
			spine.beats(2);
			BuildId retag = spine.buildOf(promote(spine, "v1.0.0").id()).id();
			spine.beat();
			spine.retag(retag);
			spine.beat();
			assertThat(spine.state(retag)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.registry.digest(APP, "latest")).contains(made.digest());
		}
	}

	@EachDatabase
	void releasedWhenNothingIsKnownOfTheReleaseIsIgnored(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.git.refs.put(GitRef.tag("v1.0.0"), C1);
			assertNothing(promote(spine, "v1.0.0"), "its own event is what builds it");
			assertThat(spine.count("build_order")).isZero();
		}
	}

	@EachDatabase
	void releasedWhenANewerReleaseIsLatestHasNothingToPromote(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			spine.published(spine.release("v2.0.0", C2));
			assertNothing(promote(spine, "v1.0.0"), "or at a newer release");
		}
	}

	@EachDatabase
	void releasedWhenANewerReleaseIsPublishedBeforeTheClaimIsSuperseded(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			BuildId newer = spine.release("v2.0.0", C2);
			spine.submitter.work();
			Build retag = spine.buildOf(promote(spine, "v1.0.0").id());
			spine.submitter.work();
			assertThat(spine.state(retag.id())).as("latest is held").isEqualTo(StateName.QUEUED);
			Digest digest = spine.finish(newer);
			spine.beats(4);
			assertThat(spine.state(retag.id())).isEqualTo(StateName.SUPERSEDED);
			assertThat(spine.registry.digest(APP, "latest")).contains(digest);
			assertThat(spine.engine.starts).doesNotContainKey(retag.id());
		}
	}

	@EachDatabase
	void releasedWhenTheTagWasMovedFails(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			spine.git.refs.put(GitRef.tag("v1.0.0"), C2);
			Delivery delivery = promote(spine, "v1.0.0");
			assertThat(delivery.decision().outcome()).isEqualTo(DeliveryOutcome.FAILED);
			assertThat(delivery.decision().reason()).isEqualTo("tag-moved");
		}
	}

	@EachDatabase
	void retagWhenRepositoryIsSilentWaitsHoweverLong(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			spine.published(spine.release("2026.02.01", C1));
			Digest digest = spine.published(prerelease(spine, "2026.03.01", C2));
			BuildId retag = spine.buildOf(promote(spine, "2026.03.01").id()).id();
			spine.git.down = true;
			spine.clock.pass(Duration.ofHours(1));
			spine.beats(20);
			assertThat(spine.state(retag)).isEqualTo(StateName.QUEUED);
			assertThat(spine.builds.queuePlace(retag).orElseThrow().reason()).isEqualTo("repository-unreachable");
			spine.git.down = false;
			spine.clock.pass(Duration.ofSeconds(15));
			spine.beat();
			spine.retag(retag);
			spine.beat();
			assertThat(spine.state(retag)).isEqualTo(StateName.SUCCEEDED);
			assertThat(spine.registry.digest(APP, "latest")).contains(digest);
		}
	}

	private static void askTwentyTimes(Spine spine) {
		for (int i = 0; i < 20; i++) {
			spine.clock.pass(Turns.LONGEST_REST);
			spine.beat();
		}
	}

	/** A re-tag that has to be compared with a release whose commit is not shown. */
	private static BuildId obscured(Spine spine) {
		spine.git.line.addAll(List.of(C1, C2));
		spine.published(spine.release("2026.02.01", C1));
		spine.published(prerelease(spine, "2026.03.01", C2));
		BuildId retag = spine.buildOf(promote(spine, "2026.03.01").id()).id();
		spine.git.hidden.add(C1);
		return retag;
	}

	private static BuildId unclear(Spine spine) {
		BuildId retag = obscured(spine);
		askTwentyTimes(spine);
		assertThat(spine.state(retag)).isEqualTo(StateName.QUEUED);
		assertThat(spine.builds.queuePlace(retag).orElseThrow().reason()).isEqualTo("history-unclear");
		return retag;
	}

	@EachDatabase
	void retagWhenHistoryStaysUnclearForADayEndsAndSaysWhatToDo(TestDatabase database) {
		try (Spine spine = spine(database)) {
			BuildId retag = unclear(spine);
			spine.clock.pass(Duration.ofHours(24));
			spine.beats(2);
			assertThat(spine.state(retag)).isEqualTo(StateName.SUPERSEDED);
			assertThat(spine.build(retag).state().explanation().orElseThrow()).contains("tag latest",
					"does not show how commits " + C2 + " and " + C1, "for a day", "Rerun the build");
			spine.git.hidden.clear();
			BuildId again = ((RerunAnswer.Accepted) spine.requests.rerun(retag, "ada")).build().id();
			spine.beat();
			spine.retag(again);
			spine.beat();
			assertThat(spine.state(again)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void retagWhenSilenceLastedADayBetweenUnclearAnswersWaitsOn(TestDatabase database) {
		try (Spine spine = spine(database)) {
			BuildId retag = obscured(spine);
			spine.beat();
			spine.git.down = true;
			askTwentyTimes(spine);
			spine.clock.pass(Duration.ofHours(24));
			spine.git.down = false;
			spine.beats(5);
			assertThat(spine.builds.queuePlace(retag).orElseThrow().reason()).isEqualTo("history-unclear");
		}
	}

	@EachDatabase
	void retagWhenOneTagDoesNotPointAtTheImageIsNotGreen(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			Build retag = spine.buildOf(promote(spine, "v1.0.0").id());
			spine.beat();
			Digest digest = retag.order().recipe().digest();
			spine.end(retag.id(), Spine.succeeded(digest));
			spine.beats(3);
			assertThat(spine.why(retag.id())).isEqualTo("image-missing");
			assertThat(spine.tags.find(APP, "latest").map(Tags.Known::digest)).isEmpty();
			BuildId again = ((RerunAnswer.Accepted) spine.requests.rerun(retag.id(), "ada")).build().id();
			spine.submitter.work();
			spine.retag(again);
			spine.beat();
			assertThat(spine.state(again)).isEqualTo(StateName.SUCCEEDED);
		}
	}

	@EachDatabase
	void retagWhenItsRunVanishedIsJudgedByTheTags(TestDatabase database) {
		try (Spine spine = spine(database)) {
			spine.published(prerelease(spine, "v1.0.0", C1));
			BuildId retag = spine.buildOf(promote(spine, "v1.0.0").id()).id();
			spine.beat();
			spine.engine.phase(retag, new RunPhase.Running(Step.PUSH));
			spine.beat();
			spine.retag(retag);
			spine.engine.forget(retag);
			spine.beats(3);
			assertThat(spine.state(retag)).isEqualTo(StateName.SUCCEEDED);
			List<Build> all = spine.builds.list(BuildFilter.any(), null, 10);
			assertThat(all).allMatch((build) -> build.state().name() == StateName.SUCCEEDED).hasSize(2);
		}
	}

	@Test
	void mayGainWhenVersionsAreComparedOnlyMovesUp() {
		Digest one = Digest.ofBytes(new byte[] { 1 });
		Digest two = Digest.ofBytes(new byte[] { 2 });
		GitRef tag = GitRef.tag("v1.10.0");
		assertThat(Promotions.mayGain(Optional.empty(), tag, one)).isTrue();
		assertThat(Promotions.mayGain(known("v1.9.0", two), tag, one)).isTrue();
		assertThat(Promotions.mayGain(known("v1.9.0", one), tag, one)).isFalse();
		assertThat(Promotions.mayGain(known("v1.10.0", two), tag, one)).isFalse();
		assertThat(Promotions.mayGain(known("v2.0.0", two), tag, one)).isFalse();
		assertThat(Promotions.mayGain(known("spring", two), tag, one)).isTrue();
	}

	private static Optional<Tags.Known> known(String release, Digest digest) {
		return Optional.of(new Tags.Known(ImageTag.latest(), null, C1, GitRef.tag(release), digest, 1));
	}

}
