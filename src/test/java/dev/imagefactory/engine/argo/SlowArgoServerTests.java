package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.StrictArgoServer.Fault;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An Argo Server that answers well, but slowly: many Workflows keep their nodes there.
 */
class SlowArgoServerTests {

	private final TestCluster cluster = new TestCluster();

	private final StrictArgoServer real = new StrictArgoServer();

	private final PlayedController controller = new PlayedController(this.cluster.kubernetes.store);

	@TempDir
	Path folder;

	private ArgoEngine engine;

	@AfterEach
	void close() {
		this.cluster.close();
		this.real.close();
	}

	@Test
	void listWhenEachAnswerIsSlowLeavesTheServerAloneForAWhile() throws IOException {
		begin(40);
		this.real.always("GET", Fault.late(Duration.ofMillis(1100)));
		for (int i = 0; i < 6; i++) {
			assertThat(list()).hasSize(40);
		}
		assertThat(this.real.requests).as("no more once three were slow").hasSize(3);
		assertThat(list()).filteredOn(SlowArgoServerTests::isKnown).hasSize(3);
	}

	@Test
	void listWhenAnswersTogetherTakeLongHasAnEndAndGoesOnNextTimeWithTheOthers() throws IOException {
		begin(40);
		this.real.always("GET", Fault.late(Duration.ofMillis(300)));
		assertThat(list()).hasSize(40);
		int first = this.real.requests.size();
		assertThat(first).as("asked for at most a second").isBetween(1, 5);
		List<RunStatus> second = list();
		assertThat(this.real.requests).as("others than the first time").doesNotHaveDuplicates();
		assertThat(second).filteredOn(SlowArgoServerTests::isKnown)
			.as("what is known and has not changed stays known")
			.hasSize(this.real.requests.size())
			.hasSizeGreaterThan(first);
	}

	@Test
	void listWhenThoseThatRunUseUpTheTimeAsksAboutThoseThatEnded() throws IOException {
		BuildId ended = begin(40).stream().max(Comparator.naturalOrder()).orElseThrow();
		this.controller.succeed(ended, WorkflowFixture.DIGEST);
		hideNodes(ended, "fnv:2");
		this.real.always("GET", Fault.late(Duration.ofMillis(300)));
		assertThat(list()).filteredOn((status) -> status.build().equals(ended))
			.singleElement()
			.extracting(RunStatus::phase)
			.isInstanceOf(RunPhase.Ended.class);
	}

	@Test
	void findWhenTheTimeOfTheListIsUsedUpDoesNotAskEither() throws IOException {
		List<BuildId> builds = begin(40);
		this.real.always("GET", Fault.late(Duration.ofMillis(300)));
		list();
		int asked = this.real.requests.size();
		builds.forEach((build) -> assertThat(this.engine.find(build)).isPresent());
		assertThat(this.real.requests).hasSize(asked);
	}

	@Test
	void listWhenTheObjectHasChangedAsksAnew() throws IOException {
		BuildId build = begin(1).getFirst();
		assertThat(list()).allMatch(SlowArgoServerTests::isKnown);
		list();
		assertThat(this.real.requests).hasSize(1);
		offload(build, "fnv:2");
		assertThat(list()).allMatch(SlowArgoServerTests::isKnown);
		assertThat(this.real.requests).hasSize(2);
	}

	private static boolean isKnown(RunStatus status) {
		return status.phase() instanceof RunPhase.Running;
	}

	private List<RunStatus> list() {
		return Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), this.engine::list);
	}

	private List<BuildId> begin(int runs) throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		this.engine = this.cluster.engine(Clock.systemUTC(),
				TestArgoServer.of(this.real.address(), token, TestArgoServer.guard(Duration.ofSeconds(5))));
		return Stream.generate(TestRuns::release).limit(runs).map(this::offloaded).toList();
	}

	private BuildId offloaded(Run run) {
		this.engine.submit(run);
		this.controller.begin(run.build());
		offload(run.build(), "fnv:1");
		return run.build();
	}

	private void offload(BuildId build, String version) {
		this.controller.begin(build);
		hideNodes(build, version);
	}

	/** The server shows the same object with its nodes. */
	private void hideNodes(BuildId build, String version) {
		ObjectNode nodes = this.cluster.stored(build).withObjectProperty("status").withObjectProperty("nodes");
		this.cluster.kubernetes.store.change(TestCluster.BUILDS, build.value(),
				(object) -> object.withObjectProperty("status")
					.put("offloadNodeStatusVersion", version)
					.remove("nodes"));
		ObjectNode whole = this.cluster.stored(build);
		whole.withObjectProperty("status").set("nodes", nodes);
		this.real.live.put("builds/" + build, whole);
	}

}
