package dev.imagefactory.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.cluster.ArgoDefinitions;
import dev.imagefactory.cluster.LossyProxy;
import dev.imagefactory.cluster.RealKubernetes;
import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.engine.argo.Replay;
import dev.imagefactory.git.SampleRepository;
import dev.imagefactory.registry.oci.OciRegistryServer;
import dev.imagefactory.system.ServiceProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import org.awaitility.Awaitility;

/**
 * A service with the engine argo on a real API server and PostgreSQL, a repository with
 * many releases, and somebody who notes when each Workflow is there.
 */
final class WorkflowCluster implements AutoCloseable {

	static final String BUILDS = "builds";

	private static final ObjectMapper JSON = new ObjectMapper();

	final RealKubernetes kubernetes = RealKubernetes.start();

	final Replay replay;

	/** When the Workflow of each git ref was seen first, and what it is called. */
	final Map<String, Seen> seen = new ConcurrentHashMap<>();

	private final Path folder;

	private final PostgresServer database;

	private final OciRegistryServer registry;

	private final GitInProcess git;

	private final Watch watch;

	private int runs;

	WorkflowCluster(Path folder, int releases) throws IOException {
		this.folder = folder;
		ArgoDefinitions.install(this.kubernetes.administrator(), BUILDS);
		this.replay = new Replay(this.kubernetes.administrator(), BUILDS);
		this.database = PostgresServer.startDurable();
		this.registry = OciRegistryServer.start(folder.resolve("registry"));
		SampleRepository sample = SampleRepository.in(folder.resolve("git/acme/app.git"));
		for (int i = 0; i < releases; i++) {
			sample.file("version", Integer.toString(i));
			sample.tag("v1.0." + i, sample.commit("Release " + i));
		}
		this.git = GitInProcess.pack(folder.resolve("git/acme/app.git"), "/acme/app.git");
		this.watch = this.kubernetes.administrator()
			.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
			.inNamespace(BUILDS)
			.watch(new Noted());
	}

	/** The service as operators start it, reaching the API directly. */
	ServiceProcess start() throws IOException {
		return start(this.kubernetes.kubeconfig(), Duration.ofSeconds(60));
	}

	/** The same over something that stands before the API. */
	ServiceProcess start(LossyProxy proxy, Duration relist) throws IOException {
		Path access = Files.writeString(this.folder.resolve("access-" + this.runs),
				RealKubernetes.accessOver(proxy.address()));
		return start(access, relist);
	}

	private ServiceProcess start(Path access, Duration relist) throws IOException {
		Path secret = Files.writeString(this.folder.resolve("secret"), DeliveryLoad.SECRET + "\n");
		Path password = Files.writeString(this.folder.resolve("password"), this.database.password());
		return ServiceProcess.on(this.folder.resolve("data-" + this.runs++))
			.environment("KUBECONFIG", access.toString())
			.with("image-factory.engine", "argo")
			.with("image-factory.argo.relist-interval", relist.toSeconds() + "s")
			.with("image-factory.database.url", this.database.url())
			.with("image-factory.database.username", this.database.user())
			.with("image-factory.database.password-file", password)
			.with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", this.registry.host())
			.with("image-factory.registry.insecure", true)
			.with("image-factory.queue.max-running", 5000)
			.with("image-factory.queue.max-running-per-repository", 5000)
			.with("image-factory.github.web-url", this.git.host())
			.with("image-factory.github.webhook.secret-files[0]", secret)
			.with("image-factory.teams[0].name", "test")
			.with("image-factory.teams[0].image-prefix", "test")
			.with("image-factory.teams[0].repositories[0].name", "acme/app")
			.jvm(System.getProperty("bench.jvm", DeliveriesBenchmark.JVM).split(" "))
			.start();
	}

	/** Waits until the Workflows of releases are there. */
	void awaitReleases(int from, int to, Duration patience) {
		Awaitility.await().atMost(patience).pollInterval(Duration.ofMillis(50)).until(() -> {
			for (int i = from; i < to; i++) {
				if (!this.seen.containsKey(ref(i))) {
					return false;
				}
			}
			return true;
		});
	}

	static String ref(int release) {
		return "refs/tags/v1.0." + release;
	}

	/** A release of 10 KB. */
	static byte[] payload(int release) {
		return new String(DeliveryLoad.payload(release), StandardCharsets.UTF_8)
			.replace("\"tag_name\":\"v1.0.0\"", "\"tag_name\":\"v1.0.%d\"".formatted(release))
			.getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public void close() {
		this.watch.close();
		this.git.close();
		this.registry.close();
		this.database.close();
		this.kubernetes.close();
	}

	/**
	 * A Workflow that was seen.
	 *
	 * @param name its name
	 * @param nanos when
	 * @param times how many Workflows there were for the ref
	 */
	record Seen(String name, long nanos, int times) {

		static Seen and(Seen before, Seen next) {
			return before.name.equals(next.name) ? before : new Seen(before.name, before.nanos, before.times + 1);
		}

	}

	/** Notes what is added. */
	private final class Noted implements Watcher<GenericKubernetesResource> {

		@Override
		public void eventReceived(Action action, GenericKubernetesResource workflow) {
			long now = System.nanoTime();
			if (action == Action.ADDED && workflow.getMetadata().getName().startsWith("build-")) {
				ref(workflow).ifPresent((ref) -> WorkflowCluster.this.seen.merge(ref,
						new Seen(workflow.getMetadata().getName(), now, 1), Seen::and));
			}
		}

		private static Optional<String> ref(GenericKubernetesResource workflow) {
			JsonNode spec = JSON.valueToTree(workflow.getAdditionalProperties().get("spec"));
			for (JsonNode parameter : spec.at("/arguments/parameters")) {
				if (parameter.path("name").asText().equals("ref")) {
					return Optional.of(parameter.path("value").asText());
				}
			}
			return Optional.empty();
		}

		@Override
		public void onClose(WatcherException cause) {
			throw new IllegalStateException("The benchmark's own watch ended", cause);
		}

	}

}
