package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.argo.StrictArgoServer.Fault;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.registry.layout.TestImages;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.spine.UnsteadyRegistry;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Builds whose Workflows went away before their end was stored, with an archive that may
 * know it.
 */
class ArchivedBuildsTests {

	private final TestCluster cluster = new TestCluster();

	private final PlayedController controller = new PlayedController(this.cluster.kubernetes.store);

	private final StrictArgoServer real = new StrictArgoServer();

	@TempDir
	Path folder;

	private Spine spine;

	private ArgoEngine engine;

	private Submitter submitter;

	private Tracking tracking;

	@AfterEach
	void close() {
		this.cluster.close();
		this.real.close();
		this.spine.close();
	}

	/** A build whose run is at work. */
	private BuildId running(TestDatabase database) throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		this.spine = new Spine(database);
		this.engine = this.cluster.engine(this.spine.clock,
				TestArgoServer.of(this.real.address(), token, TestArgoServer.guard(Duration.ofSeconds(2))));
		this.submitter = this.spine.newSubmitter(this.engine, Runnable::run);
		this.tracking = this.spine.newTracking(this.engine);
		BuildId build = this.spine.release("v1.0.0", Spine.C1);
		beat();
		this.controller.begin(build);
		beat();
		assertThat(this.spine.state(build)).isEqualTo(StateName.RUNNING);
		return build;
	}

	private void beat() {
		this.spine.clock.pass(Spine.APART);
		this.submitter.work();
		this.tracking.relist();
	}

	private void beats() {
		for (int i = 0; i < 8; i++) {
			beat();
		}
	}

	private ObjectNode archive(BuildId build) {
		ObjectNode object = this.cluster.stored(build);
		WorkflowStore.meta(object).put("uid", "4b6b2f0e-3f0b-4c0e-9d55-0d8f6a9e7a11");
		this.real.keep(object);
		return object;
	}

	/** What somebody does who takes the finalizer away and deletes the object. */
	private void forceAway(BuildId build) {
		this.cluster.kubernetes.store.change(TestCluster.BUILDS, build.value(),
				(object) -> WorkflowStore.meta(object).remove("finalizers"));
		this.cluster.kubernetes.store.delete(TestCluster.BUILDS, build.value());
	}

	private Digest push(BuildId build) {
		Run run = this.engine.kept(build).orElseThrow();
		UnsteadyRegistry.Local made = this.spine.registry.make(build.value());
		this.spine.registry.push(made.layout(), made.digest(), run.order().key().image(), run.tags(),
				TestImages.UNGUARDED);
		return made.digest();
	}

	@EachDatabase
	void buildWhenTheArchiveKnowsItsGoodEndSucceeds(TestDatabase database) throws IOException {
		BuildId build = running(database);
		Digest digest = push(build);
		this.controller.succeed(build, digest);
		archive(build);
		forceAway(build);
		beats();
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		assertThat(this.spine.build(build).image().digest()).isEqualTo(digest);
		assertThat(this.spine.build(build).image().scan()).isNotNull();
		assertThat(this.spine.build(build).steps()).allMatch((step) -> step.state() == StepState.SUCCEEDED);
	}

	@EachDatabase
	void buildWhenTheArchiveKnowsItsBadEndEndsSo(TestDatabase database) throws IOException {
		BuildId build = running(database);
		fail(archive(build), build);
		forceAway(build);
		beat();
		assertThat(this.spine.state(build)).as("asked once").isEqualTo(StateName.RUNNING);
		assertThat(this.real.requests).isEmpty();
		beats();
		assertThat(this.spine.state(build)).isEqualTo(StateName.FAILED);
		assertThat(this.spine.why(build)).isEqualTo("commit-not-found");
	}

	@EachDatabase
	void buildWhenTheArchiveTellsOfAnImageThatIsNotThereHasNoDigest(TestDatabase database) throws IOException {
		BuildId build = running(database);
		this.controller.succeed(build, WorkflowFixture.DIGEST);
		archive(build);
		forceAway(build);
		beats();
		assertThat(this.spine.state(build)).isEqualTo(StateName.ERRORED);
		assertThat(this.spine.why(build)).isEqualTo("image-missing");
		assertThat(this.spine.build(build).image().digest()).isNull();
	}

	/** Somebody has put another image under the tag, and the archive says that is it. */
	@EachDatabase
	void buildWhenTheArchiveTellsOfAnotherImageThanWasSeenIsNotBelieved(TestDatabase database) throws IOException {
		BuildId build = running(database);
		Digest digest = push(build);
		this.controller.scanned(build, WorkflowFixture.DIGEST);
		beat();
		this.controller.succeed(build, digest);
		archive(build);
		forceAway(build);
		beats();
		assertThat(this.spine.state(build)).isEqualTo(StateName.LOST);
		assertThat(this.spine.build(build).image().digest()).isNull();
	}

	/** What was seen to pass the scan may have been pushed, whatever is told later. */
	@EachDatabase
	void buildWhenTheArchiveHidesAnImageThatWasSeenIsNotBelieved(TestDatabase database) throws IOException {
		BuildId build = running(database);
		Digest digest = push(build);
		this.controller.scanned(build, digest);
		beat();
		fail(archive(build), build);
		forceAway(build);
		beats();
		assertThat(this.spine.state(build)).isEqualTo(StateName.SUCCEEDED);
		assertThat(this.spine.build(build).image().digest()).isEqualTo(digest);
	}

	@EachDatabase
	void buildWhenTheServerIsDownIsLostAsWithoutIt(TestDatabase database) throws IOException {
		BuildId build = running(database);
		fail(archive(build), build);
		forceAway(build);
		this.real.always("", Fault.error(503, 14, "away"));
		beats();
		assertThat(this.spine.state(build)).isEqualTo(StateName.LOST);
	}

	private static void fail(ObjectNode object, BuildId build) {
		ObjectNode status = object.withObjectProperty("status");
		status.put("phase", "Failed").put("finishedAt", "2026-03-01T12:01:00Z");
		status.remove("nodes");
		status.withObjectProperty("nodes")
			.putObject(build + "-0")
			.put("id", build + "-0")
			.put("name", build + ".clone")
			.put("displayName", "clone")
			.put("templateName", "clone")
			.put("type", "Pod")
			.put("phase", "Failed")
			.put("startedAt", "2026-03-01T12:00:00Z")
			.put("finishedAt", "2026-03-01T12:00:30Z")
			.put("message", "Error (exit code 31)")
			.putObject("outputs")
			.put("exitCode", "31");
	}

}
