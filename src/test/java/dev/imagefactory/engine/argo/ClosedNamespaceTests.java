package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.jdbc.TestStore;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.submission.QueueSettings;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One namespace takes no Workflows, because somebody has to do something there first: its
 * builds say so, and nobody else waits for that.
 */
class ClosedNamespaceTests {

	private static final String CREATES = "POST /apis/argoproj.io/v1alpha1/namespaces/builds/";

	private static final Fault QUOTA = forbidden("workflows.argoproj.io \"x\" is forbidden: exceeded quota: few, "
			+ "requested: count/workflows.argoproj.io=1, used: count/workflows.argoproj.io=20, "
			+ "limited: count/workflows.argoproj.io=20");

	private static final Fault RIGHT = forbidden("workflows.argoproj.io is forbidden: User \"factory\" cannot create "
			+ "resource \"workflows\" in API group \"argoproj.io\" in the namespace \"builds\"");

	private static final Fault ENDING = forbidden("workflows.argoproj.io \"x\" is forbidden: unable to create new "
			+ "content in namespace builds because it is being terminated");

	private static final Fault MISSING = Fault.answer(Reply.notFound("namespaces", "builds", null));

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private Spine spine;

	private List<Process> processes = List.of();

	private Builds placed;

	@AfterEach
	void close() {
		this.cluster.close();
		this.spine.close();
	}

	@EachDatabase
	void buildWhenItsNamespaceIsClosedSaysWhyAndWhatToDo(TestDatabase database) {
		begin(database, 20);
		this.kubernetes.always(CREATES, QUOTA);
		assertPutOff(released("v1"), "quota", "used: count/workflows.argoproj.io=20", "Raise the quota");
		this.kubernetes.heal();
		this.kubernetes.always(CREATES, RIGHT);
		assertPutOff(released("v2"), "right-missing", "The namespace builds is missing, or", "cannot create resource",
				"service-access.yaml");
		this.kubernetes.heal();
		this.kubernetes.always(CREATES, ENDING);
		assertPutOff(released("v3"), "namespace-missing", "being terminated", "Create it");
		this.kubernetes.heal();
		this.kubernetes.always(CREATES, MISSING);
		assertPutOff(released("v4"), "namespace-missing", "\"builds\" not found", "Create it");
	}

	private BuildId released(String tag) {
		BuildId build = this.spine.release(tag, CommitSha.of(tag.replace('v', 'c').repeat(20)));
		beats(2);
		return build;
	}

