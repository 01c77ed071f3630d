package dev.imagefactory.engine.argo;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.imagefactory.engine.FileStepLogsAccess;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.Step;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The engine looks after the logs of its runs, and keeps a Workflow until they are
 * stored.
 */
class ArgoLogsTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:02:00Z");

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private final PlayedController controller = new PlayedController(this.kubernetes.store);

	private final List<BuildId> hints = new CopyOnWriteArrayList<>();

	private final Run run = TestRuns.release();

	private final BuildId build = this.run.build();

	private StepLogs stored;

	private ArgoEngine engine;

	@BeforeEach
	void begin(@TempDir Path folder) {
		this.stored = FileStepLogsAccess.in(folder);
		this.engine = engine(folder);
		this.engine.start();
	}

	private ArgoEngine engine(Path folder) {
		KubernetesCalls calls = new KubernetesCalls(this.cluster.client(), System::nanoTime);
		PodLogs logs = new PodLogs(FileStepLogsAccess.followed(folder), new PodApi(calls, PodApi.Limits.standard()),
				ArchivedLog.none(), LogStage.QUICK, System::nanoTime);
		logs.onStored(this.hints::add);
		return this.cluster.engine(Clock.fixed(NOW, ZoneOffset.UTC), logs);
	}

	@AfterEach
	void close() {
		this.cluster.close();
	}

	@Test
	void releaseWhenLogsAreNotStoredYetIsPutOffUntilTheyAre() {
		this.kubernetes.always("/log?", Fault.answer(Reply.status(503, "ServiceUnavailable", "the kubelet is away")));
		this.engine.submit(this.run);
		this.controller.begin(this.build);
		pod(Step.CLONE).writes(NOW, "Cloning").ends(0);
		assertThat(this.engine.list()).singleElement();
		this.controller.succeed(this.build, WorkflowFixture.DIGEST);
		for (Step step : List.of(Step.BUILD, Step.SCAN, Step.PUSH)) {
			pod(step).writes(NOW, "At " + step.wireName()).ends(0);
		}
		assertThat(this.engine.find(this.build).orElseThrow().phase()).isInstanceOf(RunPhase.Ended.class);
		this.engine.release(this.build);
		assertThat(held()).as("its pods would go with it").isTrue();
		this.kubernetes.heal();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.hints.contains(this.build));
		this.engine.release(this.build);
		assertThat(held()).isFalse();
		assertThat(this.stored.steps(this.build)).containsExactly(Step.values());
		assertThat(this.stored.read(this.build, Step.PUSH, 0).text()).endsWith(" At push\n");
		assertThat(this.stored.read(this.build, Step.PUSH, Long.MAX_VALUE).complete()).isTrue();
	}

	@Test
	void listWhenARunWasReleasedLeavesItsLogsAlone(@TempDir Path empty) {
		this.engine.submit(this.run);
		this.controller.succeed(this.build, WorkflowFixture.DIGEST);
		this.engine.find(this.build);
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> this.hints.contains(this.build));
		this.engine.release(this.build);
		long before = this.kubernetes.count("GET /api/v1");
		ArgoEngine another = engine(empty);
		another.start();
		assertThat(another.list()).isEmpty();
		assertThat(another.find(this.build)).isPresent();
		pod(Step.CLONE).ends(0);
		Awaitility.await().during(Duration.ofMillis(500)).until(() -> this.kubernetes.count("GET /api/v1") == before);
	}

	private boolean held() {
		return !this.cluster.stored(this.build).at("/metadata/finalizers").isEmpty();
	}

	private PodStore.Pod pod(Step step) {
		return this.kubernetes.pods
			.add(this.build.value(), this.build + "-" + step.ordinal(), this.build + "-" + step.wireName())
			.runs();
	}

}
