package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.spine.UnsteadyRegistry;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The way of a build with the engine argo: real planning, submission and tracking over a
 * real database, real calls to an API server of ours, and a controller that is played.
 */
class ArgoBuildsTests {

	private static final Team PAYMENTS = TestCluster.team("payments", TestCluster.BUILDS);

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private final PlayedController controller = new PlayedController(this.kubernetes.store);

	private List<Team> teams = List.of(PAYMENTS);

	private Spine spine;

	private ArgoEngine engine;

	private Submitter submitter;

	private Tracking tracking;

	@AfterEach
	void close() {
		assertThat(this.kubernetes.requests).noneMatch((line) -> line.startsWith("PUT") || line.startsWith("DELETE"));
		this.cluster.close();
		this.spine.close();
	}

	@EachDatabase
	void buildWhenEverythingIsWellIsGreenAndItsWorkflowIsLetGo(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
		this.controller.begin(build);
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		Digest digest = push(build);
		this.controller.succeed(build, digest);
		beat();
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		assertThat(this.spine.build(build).image().digest()).isEqualTo(digest);
		assertThat(this.cluster.stored(build).at("/metadata/finalizers")).isEmpty();
		assertThat(this.kubernetes.count("POST")).isOne();
	}

	@EachDatabase
	void buildWhenAnswersAreLostAndProcessesDieIsOneWorkflow(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		this.kubernetes.once("POST", Fault.answerLost());
		this.kubernetes.always("GET", Fault.answer(Reply.status(503, "ServiceUnavailable", "away")));
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUBMITTING);
		process();
		beat();
		this.kubernetes.heal();
		process();
		beat();
		this.kubernetes.once("POST", Fault.answer(Reply.status(500, "InternalError", "away")));
		beats(4);
		assertThat(this.kubernetes.store.size()).isOne();
		this.controller.begin(build);
		this.controller.succeed(build, push(build));
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
	}

	/**
	 * Whose Role is missing, or whose namespace is gone: the API server says "forbidden"
	 * of both.
	 */
	@EachDatabase
	void buildWhenTheNamespaceOfAnotherTeamIsClosedIsBegunAndEndsAllTheSame(TestDatabase database) {
		begin(database);
		this.teams = List.of(PAYMENTS, TestCluster.team("search", TestCluster.SEARCH));
		process();
		this.kubernetes.always(TestCluster.SEARCH, Fault.answer(Reply.status(403, "Forbidden", "no")));
		this.kubernetes.once("POST", Fault.answer(Reply.status(500, "InternalError", "away")));
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		assertThat(this.kubernetes.store.size()).isZero();
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
		assertThat(this.kubernetes.store.size()).isOne();
		this.kubernetes.store.remove(TestCluster.BUILDS, build.value());
		process();
		this.spine.clock.pass(Spine.CREATE_DEADLINE);
		beats(5);
		assertThat(this.spine.state(build)).isEqualTo(StateName.LOST);
	}

	@EachDatabase
	void buildWhenAdmissionRefusesEndsInItsWords(TestDatabase database) {
		begin(database);
		this.kubernetes.once("POST",
				Fault.answer(Reply.status(403, "Forbidden", "admission webhook \"x\" denied the request: not today")));
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.ERRORED);
		assertThat(this.spine.why(build)).isEqualTo("workflow-refused");
	}

	@EachDatabase
	void buildWhenAQuotaIsUsedUpWaitsAndGoes(TestDatabase database) {
		begin(database);
		this.kubernetes.once("POST",
				Fault.answer(Reply.status(403, "Forbidden", "\"x\" is forbidden: exceeded quota: builds")));
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUBMITTING);
		this.spine.clock.pass(Duration.ofSeconds(30));
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
	}

	@EachDatabase
	void cancelWhenRunningTerminatesTheWorkflowAndLetsItGo(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		beat();
		cancel(build);
		this.tracking.look(build);
		assertThat(this.cluster.stored(build).at("/spec/shutdown").asText()).isEqualTo("Terminate");
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		this.controller.obey(build);
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.CANCELLED);
		assertThat(this.cluster.stored(build).at("/metadata/finalizers")).isEmpty();
	}

	@EachDatabase
	void workflowWhenDeletedByHandIsTerminatedAndHeldUntilItsEndIsStored(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		beat();
		this.kubernetes.store.delete(TestCluster.BUILDS, build.value());
		beats(3);
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		assertThat(this.cluster.stored(build).at("/spec/shutdown").asText()).isEqualTo("Terminate");
		assertThat(this.spine.audit).filteredOn((line) -> line.contains("run.reap")).hasSize(1);
		this.controller.obey(build);
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.CANCELLED);
		assertThat(this.kubernetes.store.size()).isZero();
	}

	@EachDatabase
	void workflowWhenDeletedByHandTooLateIsGreenAndHeldUntilThatIsStored(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		this.kubernetes.store.delete(TestCluster.BUILDS, build.value());
		this.controller.succeed(build, push(build));
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		assertThat(this.kubernetes.store.size()).isZero();
	}

	@EachDatabase
	void workflowWhenForcedAwayIsLostOnlyWhenTheServerSaidSoTwice(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		beat();
		this.kubernetes.store.change(TestCluster.BUILDS, build.value(),
				(object) -> WorkflowStore.meta(object).remove("finalizers"));
		this.kubernetes.store.delete(TestCluster.BUILDS, build.value());
		this.kubernetes.always("workflows/" + build,
				Fault.answer(new Reply(404, "text/html", "<html>Not here</html>")));
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		this.kubernetes.heal();
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		beats(3);
		assertThat(this.spine.state(build)).isEqualTo(StateName.LOST);
		assertThat(this.kubernetes.count("POST")).isOne();
	}

	@EachDatabase
	void workflowWhenRetriedByHandAfterTheEndIsTerminatedOnceAndAudited(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		beat();
		cancel(build);
		beat();
		this.controller.obey(build);
		this.kubernetes.once("PATCH", Fault.answer(Reply.status(500, "InternalError", "away")));
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.CANCELLED);
		this.kubernetes.store.change(TestCluster.BUILDS, build.value(),
				(object) -> object.withObjectProperty("spec").remove("shutdown"));
		this.controller.begin(build);
		beats(2);
		assertThat(this.cluster.stored(build).at("/spec/shutdown").asText()).isEqualTo("Terminate");
		assertThat(this.spine.audit).filteredOn((line) -> line.contains("run.reap")).hasSize(1);
		this.controller.obey(build);
		beat();
		assertThat(this.cluster.stored(build).at("/metadata/finalizers")).isEmpty();
	}

	@EachDatabase
	void workflowWhenTheDatabaseForgotItIsLinkedAgainAndFinishes(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		for (String table : new String[] { "build_event", "build_step", "image_tag", "build", "delivery_order",
				"build_order" }) {
			database.jdbc().sql("DELETE FROM " + table).update();
		}
		beat();
		assertThat(this.spine.audit).anyMatch((line) -> line.contains("run.relink"));
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		this.controller.succeed(build, push(build));
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
	}

	@EachDatabase
	void workflowWhenItsFinalizerIsTakenAwayByHandIsFollowedAllTheSame(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		beat();
		Digest digest = push(build);
		this.kubernetes.store.change(TestCluster.BUILDS, build.value(),
				(object) -> WorkflowStore.meta(object).remove("finalizers"));
		this.controller.succeed(build, digest);
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
	}

	@EachDatabase
	void workflowWhenTheDatabaseIsOlderThanItsReleaseIsNotBegunAnew(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		this.submitter.work();
		this.controller.begin(build);
		this.controller.succeed(build, push(build));
		this.kubernetes.store.change(TestCluster.BUILDS, build.value(),
				(object) -> WorkflowStore.meta(object).remove("finalizers"));
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUBMITTING);
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		assertThat(this.kubernetes.store.size()).isOne();
	}

	private void begin(TestDatabase database) {
		this.spine = new Spine(database);
		process();
	}

	/** A process that was just started. */
	private void process() {
		this.engine = this.cluster.engine(this.spine.clock, this.teams);
		this.submitter = this.spine.newSubmitter(this.engine, Runnable::run);
		this.tracking = this.spine.newTracking(this.engine);
	}

	private void beat() {
		this.spine.clock.pass(Spine.APART);
		this.submitter.work();
		this.tracking.relist();
	}

	private void beats(int times) {
		for (int i = 0; i < times; i++) {
			beat();
		}
	}

	private void cancel(BuildId build) {
		this.spine.builds.store(BuildMachine
			.apply(this.spine.build(build), new BuildEvent.CancelAsked("alice"), this.spine.clock.instant())
			.orElseThrow());
	}

	/** What the push step does. */
	private Digest push(BuildId build) {
		Optional<Run> run = this.engine.kept(build);
		UnsteadyRegistry.Local made = this.spine.registry.make(build.value());
		this.spine.registry.push(made.layout(), made.digest(), run.orElseThrow().order().key().image(),
				run.orElseThrow().tags(), TestImages.UNGUARDED);
		return made.digest();
	}

}
