package dev.imagefactory.system;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.cluster.RealKubernetes;
import dev.imagefactory.engine.argo.Replay;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.ImageLabels;
import dev.imagefactory.registry.layout.TestImages;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * Stands for Argo's controller and the pods: begins every Workflow, pushes an image where
 * it is told to, and says what a real controller said. What is asked to stop, stops.
 */
final class ReplayedController implements AutoCloseable {

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Digest NONE = Digest.of("sha256:" + "d".repeat(64));

	private final Replay replay;

	private final Path folder;

	private final Map<String, Integer> seen = new ConcurrentHashMap<>();

	private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

	private final Set<String> ended = ConcurrentHashMap.newKeySet();

	/** Whether Workflows go on until they are stopped. */
	volatile boolean holds;

	/** Whose images were pushed. */
	final Set<String> pushed = ConcurrentHashMap.newKeySet();

	ReplayedController(RealKubernetes kubernetes, String namespace, Path folder) {
		this.replay = new Replay(kubernetes.administrator(), namespace);
		this.folder = folder;
		this.thread.scheduleWithFixedDelay(this::play, 0, 200, TimeUnit.MILLISECONDS);
	}

	List<GenericKubernetesResource> workflows() {
		return this.replay.workflows();
	}

	private void play() {
		try {
			workflows().forEach(this::play);
		}
		catch (KubernetesClientException ex) {
			// The API server is away, and is asked again.
		}
	}

	private void play(GenericKubernetesResource workflow) {
		String name = workflow.getMetadata().getName();
		int times = this.seen.merge(name, 1, Integer::sum);
		JsonNode spec = JSON.valueToTree(workflow.getAdditionalProperties().get("spec"));
		if (this.ended.contains(name)) {
			return;
		}
		if (times == 1) {
			this.replay.say(name, "running-clone", NONE);
		}
		else if (spec.path("shutdown").asText().equals("Terminate")) {
			end(name, "build-terminate", NONE);
		}
		else if (!this.holds) {
			end(name, "succeeded", push(name, spec));
		}
	}

	private void end(String name, String scenario, Digest digest) {
		this.replay.say(name, scenario, digest);
		this.ended.add(name);
	}

	private Digest push(String build, JsonNode spec) {
		Path layout = this.folder.resolve(build);
		Digest digest = TestImages.make(layout, Map.of("made", build), Map.of(ImageLabels.BUILD, build));
		destinations(spec).forEach((destination) -> GitProject.Tools.run(this.folder, List.of("skopeo", "copy", "-q",
				"--preserve-digests", "--dest-tls-verify=false", "oci:" + layout, "docker://" + destination)));
		this.pushed.add(build);
		return digest;
	}

	private static List<String> destinations(JsonNode spec) {
		for (JsonNode parameter : spec.at("/arguments/parameters")) {
			if (parameter.path("name").asText().equals("destinations")) {
				return parameter.path("value").asText().lines().toList();
			}
		}
		throw new AssertionError("A Workflow without destinations: " + spec);
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
