package dev.imagefactory.planning;

import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.planning.BuildRequests.BuildRequest;
import dev.imagefactory.planning.BuildRequests.CancelAnswer;
import dev.imagefactory.planning.BuildRequests.RequestAnswer;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.planning.BuildRequests.Target;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.spine.Spine;
import org.jspecify.annotations.Nullable;

import static dev.imagefactory.database.TestDatabase.together;
import static dev.imagefactory.spine.Spine.C1;
import static dev.imagefactory.spine.Spine.C2;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

class StoredBuildRequestsTests {

	private static final RepositoryName NAME = RepositoryName.of("acme/app");

	private static BuildRequest request(Target target, String id) {
		return new BuildRequest(NAME, target, null, false, "ada", id);
	}

	private static Build accepted(@Nullable RequestAnswer answer) {
		assertThat(answer).isInstanceOf(RequestAnswer.Accepted.class);
		return ((RequestAnswer.Accepted) answer).builds().getFirst();
	}

	@EachDatabase
	void requestWhenBranchIsBuiltTagsAsMain(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(MAIN, C1);
			spine.git.refs.put(GitRef.branch("other"), C2);
			assertThat(accepted(spine.requests.request(request(new Target.Ref(MAIN), "R1"))).tags())
				.containsExactly(ImageTag.devSha(C1), ImageTag.dev());
			assertThat(accepted(spine.requests.request(request(new Target.Ref(GitRef.branch("other")), "R2"))).tags())
				.containsExactly(ImageTag.sha(C2));
		}
	}

	@EachDatabase
	void requestWhenCommitOrReleaseIsNamedTagsByIt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.commits.add(C1);
			spine.git.refs.put(GitRef.tag("v1"), C1);
			assertThat(accepted(spine.requests.request(request(new Target.Commit(C1), "R1"))).tags())
				.containsExactly(ImageTag.sha(C1));
			assertThat(accepted(spine.requests.request(request(new Target.Release("v1"), "R2"))).tags())
				.containsExactly(ImageTag.release("v1"), ImageTag.sha(C1));
		}
	}

	@EachDatabase
	void requestWhenBulkIsAskedForStoresThatItLetsOthersGoFirst(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(MAIN, C1);
			Build bulk = accepted(
					spine.requests.request(new BuildRequest(NAME, new Target.Ref(MAIN), null, true, "ada", "R1")));
			Build manual = accepted(spine.requests.request(request(new Target.Ref(MAIN), "R2")));
			assertThat(spine.build(bulk.id()).order().recipe().bulk()).isTrue();
			assertThat(spine.build(manual.id()).order().recipe().bulk()).isFalse();
			assertThat(spine.builds.queuePlace(bulk.id()).orElseThrow().position()).isEqualTo(2);
			assertThat(spine.builds.queuePlace(manual.id()).orElseThrow().position()).isOne();
		}
	}

	@EachDatabase
	void requestWhenAskedAgainAnswersTheSameThoughTheBranchMoved(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(MAIN, C1);
			Build first = accepted(spine.requests.request(request(new Target.Ref(MAIN), "R1")));
			spine.git.refs.put(MAIN, C2);
			assertThat(accepted(spine.requests.request(request(new Target.Ref(MAIN), "R1")))).isEqualTo(first);
			spine.git.down = true;
			assertThat(accepted(spine.requests.request(request(new Target.Ref(MAIN), "R1")))).isEqualTo(first);
			assertThat(spine.count("build")).isOne();
			spine.git.down = false;
			assertThat(accepted(spine.requests.request(request(new Target.Ref(MAIN), "R2")))).isNotEqualTo(first);
		}
	}

	/**
	 * Two replicas hear of one request: both have asked for the branch's head by then.
	 */
	@EachDatabase
	void requestWhenHeardTwiceAtOnceWhileTheBranchMovesIsOneBuild(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			spine.git.refs.put(MAIN, C1);
			BuildRequest asked = request(new Target.Ref(MAIN), "R1");
			List<Build> other = new ArrayList<>();
			spine.git.meanwhile = () -> {
				spine.git.meanwhile = () -> {
				};
				spine.git.refs.put(MAIN, C2);
				other.add(accepted(spine.requests.request(asked)));
			};
			assertThat(accepted(spine.requests.request(asked))).isEqualTo(other.getFirst());
			assertThat(spine.count("build_order")).isOne();
			assertThat(spine.count("build")).isOne();
		}
	}

	@EachDatabase
	void requestWhenItCannotBeBuiltSaysWhy(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			assertThat(spine.requests.request(request(new Target.Ref(MAIN), "R1")))
				.isInstanceOf(RequestAnswer.RefNotFound.class);
			assertThat(spine.requests.request(request(new Target.Commit(C1), "R1")))
				.isInstanceOf(RequestAnswer.RefNotFound.class);
			assertThat(spine.requests.request(request(new Target.Release("dev"), "R1"))).isInstanceOfSatisfying(
					RequestAnswer.Refused.class, (refused) -> assertThat(refused.reason()).isEqualTo("tag-reserved"));
			assertThat(spine.requests.request(
					new BuildRequest(NAME, new Target.Ref(MAIN), ImageName.of("payments/none"), false, "ada", "R1")))
				.isInstanceOf(RequestAnswer.Refused.class);
			spine.git.down = true;
			assertThat(spine.requests.request(request(new Target.Ref(MAIN), "R1")))
				.isInstanceOf(RequestAnswer.RepositoryUnreachable.class);
			spine.gone.add("acme/app");
			assertThat(spine.requests.request(request(new Target.Ref(MAIN), "R1")))
				.isInstanceOf(RequestAnswer.NotOnboarded.class);
			assertThat(spine.count("build_order")).isZero();
			assertThat(spine.count("image_owner")).isZero();
		}
	}

	@EachDatabase
	void rerunWhenBuildIsOverMakesTheNextAttempt(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			assertThat(spine.requests.rerun(id, "ada")).isInstanceOfSatisfying(RerunAnswer.StillOpen.class,
					(open) -> assertThat(open.build().id()).isEqualTo(id));
			spine.requests.cancel(id, "ada");
			assertThat(spine.requests.rerun(id, "ada")).isInstanceOfSatisfying(RerunAnswer.Accepted.class,
					(next) -> assertThat(next.build().attempt()).isEqualTo(2));
			assertThat(spine.requests.rerun(BuildId.next(spine.clock.instant()), "ada"))
				.isInstanceOf(RerunAnswer.NotFound.class);
		}
	}

	@EachDatabase
	void rerunWhenEightAskAtOnceInTransactionsOfTheirOwnMakesOneAndAnswersAll(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			spine.requests.cancel(id, "ada");
			List<RerunAnswer> answers = together(8,
					(number) -> database.inTransaction().execute((status) -> spine.requests.rerun(id, "ada")));
			assertThat(answers).filteredOn(RerunAnswer.Accepted.class::isInstance).hasSize(1);
			assertThat(answers).filteredOn(RerunAnswer.StillOpen.class::isInstance).hasSize(7);
			assertThat(spine.count("build")).isEqualTo(2);
		}
	}

	@EachDatabase
	void cancelWhenSomebodyIsQuickerDecidesAnewInTheCallersTransaction(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			for (int round = 0; round < 5; round++) {
				BuildId id = spine.release("v" + round, C1);
				Build queued = spine.build(id);
				List<Object> answers = together(8, (number) -> (number == 0) ? claim(spine, queued)
						: database.inTransaction().execute((status) -> spine.requests.cancel(id, "ada")));
				assertThat(answers).filteredOn(CancelAnswer.class::isInstance)
					.hasSize(7)
					.allMatch(
							(answer) -> answer instanceof CancelAnswer.Accepted || answer instanceof CancelAnswer.Over);
				Build after = spine.build(id);
				assertThat(after.cancel()).isNotNull();
				assertThat(after.state().name()).isIn(StateName.CANCELLED, StateName.SUBMITTING);
			}
		}
	}

	private static Object claim(Spine spine, Build queued) {
		try {
			spine.builds
				.store(BuildMachine.apply(queued, new BuildEvent.Claimed(queued.tags(), "fake"), spine.clock.instant())
					.orElseThrow());
			return "claimed";
		}
		catch (RuntimeException ex) {
			return "too late";
		}
	}

	@EachDatabase
	void cancelWhenBuildIsOverSaysSo(TestDatabase database) {
		try (Spine spine = new Spine(database)) {
			BuildId id = spine.release("v1", C1);
			assertThat(spine.requests.cancel(id, "ada")).isInstanceOfSatisfying(CancelAnswer.Accepted.class,
					(accepted) -> assertThat(accepted.build().state().name()).isEqualTo(StateName.CANCELLED));
			assertThat(spine.requests.cancel(id, "ada")).isInstanceOf(CancelAnswer.Over.class);
			assertThat(spine.requests.cancel(BuildId.next(spine.clock.instant()), "ada"))
				.isInstanceOf(CancelAnswer.NotFound.class);
		}
	}

}
