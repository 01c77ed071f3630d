package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.StrictArgoServer.Fault;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.StepState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What an Argo Server tells of runs that the API server does not tell, or not wholly. */
@Timeout(30)
class ArchivedRunsTests {

	private static final String UID = "4b6b2f0e-3f0b-4c0e-9d55-0d8f6a9e7a11";

	private final TestCluster cluster = new TestCluster();

	private final PlayedController controller = new PlayedController(this.cluster.kubernetes.store);

	private final StrictArgoServer real = new StrictArgoServer();

	private final Run run = TestRuns.release();

	private final BuildId build = this.run.build();

	@TempDir
	Path folder;

	private ArgoEngine engine;

	@BeforeEach
	void open() throws IOException {
		this.engine = engine(TestArgoServer.PATIENCE);
		this.engine.submit(this.run);
	}

	private ArgoEngine engine(Duration patience) throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		return this.cluster.engine(Clock.systemUTC(),
				TestArgoServer.of(this.real.address(), token, TestArgoServer.guard(patience)));
	}

	@AfterEach
	void close() {
		assertThat(this.real.requests).allMatch((line) -> line.startsWith("GET"));
		this.cluster.close();
		this.real.close();
	}

	/** Ends the run, keeps it in the archive, and takes the object away. */
	private void archive(Consumer<ObjectNode> change) {
		this.controller.succeed(this.build, WorkflowFixture.DIGEST);
		ObjectNode object = this.cluster.stored(this.build);
		WorkflowStore.meta(object).put("uid", UID).withObjectProperty("labels").put("other", "label");
		change.accept(object);
		this.real.keep(object);
		this.cluster.kubernetes.store.change(TestCluster.BUILDS, this.build.value(),
				(stored) -> WorkflowStore.meta(stored).remove("finalizers"));
		this.cluster.kubernetes.store.delete(TestCluster.BUILDS, this.build.value());
		assertThat(this.engine.find(this.build)).isEmpty();
	}

	private static void isAsItWas(ObjectNode workflow) {
		assertThat(workflow).isNotEmpty();
	}

	@Test
	void archivedWhenItIsThereIsReadAsIfItLived() {
		archive(ArchivedRunsTests::isAsItWas);
		RunStatus status = this.engine.archived(this.build).orElseThrow();
		assertThat(status.phase())
			.isEqualTo(new RunPhase.Ended(((RunPhase.Ended) status.phase()).result(), WorkflowFixture.DIGEST));
		assertThat(status.scanned().digest()).isEqualTo(WorkflowFixture.DIGEST);
		assertThat(status.steps()).allMatch((step) -> step.state() == StepState.SUCCEEDED);
		assertThat(this.cluster.logs.archived).containsExactly(this.build.value());
		assertThat(this.real.requests).containsExactly(
				"GET /argo/api/v1/archived-workflows?namespace=builds&listOptions.fieldSelector=metadata.name%3D"
						+ this.build + "&listOptions.limit=5",
				"GET /argo/api/v1/archived-workflows/" + UID + "?namespace=builds");
	}

	@Test
	void archivedWhenItIsNotThereIsEmpty() {
		archive(ArchivedRunsTests::isAsItWas);
		this.real.archive.clear();
		assertThat(this.engine.archived(this.build)).isEmpty();
	}

	@Test
	void archivedWhenThePushSaysAnotherDigestThanTheScanIsNoSuccess() {
		archive((workflow) -> ((ObjectNode) workflow.at("/status/nodes/" + this.build + "-3/outputs/parameters/0"))
			.put("value", WorkflowFixture.OTHER.value()));
		RunPhase.Ended ended = (RunPhase.Ended) this.engine.archived(this.build).orElseThrow().phase();
		assertThat(ended.result()).isInstanceOf(RunResult.Errored.class);
	}

	@Test
	void archivedWhenItIsAnothersIsEmpty() {
		archive((workflow) -> WorkflowStore.meta(workflow)
			.withObjectProperty("labels")
			.put("image-factory.dev/installation", "another"));
		assertThat(this.engine.archived(this.build)).isEmpty();
		assertThat(this.cluster.logs.archived).isEmpty();
	}

	@Test
	void archivedWhenItWasMadeForAnotherRunIsEmpty() {
		Run other = TestRuns.release();
		this.engine.submit(other);
		String order = this.cluster.stored(other).at("/metadata/annotations/image-factory.dev~1order").asText();
		archive((workflow) -> WorkflowStore.meta(workflow)
			.withObjectProperty("annotations")
			.put("image-factory.dev/order", order));
		assertThat(this.engine.archived(this.build)).isEmpty();
		this.real.archive.get(UID).withObjectProperty("metadata").remove("annotations");
		assertThat(this.engine.archived(this.build)).isEmpty();
	}

	@Test
	void archivedWhenItHasNotEndedOrIsOddIsEmpty() {
		archive((workflow) -> workflow.withObjectProperty("status").put("phase", "Running").remove("finishedAt"));
		assertThat(this.engine.archived(this.build)).isEmpty();
		this.real.archive.get(UID).remove("status");
		assertThat(this.engine.archived(this.build)).isEmpty();
		this.real.archive.get(UID).withObjectProperty("status").put("phase", "Succeeded").put("nodes", "none");
		assertThat(this.engine.archived(this.build)).isEmpty();
	}

	@Test
	void archivedWhenTheAnswerIsAnotherWorkflowIsEmpty() {
		archive(ArchivedRunsTests::isAsItWas);
		ObjectNode other = this.real.archive.get(UID).deepCopy();
		for (String field : new String[] { "name", "namespace", "uid" }) {
			ObjectNode lied = other.deepCopy();
			WorkflowStore.meta(lied).put(field, "another");
			this.real.once("archived-workflows/", Fault.answer(200, "application/json", lied.toString()));
			assertThat(this.engine.archived(this.build)).as(field).isEmpty();
		}
		assertThat(this.engine.archived(this.build)).isPresent();
	}

	@Test
	void archivedWhenTheNameWasUsedTwiceIsTheNewestOfOurs() {
		archive((workflow) -> WorkflowStore.meta(workflow).put("creationTimestamp", "2026-03-01T12:00:00Z"));
		ObjectNode newer = this.real.archive.get(UID).deepCopy();
		WorkflowStore.meta(newer).put("uid", "newer").put("creationTimestamp", "2026-03-01T12:00:01Z");
		newer.withObjectProperty("status").put("phase", "Error").put("message", "no").remove("nodes");
		ObjectNode foreign = newer.deepCopy();
		WorkflowStore.meta(foreign).put("uid", "foreign").put("creationTimestamp", "2026-03-01T12:00:02Z");
		WorkflowStore.meta(foreign).remove("labels");
		this.real.keep(newer);
		this.real.keep(foreign);
		RunPhase.Ended ended = (RunPhase.Ended) this.engine.archived(this.build).orElseThrow().phase();
		assertThat(ended.result()).isInstanceOf(RunResult.Errored.class);
	}

	@ParameterizedTest
	@ValueSource(strings = { "archived-workflows?", "archived-workflows/" })
	void archivedWhenTheServerIsInTroubleIsEmpty(String call) throws IOException {
		archive(ArchivedRunsTests::isAsItWas);
		for (Fault fault : new Fault[] { Fault.error(500, 13, "away"), Fault.error(501, 12, "Not Implemented"),
				Fault.error(403, 7, "no"), Fault.answer(200, "text/html", "<html>"), Fault.silent(), Fault.halfway(),
				Fault.endless(), Fault.answer(200, "application/json", "{\"items\":[null,{\"metadata\":null}]}") }) {
			this.real.heal();
			this.real.always(call, fault);
			assertThat(engine(Duration.ofSeconds(2)).archived(this.build)).isEmpty();
		}
		this.real.heal();
		assertThat(this.engine.archived(this.build)).isPresent();
	}

	/** With its nodes in Argo's database, as the controller leaves the object. */
	private void offload() {
		this.controller.succeed(this.build, WorkflowFixture.DIGEST);
		this.cluster.kubernetes.store.change(TestCluster.BUILDS, this.build.value(), (object) -> {
			WorkflowStore.meta(object).put("uid", UID);
			this.real.live.put("builds/" + this.build, object.deepCopy());
			object.withObjectProperty("status").put("offloadNodeStatusVersion", "fnv:1").remove("nodes");
		});
	}

	private Optional<String> waits() {
		return this.engine.find(this.build)
			.map(RunStatus::phase)
			.filter(RunPhase.Waiting.class::isInstance)
			.map((phase) -> ((RunPhase.Waiting) phase).reason());
	}

	@Test
	void findWhenTheNodesAreInArgosDatabaseHasTheServerReadThem() {
		offload();
		assertThat(this.engine.find(this.build).orElseThrow().scanned().digest()).isEqualTo(WorkflowFixture.DIGEST);
		assertThat(this.engine.list().getFirst().phase()).isInstanceOf(RunPhase.Ended.class);
	}

	@Test
	void findWhenTheServerSpeaksOfAnotherObjectOrNotAtAllWaitsAsWithoutIt() {
		offload();
		ObjectNode other = this.real.live.get("builds/" + this.build);
		WorkflowStore.meta(other).put("uid", "another");
		assertThat(waits()).contains("nodes-offloaded");
		this.real.live.clear();
		assertThat(waits()).contains("nodes-offloaded");
		this.real.always("", Fault.error(500, 13, "away"));
		assertThat(waits()).contains("nodes-offloaded");
		this.real.heal();
		this.real.close();
		assertThat(waits()).contains("nodes-offloaded");
	}

	/** The phase is the API server's word, whatever the nodes come from. */
	@Test
	void findWhenTheServerSaysAnotherPhaseKeepsThatOfTheObject() {
		offload();
		this.cluster.kubernetes.store.change(TestCluster.BUILDS, this.build.value(),
				(object) -> object.withObjectProperty("status").put("phase", "Running").remove("finishedAt"));
		assertThat(this.engine.find(this.build).orElseThrow().phase()).isInstanceOf(RunPhase.Running.class);
	}

	@Test
	void findWhenTheObjectSaysEverythingDoesNotAskTheServer() {
		this.controller.succeed(this.build, WorkflowFixture.DIGEST);
		assertThat(this.engine.find(this.build)).isPresent();
		assertThat(this.engine.list()).hasSize(1);
		assertThat(this.real.requests).isEmpty();
	}

}
