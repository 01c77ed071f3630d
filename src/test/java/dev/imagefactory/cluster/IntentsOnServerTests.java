package dev.imagefactory.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.argo.Replay;
import dev.imagefactory.engine.argo.TestArgo;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.spine.Spine;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every build becomes exactly one Workflow on a real API server, although a third of the
 * calls goes wrong, the server is killed, and the service forgets everything again and
 * again; and every build ends as its Workflow did. A test plays Argo's controller, with
 * what real ones said.
 */
@Tag("scaled")
class IntentsOnServerTests {

	private static final String BUILDS = "builds";

	/** An image that nobody pushed. */
	private static final Digest NONE = Digest.of("sha256:" + "d".repeat(64));

	private static final List<Ending> ENDINGS = List.of(new Ending("succeeded", StateName.SUCCEEDED, ""),
			new Ending("clone-31", StateName.FAILED, "commit-not-found"),
			new Ending("succeeded", StateName.SUCCEEDED, ""),
			new Ending("build-out-of-memory", StateName.FAILED, "out-of-memory"),
			new Ending("scan-20", StateName.REJECTED, "findings"),
			new Ending("deadline-workflow", StateName.TIMED_OUT, ""),
			new Ending("template-missing", StateName.ERRORED, "template-missing"));

	private static final int RELEASES = Boolean.getBoolean("tests.soak") ? 100 : 12;

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
				.mapToObj((number) -> spine.release("v1.0." + number,
						CommitSha.of("%08x".formatted(number + 1).repeat(5))))
				.toList();
			Controller controller = new Controller(spine, builds);
			for (int round = 0; round < 600 && isOpen(spine, builds); round++) {
				round(spine, proxy, controller, round);
			}
			proxy.percent = 0;
			for (int round = 1; round <= 3; round++) {
				round(spine, proxy, controller, round);
			}
			assertThat(builds).allSatisfy((build) -> {
				assertThat(spine.state(build)).isEqualTo(controller.ending(build).state());
				assertThat(spine.why(build)).isEqualTo(controller.ending(build).why());
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

	/**
	 * Begins every Workflow that it sees for the first time, and then ends it, as real
	 * ones did.
	 */
	private static final class Controller {

		private final Replay replay = new Replay(kubernetes.administrator(), BUILDS);

		private final Spine spine;

		private final List<BuildId> builds;

		private final Set<String> seen = new HashSet<>();

		private final Map<String, Digest> pushed = new HashMap<>();

		Controller(Spine spine, List<BuildId> builds) {
			this.spine = spine;
			this.builds = builds;
		}

		List<GenericKubernetesResource> workflows() {
			return this.replay.workflows();
		}

		Ending ending(BuildId build) {
			return ENDINGS.get(this.builds.indexOf(build) % ENDINGS.size());
		}

		void play() {
			for (GenericKubernetesResource workflow : workflows()) {
				BuildId build = BuildId.of(workflow.getMetadata().getName());
				if (this.seen.add(build.value())) {
					this.replay.say(build.value(), "running-clone", NONE);
				}
				else if (!workflow.getMetadata().getFinalizers().isEmpty()) {
					this.replay.say(build.value(), ending(build).recording(),
							this.pushed.computeIfAbsent(build.value(), (name) -> push(build)));
				}
			}
		}

		private Digest push(BuildId build) {
			if (ending(build).state() != StateName.SUCCEEDED) {
				return NONE;
			}
			Run run = this.spine.builds.run(build).orElseThrow();
			return this.spine.registry.publish(build.value(), run.order().key().image(), run.tags());
		}

	}

	/**
	 * How a Workflow once ended, and what a build is then.
	 *
	 * @param recording what the controller said
	 * @param state the build's state
	 * @param why its reason
	 */
	private record Ending(String recording, StateName state, String why) {
	}

}