	private void assertPutOff(BuildId build, String reason, String... words) {
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUBMITTING);
		assertThat(this.spine.why(build)).isEqualTo(reason);
		assertThat(this.spine.build(build).state().explanation().orElse("")).contains("namespace builds")
			.contains(words)
			.hasSizeLessThan(2000);
		assertThat(this.spine.builds.history(build)).filteredOn((line) -> reason.equals(line.reason())).hasSize(1);
		beats(4);
		assertThat(this.spine.builds.history(build)).filteredOn((line) -> reason.equals(line.reason())).hasSize(1);
		this.kubernetes.heal();
		beats(6);
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
	}

	@EachDatabase
	void queueWhenANamespaceIsClosedGoesOnWithTheOthersAndTriesThereNoMore(TestDatabase database) {
		begin(database, 2);
		this.kubernetes.always(CREATES, QUOTA);
		List<BuildId> closed = Stream.of("app", "api", "tool", "site")
			.map((name) -> this.spine.push("acme/" + name, name.hashCode(), Spine.C1))
			.toList();
		List<BuildId> others = Stream.of("web", "shop", "store")
			.map((name) -> this.spine.push("acme/" + name, name.hashCode(), Spine.C1))
			.toList();
		beats(3);
		assertThat(others).as("the others have all places")
			.extracting(this.spine::state)
			.containsExactly(StateName.WAITING, StateName.WAITING, StateName.QUEUED);
		assertThat(closed).filteredOn((build) -> this.spine.state(build) == StateName.SUBMITTING).hasSize(2);
		assertThat(closed).filteredOn((build) -> this.spine.state(build) == StateName.QUEUED)
			.allMatch((build) -> queueReason(build).equals("namespace-closed"))
			.hasSize(2);
		assertThat(queueReason(others.getLast())).isEqualTo("limit");
		long before = this.kubernetes.count(CREATES);
		beats(12);
		assertThat(this.kubernetes.count(CREATES) - before).as("creates in a minute").isLessThan(14);
		this.kubernetes.heal();
		beats(4);
		assertThat(living()).as("never more than the limit").isEqualTo(2);
		assertThat(closed).as("others have the places now")
			.noneMatch((build) -> this.spine.state(build) == StateName.WAITING);
	}

	/** Its runs go where the team of their order goes, whose the repository was then. */
	@EachDatabase
	void queueWhenARepositoryLeftATeamWithAClosedNamespaceClaimsNoneOfItsOldBuilds(TestDatabase database) {
		begin(database, 20);
		this.kubernetes.always(CREATES, QUOTA);
		BuildId first = released("v1");
		List<BuildId> old = Stream.of("v2", "v3")
			.map((tag) -> this.spine.release(tag, CommitSha.of(tag.replace('v', 'c').repeat(20))))
			.toList();
		this.spine.teams.put("acme/app", TeamName.of("search"));
		this.spine.images.put("acme/app", ImageName.of("search/app"));
		BuildId next = this.spine.release("v4", CommitSha.of("c4".repeat(20)));
		beats(3);
		assertThat(this.spine.state(first)).isEqualTo(StateName.SUBMITTING);
		assertThat(old).allMatch((build) -> this.spine.state(build) == StateName.QUEUED)
			.allMatch((build) -> queueReason(build).equals("namespace-closed"));
		assertThat(this.spine.state(next)).as("it goes elsewhere").isEqualTo(StateName.WAITING);
		this.kubernetes.heal();
		beats(6);
		assertThat(old).allMatch((build) -> this.spine.state(build) == StateName.WAITING);
	}

	@EachDatabase
	void queueWhenTheNamespaceIsOpenAgainGoesOnWithinSeconds(TestDatabase database) {
		begin(database, 2);
		this.kubernetes.always(CREATES, RIGHT);
		List<BuildId> builds = Stream.of("app", "api", "tool")
			.map((name) -> this.spine.push("acme/" + name, name.hashCode(), Spine.C1))
			.toList();
		beats(20);
		this.kubernetes.heal();
		for (int second = 0; second < 17; second++) {
			this.spine.clock.pass(Duration.ofSeconds(1));
			this.processes.forEach((process) -> process.submitter.work());
		}
		this.processes.getFirst().tracking.relist();
		assertThat(living()).isEqualTo(2);
		assertThat(builds).filteredOn((build) -> this.spine.state(build) == StateName.QUEUED)
			.allMatch((build) -> queueReason(build).equals("limit"))
			.hasSize(1);
	}

	@EachDatabase
	void cancelWhenTheBuildIsPutOffEndsItOnceNoRunCanBegin(TestDatabase database) {
		begin(database, 20);
		this.kubernetes.always(CREATES, MISSING);
		BuildId build = released("v1");
		this.spine.requests.cancel(build, "ada");
		this.spine.clock.pass(Duration.ofSeconds(30));
		beat();
		assertThat(this.spine.state(build)).as("what was sent may still begin").isEqualTo(StateName.SUBMITTING);
		this.spine.clock.pass(Duration.ofSeconds(40));
		beats(2);
		assertThat(this.spine.state(build)).isEqualTo(StateName.CANCELLED);
		assertThat(this.kubernetes.store.size()).isZero();
		BuildId next = this.spine.release("v2", Spine.C2);
		this.kubernetes.heal();
		beats(2);
		assertThat(this.spine.state(next)).as("nothing closes the namespace any more").isEqualTo(StateName.WAITING);
	}

	@EachDatabase
	void cancelWhenNothingMayBeDoneThereEndsWhatWasNeverBegun(TestDatabase database) {
		begin(database, 20);
		this.kubernetes.always("namespaces/builds/", RIGHT);
		BuildId build = released("v1");
		assertThat(this.spine.why(build)).isEqualTo("right-missing");
		this.spine.requests.cancel(build, "ada");
		this.spine.clock.pass(Duration.ofSeconds(30));
		beat();
		assertThat(this.spine.state(build)).as("what was sent may still begin").isEqualTo(StateName.SUBMITTING);
		this.spine.clock.pass(Duration.ofSeconds(40));
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.CANCELLED);
	}

	@EachDatabase
	void cancelWhenARunMayHaveBegunAndMayNotBeLookedForWaits(TestDatabase database) {
		begin(database, 20);
		this.kubernetes.always(CREATES, RIGHT);
		BuildId build = released("v1");
		this.kubernetes.heal();
		this.kubernetes.once(CREATES, Fault.answerLost());
		// The look that follows the create, not the one before it.
		this.kubernetes.once("GET /apis/argoproj.io/v1alpha1/namespaces/builds/workflows/" + build, Fault.none());
		this.kubernetes.always("GET /apis/argoproj.io/v1alpha1/namespaces/builds/", RIGHT);
		beats(4);
		assertThat(this.kubernetes.store.size()).as("it has begun").isOne();
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUBMITTING);
		this.spine.requests.cancel(build, "ada");
		this.spine.clock.pass(Duration.ofMinutes(2));
		beats(4);
		assertThat(this.spine.state(build)).as("nobody knows").isEqualTo(StateName.SUBMITTING);
		assertThat(this.spine.why(build)).isEqualTo("cancel-unclear");
		assertThat(this.spine.build(build).state().explanation().orElse("")).contains("cancelled", "namespace builds",
				"service-access.yaml", "gone for good");
		this.kubernetes.heal();
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
		assertThat(this.cluster.stored(build).at("/spec/shutdown").asText()).isEqualTo("Terminate");
	}

	@EachDatabase
	void buildWhenItMayNotEvenBeLookedForSaysThat(TestDatabase database) {
		begin(database, 20);
		this.kubernetes.once(CREATES, Fault.answer(Reply.status(500, "InternalError", "away")));
		this.kubernetes.always("namespaces/builds/", RIGHT);
		BuildId build = released("v1");
		assertThat(this.spine.why(build)).isEqualTo("right-missing");
		this.kubernetes.heal();
		beats(4);
		assertThat(this.spine.state(build)).isEqualTo(StateName.WAITING);
	}

	private static Fault forbidden(String words) {
		return Fault.answer(Reply.status(403, "Forbidden", words));
	}

	private String queueReason(BuildId build) {
		return this.placed.queuePlace(build).orElseThrow().reason();
	}

	private long living() {
		return this.kubernetes.store.size();
	}

	private void begin(TestDatabase database, int limit) {
		this.spine = new Spine(database, new QueueSettings(limit, limit));
		Stream.of("web", "shop", "store").forEach((name) -> {
			this.spine.teams.put("acme/" + name, TeamName.of("search"));
			this.spine.images.put("acme/" + name, ImageName.of("search/" + name));
		});
		List<Team> teams = List.of(TestCluster.team("payments", TestCluster.BUILDS),
				TestCluster.team("search", TestCluster.SEARCH));
		this.processes = Stream.generate(() -> process(teams)).limit(2).toList();
		this.placed = TestStore.builds(database, (event) -> {
		}, this.cluster.engine(this.spine.clock, teams)::place);
	}

	private Process process(List<Team> teams) {
		ArgoEngine engine = this.cluster.engine(this.spine.clock, teams);
		return new Process(this.spine.newSubmitter(engine, Runnable::run), this.spine.newTracking(engine));
	}

	private void beat() {
		this.spine.clock.pass(Spine.APART);
		this.processes.forEach((process) -> {
			process.submitter.work();
			process.tracking.relist();
		});
	}

	private void beats(int times) {
		for (int i = 0; i < times; i++) {
			beat();
		}
	}

	/** A replica. */
	private record Process(Submitter submitter, Tracking tracking) {
	}

}
