package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.engine.jdbc.TestUsedPlaces;
import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.spine.UnsteadyRegistry;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.submission.TestSubmission;
import dev.imagefactory.tracking.Tracking;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The settings send a team to another namespace while its builds are open: where each of
 * them went was stored when it was claimed.
 */
class MovedTeamTests {

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private final PlayedController controller = new PlayedController(this.kubernetes.store);

	private Spine spine;

	private TestDatabase database;

	private Submitter submitter;

	private Tracking tracking;

	private ArgoEngine engine;

	@AfterEach
	void close() {
		this.cluster.close();
		this.spine.close();
	}

	@EachDatabase
	void buildWhenTheAnswerWasLostBeforeTheMoveIsOneWorkflowWhereItWent(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		this.kubernetes.once("POST", Fault.answerLost());
		this.kubernetes.always("GET", Fault.answer(Reply.status(503, "ServiceUnavailable", "away")));
		beats(1);
		this.kubernetes.heal();
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		beats(4);
		assertThat(this.kubernetes.store.size()).isOne();
		assertThat(this.cluster.stored(build)).isNotNull();
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
	}

	@EachDatabase
	void buildWhenTheCreateWasLostBeforeTheMoveBeginsWhereItWasToGo(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		this.kubernetes.once("POST", Fault.dropped());
		beats(1);
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		beats(4);
		assertThat(this.cluster.stored(build)).isNotNull();
		assertThat(this.kubernetes.store.size()).isOne();
		BuildId next = this.spine.release("v2.0.0", Spine.C2);
		beats(1);
		assertThat(this.kubernetes.store.read(TestCluster.SEARCH, next.value())).as("later ones move").isNotNull();
	}

	@EachDatabase
	void buildWhenItRunsDuringTheMoveIsFollowedToItsEndAndLetGo(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		BuildId unwanted = this.spine.release("v2.0.0", Spine.C2);
		beats(1);
		this.controller.begin(build);
		this.controller.begin(unwanted);
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		this.spine.requests.cancel(unwanted, "ada");
		Digest digest = push(build);
		this.controller.succeed(build, digest);
		beats(2);
		this.controller.obey(unwanted);
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		assertThat(this.cluster.stored(build).at("/metadata/finalizers")).isEmpty();
		assertThat(this.spine.state(unwanted)).isEqualTo(StateName.CANCELLED);
	}

	@EachDatabase
	void buildWhenAnotherTeamHasItsNamespaceByNowIsNotBegunThere(TestDatabase database) {
		begin(database);
		BuildId running = this.spine.release("v1.0.0", Spine.C1);
		beats(1);
		BuildId waiting = this.spine.release("v2.0.0", Spine.C2);
		this.kubernetes.once("POST", Fault.dropped());
		beats(1);
		restart(TestCluster.team("payments", TestCluster.SEARCH), TestCluster.team("other", TestCluster.BUILDS));
		beats(4);
		assertThat(this.spine.state(waiting)).isEqualTo(StateName.ERRORED);
		assertThat(this.spine.why(waiting)).isEqualTo("workflow-refused");
		assertThat(this.spine.build(waiting).state().explanation().orElse("")).contains("namespace builds",
				"another team");
		assertThat(this.spine.state(running)).isEqualTo(StateName.WAITING);
		assertThat(this.kubernetes.store.size()).isOne();
	}

	@EachDatabase
	void buildWhenItWasClaimedByAnOlderVersionGoesWhereTheSettingsSay(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		this.kubernetes.once("POST", Fault.dropped());
		beats(1);
		String run = database.jdbc().sql("SELECT run FROM build").query(String.class).single();
		database.jdbc()
			.sql("UPDATE build SET run_place = NULL, run = :run")
			.param("run", run.replace(",\"place\":\"builds\"", ""))
			.update();
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		beats(4);
		assertThat(this.kubernetes.store.read(TestCluster.SEARCH, build.value())).isNotNull();
		assertThat(this.kubernetes.store.size()).isOne();
	}

	@EachDatabase
	void buildWhenItsNameIsOnAWorkflowElsewhereIsNotTakenForThat(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beats(1);
		restart(TestCluster.team("payments", TestCluster.BUILDS), TestCluster.team("other", TestCluster.SEARCH));
		ObjectNode elsewhere = this.cluster.stored(build).deepCopy();
		WorkflowStore.meta(elsewhere).put("namespace", TestCluster.SEARCH).remove(List.of("resourceVersion", "uid"));
		this.kubernetes.store.put(TestCluster.SEARCH, elsewhere);
		this.kubernetes.store.change(TestCluster.SEARCH, build.value(),
				(object) -> object.withObjectProperty("status").put("phase", "Failed"));
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
		assertThat(this.engine.kept(build).orElseThrow()).isEqualTo(this.spine.builds.run(build).orElseThrow());
	}

	@EachDatabase
	void buildWhenItCannotBeLetGoBeforeARestartAfterTheMoveIsLetGoLater(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beats(1);
		this.controller.begin(build);
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		beats(1);
		this.controller.succeed(build, push(build));
		this.kubernetes.always("PATCH", Fault.answer(Reply.status(503, "ServiceUnavailable", "away")));
		beats(3);
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		beats(1);
		assertThat(this.cluster.stored(build).at("/metadata/finalizers")).hasSize(1);
		this.spine.clock.pass(Duration.ofDays(2));
		this.kubernetes.heal();
		beats(2);
		assertThat(this.cluster.stored(build).at("/metadata/finalizers")).isEmpty();
	}

	@EachDatabase
	void namespaceWhenNothingIsHeldThereForAWhileIsListedNoMore(TestDatabase database) {
		begin(database);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beats(1);
		this.controller.begin(build);
		this.controller.succeed(build, push(build));
		beats(2);
		restart(TestCluster.team("payments", TestCluster.SEARCH));
		assertThat(lists()).as("another process may still send runs there").isPositive();
		this.spine.clock.pass(Duration.ofHours(2));
		beats(1);
		assertThat(lists()).isZero();
	}

	/** How often one look lists the namespace that the team has left. */
	private long lists() {
		String request = "GET /apis/argoproj.io/v1alpha1/namespaces/builds/workflows?label";
		long before = this.kubernetes.count(request);
		beats(1);
		return this.kubernetes.count(request) - before;
	}

	private Digest push(BuildId build) {
		Run run = this.spine.builds.run(build).orElseThrow();
		UnsteadyRegistry.Local made = this.spine.registry.make(build.value());
		this.spine.registry.push(made.layout(), made.digest(), run.order().key().image(), run.tags(),
				TestImages.UNGUARDED);
		return made.digest();
	}

	private void begin(TestDatabase database) {
		this.spine = new Spine(database);
		this.database = database;
		restart(TestCluster.team("payments", TestCluster.BUILDS));
	}

	private void restart(Team... teams) {
		this.engine = this.cluster.engine(this.spine.clock, List.of(teams), TestSubmission.places(this.spine.builds),
				TestUsedPlaces.on(this.database, this.spine.clock));
		this.submitter = this.spine.newSubmitter(this.engine, Runnable::run);
		this.tracking = this.spine.newTracking(this.engine);
	}

	private void beats(int times) {
		for (int i = 0; i < times; i++) {
			this.spine.clock.pass(Spine.APART);
			this.submitter.work();
			this.tracking.relist();
		}
	}

}
