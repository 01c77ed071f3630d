package dev.imagefactory.submission;

import java.time.Duration;
import java.util.List;

import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.planning.BuildRequests;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.spine.Spine;

import static dev.imagefactory.spine.Spine.APP;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

class FloatingTagsTests {

	private static final CommitSha C3 = CommitSha.of("c3".repeat(20));

	/** Publishes a push that then is the branch's head and the newest commit. */
	private static void publish(Spine spine, CommitSha commit) {
		spine.published(spine.push("acme/app", 1, commit));
		assertThat(dev(spine)).isEqualTo(commit);
	}

	private static SignedDelivery push(CommitSha commit) {
		return SignedDelivery.push("acme/app", 1, MAIN.value(), commit.value());
	}

	private static CommitSha dev(Spine spine) {
		return spine.tags.find(APP, "dev").map(Tags.Known::commit).orElseThrow();
	}

	private static List<String> tagsOf(Spine spine, BuildId build) {
		return spine.build(build).tags().stream().map(ImageTag::name).toList();
	}

	private static String reason(Spine spine, BuildId id) {
		return spine.builds.queuePlace(id).orElseThrow().reason();
	}

	@EachDatabase
	void devWhenNobodyHadItIsTakenByAnyPushThatTheBranchHas(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			BuildId old = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			spine.published(old);
			assertThat(dev(spine)).isEqualTo(C1);
			assertThat(spine.tags.find(APP, "dev").orElseThrow().ref()).isEqualTo(MAIN);
		}
	}

	@EachDatabase
	void devWhenCommitContainsThePresentOneMovesOnAlthoughThereIsANewerHead(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2, C3));
			publish(spine, C1);
			BuildId second = spine.push("acme/app", 1, C2);
			spine.git.refs.put(MAIN, C3);
			spine.published(second);
			assertThat(dev(spine)).isEqualTo(C2);
		}
	}

	@EachDatabase
	void devWhenPushComesLateStaysWhereItIs(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			publish(spine, C2);
			BuildId late = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			spine.askInVain();
			Digest digest = spine.published(late);
			assertThat(tagsOf(spine, late)).containsExactly("dev-c1c1c1c1c1c1");
			assertThat(spine.state(late)).isEqualTo(StateName.SUCCEEDED);
			assertThat(dev(spine)).isEqualTo(C2);
			assertThat(spine.registry.digest(APP, "dev")).isPresent()
				.isNotEqualTo(spine.registry.digest(APP, digest.value()));
		}
	}

	@EachDatabase
	void devWhenBranchWasRewrittenLeavesWhatItDoesNotHaveForTheNewestThatWorks(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			spine.git.line.clear();
			spine.git.line.addAll(List.of(C2, C3));
			spine.git.refs.put(MAIN, C3);
			BuildId middle = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.published(middle);
			assertThat(dev(spine)).as("the branch has it, and not C1").isEqualTo(C2);
			publish(spine, C3);
		}
	}

	@EachDatabase
	void devWhenBranchWasMergedFromTwoLinesStaysUntilTheMergeIsBuilt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			spine.git.merges.add(C3);
			spine.git.line.clear();
			spine.git.refs.put(MAIN, C3);
			BuildId side = spine.buildOf(spine.plan(push(C2)).id()).id();
			spine.published(side);
			assertThat(tagsOf(spine, side)).as("C1 does not come before it").containsExactly("dev-c2c2c2c2c2c2");
			publish(spine, C3);
		}
	}

	@EachDatabase
	void devWhenAPushIsTheHeadAsksNothingElse(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			BuildId head = spine.push("acme/app", 1, C2);
			int before = spine.git.asked.get();
			spine.beat();
			assertThat(tagsOf(spine, head)).contains("dev");
			assertThat(spine.git.asked.get() - before).isOne();
		}
	}

	@EachDatabase
	void devWhenAnotherBranchIsTheDefaultNowIsNotTakenByTheOldOne(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			GitRef develop = GitRef.branch("develop");
			spine.branches.add("develop");
			spine.git.refs.put(develop, C1);
			BuildId old = spine.push("acme/app", 1, develop, C1);
			spine.published(old);
			assertThat(dev(spine)).isEqualTo(C1);
			spine.branches.clear();
			spine.known.remember(old(spine, old), RepositoryName.of("acme/app"), "main", spine.clock.instant());
			publish(spine, C2);
			BuildId rerun = ((BuildRequests.RerunAnswer.Accepted) spine.requests.rerun(old, "ada")).build().id();
			spine.published(rerun);
			assertThat(dev(spine)).isEqualTo(C2);
		}
	}

	private static RepositoryId old(Spine spine, BuildId build) {
		return spine.build(build).order().key().repository();
	}

	@EachDatabase
	void devWhenBranchWasResetToAnOldCommitFollowsIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			publish(spine, C2);
			spine.published(spine.push("acme/app", 1, C1));
			assertThat(dev(spine)).as("C1 is the head now").isEqualTo(C1);
		}
	}

	@EachDatabase
	void devWhenPresentCommitIsGoneFromTheRepositoryWaitsAMomentAndStays(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			spine.git.hidden.add(C1);
			spine.git.line.clear();
			BuildId middle = spine.push("acme/app", 1, C2);
			spine.git.refs.put(MAIN, C3);
			spine.beats(2);
			assertThat(reason(spine, middle)).isEqualTo("history-unclear");
			spine.clock.pass(Duration.ofSeconds(30));
			spine.beat();
			assertThat(tagsOf(spine, middle)).containsExactly("dev-c2c2c2c2c2c2");
			spine.git.line.clear();
			spine.published(spine.push("acme/app", 1, C3));
			assertThat(dev(spine)).as("the head may always").isEqualTo(C3);
		}
	}

	@EachDatabase
	void devWhenItMovedWhileTheRepositoryWasAskedIsDecidedAnew(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			CommitSha first = CommitSha.of("c0".repeat(20));
			spine.git.line.addAll(List.of(first, C1, C2));
			publish(spine, first);
			BuildId old = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			spine.git.meanwhile = () -> {
				spine.git.meanwhile = () -> {
				};
				BuildId newer = BuildId.next(spine.clock.instant());
				spine.tags.take(APP, List.of(ImageTag.dev()), newer);
				spine.tags.published(newer, List.of(ImageTag.dev()), C2, Digest.ofBytes(new byte[1]));
				spine.tags.giveBack(newer);
			};
			spine.beat();
			assertThat(spine.state(old)).isEqualTo(StateName.QUEUED);
			assertThat(spine.held()).isEmpty();
			spine.askInVain();
			assertThat(tagsOf(spine, old)).containsExactly("dev-c1c1c1c1c1c1");
		}
	}

	@EachDatabase
	void devWhenRepositoryIsSilentIsKeptForTheNewestPush(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			BuildId id = spine.push("acme/app", 1, C2);
			spine.git.down = true;
			spine.beats(3);
			assertThat(reason(spine, id)).isEqualTo("repository-unreachable");
			spine.git.down = false;
			spine.clock.pass(Duration.ofSeconds(15));
			spine.beat();
			assertThat(tagsOf(spine, id)).contains("dev");
		}
	}

	@EachDatabase
	void devWhenRepositoryStaysSilentIsLeftAndTheHistorySaysSo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			BuildId id = spine.push("acme/app", 1, C2);
			spine.git.down = true;
			spine.beats(2);
			spine.restart();
			spine.clock.pass(Duration.ofSeconds(30));
			spine.beat();
			assertThat(tagsOf(spine, id)).containsExactly("dev-c2c2c2c2c2c2");
			HistoryEntry claim = spine.builds.history(id).get(1);
			assertThat(claim.reason()).isEqualTo("tags-left");
			assertThat(claim.detail()).startsWith("Goes without tag dev, because").contains("did not answer");
		}
	}

	@EachDatabase
	void devWhenRepositoryHiccupsOnceAfterALongQueueIsKept(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			BuildId id = spine.push("acme/app", 1, C2);
			spine.clock.pass(Duration.ofHours(1));
			spine.git.down = true;
			spine.beat();
			assertThat(spine.state(id)).isEqualTo(StateName.QUEUED);
			assertThat(reason(spine, id)).isEqualTo("repository-unreachable");
			spine.clock.pass(Duration.ofHours(1));
			spine.beat();
			assertThat(spine.state(id)).as("two hiccups far apart").isEqualTo(StateName.QUEUED);
			spine.git.down = false;
			spine.clock.pass(Duration.ofSeconds(15));
			spine.beat();
			assertThat(tagsOf(spine, id)).contains("dev");
			assertThat(spine.builds.history(id).get(1).reason()).isNull();
		}
	}

	@EachDatabase
	void devWhenAnotherReasonCameBetweenTwoSilencesIsWaitedForAnew(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			publish(spine, C1);
			BuildId id = spine.push("acme/app", 1, C2);
			spine.git.down = true;
			spine.beats(2);
			spine.gone.add("acme/app");
			spine.clock.pass(Duration.ofSeconds(30));
			spine.beat();
			assertThat(reason(spine, id)).isEqualTo("repository-not-onboarded");
			spine.gone.clear();
			spine.clock.pass(Duration.ofSeconds(30));
			spine.beat();
			assertThat(reason(spine, id)).isEqualTo("repository-unreachable");
		}
	}

	@EachDatabase
	void devWhenSeveralBranchesAreBuiltFollowsTheFirstThatIsThere(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.branches.addAll(List.of("trunk", "main", "next"));
			GitRef next = GitRef.branch("next");
			spine.git.refs.put(MAIN, C1);
			spine.git.refs.put(next, C2);
			BuildId beside = spine.push("acme/app", 1, next, C2);
			spine.beat();
			assertThat(tagsOf(spine, beside)).containsExactly("dev-c2c2c2c2c2c2");
			BuildId main = spine.push("acme/app", 1, C1);
			spine.beat();
			assertThat(tagsOf(spine, main)).containsExactly("dev-c1c1c1c1c1c1", "dev");
		}
	}

	@EachDatabase
	void latestWhenReleasesComeInAnyOrderMovesUpOnly(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.latest = true;
			CommitSha commit = C1;
			for (String tag : List.of("v1.9.0", "1.10.0", "v1.9.1", "v1.11.0-rc.1", "v1.10.0+again", "v2.0.0")) {
				BuildId id = spine.release(tag, commit);
				spine.published(id);
				boolean moves = List.of("v1.9.0", "1.10.0", "v2.0.0").contains(tag);
				assertThat(tagsOf(spine, id).contains("latest")).as(tag).isEqualTo(moves);
			}
			Tags.Known latest = spine.tags.find(APP, "latest").orElseThrow();
			assertThat(latest.ref()).isEqualTo(GitRef.tag("v2.0.0"));
			assertThat(spine.registry.digest(APP, "latest")).contains(latest.digest());
		}
	}

	@EachDatabase
	void latestWhenNotAskedForOrCalledAPreReleaseIsNotWanted(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1.0.0", C1);
			assertThat(tagsOf(spine, id)).containsExactly("v1.0.0", "sha-c1c1c1c1c1c1");
			spine.latest = true;
			BuildId flagged = spine.preRelease("v1.1.0", C1);
			assertThat(tagsOf(spine, flagged)).containsExactly("v1.1.0", "sha-c1c1c1c1c1c1");
		}
	}

	@EachDatabase
	void latestWhenTagsAreNoVersionsFollowsTheirCommits(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.latest = true;
			spine.git.line.addAll(List.of(C1, C2, C3));
			spine.published(spine.release("2026.02.01", C2));
			BuildId old = spine.release("2026.03.01", C1);
			spine.published(old);
			assertThat(tagsOf(spine, old)).as("of an older commit").doesNotContain("latest");
			BuildId next = spine.release("2026.03.02", C3);
			spine.published(next);
			assertThat(tagsOf(spine, next)).contains("latest");
			BuildId version = spine.release("v0.1.0", C1);
			spine.published(version);
			assertThat(tagsOf(spine, version)).as("a version comes before other names").contains("latest");
			BuildId name = spine.release("2026.04.01", C3);
			spine.published(name);
			assertThat(tagsOf(spine, name)).as("no name comes before a version").doesNotContain("latest");
		}
	}

	@EachDatabase
	void latestWhenTwoReleasesWantItAtOnceGoesToBothInTurn(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.latest = true;
			BuildId two = spine.release("v2.0.0", C2);
			BuildId one = spine.release("v1.0.0", C1);
			spine.beat();
			assertThat(spine.state(one)).isEqualTo(StateName.QUEUED);
			spine.finish(two);
			spine.beats(3);
			assertThat(tagsOf(spine, one)).containsExactly("v1.0.0", "sha-c1c1c1c1c1c1");
			spine.finish(one);
			spine.beats(2);
			assertThat(spine.tags.find(APP, "latest").orElseThrow().ref()).isEqualTo(GitRef.tag("v2.0.0"));
		}
	}

}
