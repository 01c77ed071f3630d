package dev.imagefactory.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.argo.TestArgo;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every build becomes exactly one Workflow on a real API server, although a third of the
 * calls goes wrong, the server is killed, and the service forgets everything again and
 * again. A test plays Argo's controller.
 */
class IntentsOnServerTests {

	private static final String BUILDS = "builds";

	private static final String END = "The test has ended it";

	private static final int RELEASES = Boolean.getBoolean("tests.soak") ? 400 : 12;

	private static RealKubernetes kubernetes;

	@BeforeAll
	static void start() {
		kubernetes = RealKubernetes.start();
		ArgoDefinitions.install(kubernetes.administrator(), BUILDS);
	}

	@AfterAll
	static void stop() {
		if (kubernetes != null) {
			kubernetes.close();
		}
	}

	@EachDatabase
	void intentsWhenAThirdOfTheCallsGoesWrongAreOneWorkflowEach(TestDatabase database) {
		try (Spine spine = new Spine(database, Duration.ofMinutes(2));
				LossyProxy proxy = new LossyProxy(kubernetes, 30, 1)) {
			List<BuildId> builds = IntStream.range(0, RELEASES)
				.mapToObj((number) -> spine.release("v1.0." + number, CommitSha.of("%040x".formatted(number + 1))))
				.toList();
			Controller controller = new Controller();
			for (int round = 0; round < 600 && isOpen(spine, builds); round++) {
				round(spine, proxy, controller, round);
			}
			proxy.percent = 0;
			for (int round = 1; round <= 3; round++) {
				round(spine, proxy, controller, round);
			}
			assertThat(builds).allSatisfy((build) -> {
				assertThat(spine.state(build)).isEqualTo(StateName.ERRORED);
				assertThat(spine.build(build).state().explanation().orElse("")).contains(END);
			});
			assertThat(controller.seen).as("every intent, and nothing else")
				.containsExactlyInAnyOrderElementsOf(builds.stream().map(BuildId::value).toList());
			assertThat(proxy.created()).as("each created once")
				.containsOnlyKeys(controller.seen.toArray(String[]::new))
				.allSatisfy((name, times) -> assertThat(times).as(name).isOne());
			assertThat(controller.workflows()).allMatch((workflow) -> workflow.getMetadata().getFinalizers().isEmpty());
			assertThat(spine.held()).isEmpty();
			assertThat(proxy.requestsLost).hasPositiveValue();
			assertThat(proxy.answersLost).hasPositiveValue();
			controller.workflows().forEach(IntentsOnServerTests::delete);
		}
	}

	private static boolean isOpen(Spine spine, List<BuildId> builds) {
		return builds.stream().anyMatch((build) -> spine.build(build).isOpen());
	}

	/** Each third round begins in a process that was just started. */
	private static void round(Spine spine, LossyProxy proxy, Controller controller, int round) {
		if (round % 40 == 20) {
			kubernetes.kill();
		}
		try (TestArgo argo = TestArgo.of(config(proxy), "01KJMM0000WYCD31K2MHW094P0", "registry.example.com", spine,
				spine.clock)) {
			Submitter submitter = spine.newSubmitter(argo.engine(), Runnable::run);
			Tracking tracking = spine.newTracking(argo.engine());
			for (int beat = 0; beat < 3; beat++) {
				spine.clock.pass(Spine.APART);
				submitter.work();
				tracking.relist();
			}
		}
		if (round % 40 == 20) {
			kubernetes.restart();
		}
		controller.play();
	}

	private static Config config(LossyProxy proxy) {
		return new ConfigBuilder(Config.empty()).withMasterUrl(proxy.address())
			.withOauthToken(RealKubernetes.ADMINISTRATOR)
			.build();
	}

	private static void delete(GenericKubernetesResource workflow) {
		kubernetes.administrator().resource(workflow).delete();
	}

	/** Begins every Workflow that it sees for the first time, and then ends it. */
	private static final class Controller {

		private final Set<String> seen = new HashSet<>();

		List<GenericKubernetesResource> workflows() {
			return kubernetes.administrator()
				.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
				.inNamespace(BUILDS)
				.list()
				.getItems();
		}

		void play() {
			for (GenericKubernetesResource workflow : workflows()) {
				String name = workflow.getMetadata().getName();
				if (this.seen.add(name)) {
					say(workflow, Map.of("phase", "Running", "startedAt", "2026-01-01T00:00:00Z"));
				}
				else if (!workflow.getMetadata().getFinalizers().isEmpty()) {
					say(workflow, Map.of("phase", "Error", "message", END, "startedAt", "2026-01-01T00:00:00Z",
							"finishedAt", "2026-01-01T00:01:00Z"));
				}
			}
		}

		private void say(GenericKubernetesResource workflow, Map<String, String> status) {
			kubernetes.administrator()
				.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
				.inNamespace(BUILDS)
				.withName(workflow.getMetadata().getName())
				.patch(PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", status)));
		}

	}

}
