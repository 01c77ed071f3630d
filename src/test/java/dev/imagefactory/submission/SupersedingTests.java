package dev.imagefactory.submission;

import java.time.Duration;
import java.util.List;

import dev.imagefactory.build.BuildQueued;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.planning.BuildRequests;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.spine.Spine;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.transaction.event.TransactionalEventListenerFactory;

import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SupersedingTests {

	private static final CommitSha C3 = CommitSha.of("c3".repeat(20));

	private static Superseding superseding(Spine spine) {
		return new Superseding(spine.builds, new Histories(spine.git, new Remotes(spine), spine.known),
				new Patience(spine.builds, spine.clock), Runnable::run, spine.clock);
	}

	private static void assertSuperseded(Spine spine, BuildId old, BuildId newer) {
		assertThat(spine.state(old)).isEqualTo(StateName.SUPERSEDED);
		HistoryEntry last = spine.builds.history(old).getLast();
		assertThat(last.from()).isEqualTo(StateName.QUEUED);
		assertThat(last.detail()).isEqualTo("Build %s of the same image is newer.".formatted(newer));
		assertThat(spine.build(old).state().explanation()).contains(String.valueOf(last.detail()));
		assertThat(spine.engine.starts).doesNotContainKey(old);
	}

	private static BuildId request(Spine spine, BuildRequests.Target target, boolean bulk) {
		BuildRequests.BuildRequest request = new BuildRequests.BuildRequest(RepositoryName.of("acme/app"), target, null,
				bulk, "ada", spine.clock.instant().toString() + target.hashCode());
		return ((BuildRequests.RequestAnswer.Accepted) spine.requests.request(request)).builds().getFirst().id();
	}

	@EachDatabase
	void claimWhenNewerPushIsQueuedEndsTheOlder(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.push("acme/app", 1, C1);
			BuildId second = spine.push("acme/app", 1, C2);
			BuildId third = spine.push("acme/app", 1, C3);
			spine.beat();
			assertSuperseded(spine, first, third);
			assertSuperseded(spine, second, third);
			assertThat(spine.engine.starts).containsOnlyKeys(third);
		}
	}

	@EachDatabase
	void settleWhenOldPushComesLateEndsItAfterAMomentWithItsRow(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			BuildId newer = spine.push("acme/app", 1, C2);
			BuildId late = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			superseding(spine).settle(late);
			assertThat(spine.state(late)).as("it may be a reset that is not shown yet").isEqualTo(StateName.QUEUED);
			spine.clock.pass(Duration.ofSeconds(30));
			superseding(spine).settle(late);
			assertSuperseded(spine, late, newer);
			assertThat(spine.state(newer)).isEqualTo(StateName.QUEUED);
			assertThat(spine.count("build")).isEqualTo(2);
		}
	}

	@EachDatabase
	void settleWhenNewerPushComesEndsTheOlderAtOnce(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.push("acme/app", 1, C1);
			BuildId second = spine.push("acme/app", 1, C2);
			BuildId third = spine.push("acme/app", 1, C3);
			int asked = spine.git.asked.get();
			superseding(spine).settle(third);
			assertSuperseded(spine, first, third);
			assertSuperseded(spine, second, third);
			assertThat(spine.git.asked.get() - asked).as("the head once, and each commit").isLessThanOrEqualTo(5);
		}
	}

	@EachDatabase
	void claimWhenServerShowsAResetOnlyAfterAMomentBuildsWhatItIsResetTo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			spine.git.refs.put(MAIN, C2);
			BuildId removed = spine.push("acme/app", 1, C2);
			BuildId reset = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			superseding(spine).settle(reset);
			spine.git.refs.put(MAIN, C1);
			spine.published(reset);
			assertThat(spine.build(reset).tags()).contains(ImageTag.dev());
			spine.askInVain();
			assertThat(spine.build(removed).tags()).doesNotContain(ImageTag.dev());
		}
	}

	@EachDatabase
	void claimWhenLatePushTurnsBeforeItMayBeJudgedWaits(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			BuildId newer = spine.push("acme/app", 1, C2);
			BuildId late = spine.push("acme/app", 1, C1);
			spine.git.refs.put(MAIN, C2);
			assertThat(superseding(spine).endIfPointless(spine.build(newer))).isFalse();
			assertThatExceptionOfType(Histories.Unclear.class)
				.isThrownBy(() -> superseding(spine).endIfPointless(spine.build(late)))
				.withMessageContaining("a reset of the branch is not shown yet");
			assertThat(spine.builds.queuePlace(late).orElseThrow().reason()).isEqualTo("not-at-head");
		}
	}

	@EachDatabase
	void claimWhenOlderIsSubmittedOrRunsLeavesIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId submitted = spine.push("acme/app", 1, C1);
			spine.engine.down = true;
			spine.submitter.work();
			assertThat(spine.state(submitted)).isEqualTo(StateName.SUBMITTING);
			BuildId newer = spine.push("acme/app", 1, C2);
			superseding(spine).settle(newer);
			assertThat(spine.state(submitted)).isEqualTo(StateName.SUBMITTING);
			spine.engine.down = false;
			spine.beat();
			superseding(spine).settle(newer);
			superseding(spine).settle(submitted);
			assertThat(spine.state(submitted)).isEqualTo(StateName.WAITING);
			assertThat(spine.state(newer)).isEqualTo(StateName.QUEUED);
		}
	}

	@EachDatabase
	void settleWhenSomebodyAskedForABuildNeitherEndsNorEndsOthers(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2, C3));
			spine.git.commits.addAll(List.of(C1, C2, C3));
			spine.git.refs.put(MAIN, C1);
			BuildId manual = request(spine, new BuildRequests.Target.Ref(MAIN), false);
			BuildId bulk = request(spine, new BuildRequests.Target.Ref(MAIN), true);
			spine.git.refs.put(MAIN, C3);
			spine.clock.pass(Duration.ofSeconds(1));
			BuildId manualNewest = request(spine, new BuildRequests.Target.Ref(MAIN), false);
			BuildId release = spine.release("v1", C1);
			BuildId push = spine.push("acme/app", 1, C1);
			spine.requests.cancel(push, "ada");
			BuildId rerun = ((BuildRequests.RerunAnswer.Accepted) spine.requests.rerun(push, "ada")).build().id();
			BuildId newer = spine.push("acme/app", 1, C2);
			spine.git.refs.put(MAIN, C3);
			List<BuildId> all = List.of(manual, bulk, release, rerun, newer, manualNewest);
			all.forEach(superseding(spine)::settle);
			assertThat(all).allMatch((id) -> spine.state(id) == StateName.QUEUED);
			spine.beats(2);
			assertThat(all).noneMatch((id) -> spine.state(id) == StateName.SUPERSEDED);
		}
	}

	@EachDatabase
	void settleWhenBranchesDifferLeavesBoth(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.branches.addAll(List.of("main", "next"));
			spine.git.line.addAll(List.of(C1, C2));
			BuildId main = spine.push("acme/app", 1, C1);
			BuildId next = spine.push("acme/app", 1, GitRef.branch("next"), C2);
			spine.git.refs.put(GitRef.branch("next"), C2);
			superseding(spine).settle(main);
			superseding(spine).settle(next);
			spine.beat();
			assertThat(spine.engine.starts).containsOnlyKeys(main, next);
		}
	}

	@EachDatabase
	void claimWhenBranchWasRewrittenEndsWhatItsHeadLeftBehind(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			BuildId left = spine.push("acme/app", 1, C1);
			BuildId leftToo = spine.push("acme/app", 1, C2);
			BuildId head = spine.push("acme/app", 1, C3);
			spine.git.line.remove(C3);
			spine.beat();
			assertSuperseded(spine, left, head);
			assertSuperseded(spine, leftToo, head);
			assertThat(spine.build(head).tags()).contains(ImageTag.dev());
		}
	}

	@EachDatabase
	void claimWhenBranchWasResetToAnOldCommitBuildsIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.line.addAll(List.of(C1, C2));
			BuildId newer = spine.push("acme/app", 1, C2);
			BuildId reset = spine.push("acme/app", 1, C1);
			superseding(spine).settle(reset);
			assertThat(spine.state(reset)).isEqualTo(StateName.QUEUED);
			assertThat(spine.state(newer)).as("its commit is newer, whatever the head is").isEqualTo(StateName.QUEUED);
		}
	}

	@EachDatabase
	void settleWhenBranchIsResetToTheBuildMeanwhileLeavesIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId reset = spine.push("acme/app", 1, C1);
			BuildId newer = spine.push("acme/app", 1, C2);
			spine.git.meanwhile = () -> {
				spine.git.meanwhile = () -> {
				};
				assertThat(spine.push("acme/app", 1, C1)).isEqualTo(reset);
			};
			superseding(spine).settle(newer);
			assertThat(spine.state(reset)).isEqualTo(StateName.QUEUED);
			spine.beat();
			assertThat(spine.engine.starts).containsKey(reset);
		}
	}

	@EachDatabase
	void settleWhenALaterAttemptWasMadeByAPushTreatsItAsOne(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			CommitSha c0 = CommitSha.of("c0".repeat(20));
			spine.git.line.addAll(List.of(c0, C1, C2, C3));
			spine.push("acme/app", 1, C1);
			spine.push("acme/app", 1, C2);
			spine.submitter.work();
			BuildId old = spine.push("acme/app", 1, c0);
			BuildId reset = spine.push("acme/app", 1, C1);
			assertThat(spine.build(reset).attempt()).isEqualTo(2);
			superseding(spine).settle(reset);
			assertSuperseded(spine, old, reset);
			BuildId newest = spine.push("acme/app", 1, C3);
			superseding(spine).settle(newest);
			assertSuperseded(spine, reset, newest);
			BuildId rerun = ((BuildRequests.RerunAnswer.Accepted) spine.requests.rerun(reset, "ada")).build().id();
			superseding(spine).settle(rerun);
			superseding(spine).settle(newest);
			assertThat(spine.state(rerun)).as("somebody asked for it").isEqualTo(StateName.QUEUED);
		}
	}

	@EachDatabase
	void claimWhenUnrelatedPushIsNotTheHeadLeavesBoth(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId one = spine.push("acme/app", 1, C1);
			BuildId two = spine.push("acme/app", 1, C2);
			spine.git.line.clear();
			spine.git.refs.put(MAIN, C3);
			spine.submitter.work();
			assertThat(List.of(spine.state(one), spine.state(two))).doesNotContain(StateName.SUPERSEDED);
		}
	}

	@EachDatabase
	void claimWhenRepositoryIsSilentWaitsAndThenGoes(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.push("acme/app", 1, C1);
			spine.push("acme/app", 1, C2);
			spine.git.down = true;
			superseding(spine).settle(first);
			spine.beats(2);
			assertThat(spine.builds.queuePlace(first).orElseThrow().reason()).isEqualTo("repository-unreachable");
			spine.clock.pass(Duration.ofSeconds(30));
			spine.beat();
			assertThat(spine.engine.starts).as("nobody can say which is newer").containsKey(first);
		}
	}

	@EachDatabase
	void claimWhenNewerWasCancelledMeanwhileBuildsTheOlder(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId first = spine.push("acme/app", 1, C1);
			BuildId second = spine.push("acme/app", 1, C2);
			spine.git.meanwhile = () -> spine.requests.cancel(second, "ada");
			spine.beat();
			assertThat(spine.state(second)).isEqualTo(StateName.CANCELLED);
			assertThat(spine.engine.starts).containsOnlyKeys(first);
		}
	}

	@EachDatabase
	void hintWhenBuildIsQueuedSettlesItWithoutWaitingForItsTurn(TestDatabase database) {
		try (Spine spine = new Spine(database);
				AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(TransactionalEventListenerFactory.class);
			context.registerBean(Superseding.class, () -> superseding(spine));
			context.refresh();
			BuildId old = spine.push("acme/app", 1, C1);
			BuildId newer = spine.push("acme/app", 1, C2);
			context.publishEvent(new BuildQueued(newer, true));
			assertSuperseded(spine, old, newer);
		}
	}

}
