package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.cluster.ArgoDefinitions;
import dev.imagefactory.image.Digest;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/**
 * What a real controller once said about a Workflow, said of another one on a real API
 * server.
 */
public final class Replay {

	private static final String VERSION = "4.0.10";

	private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

	private static final ObjectMapper JSON = new ObjectMapper();

	private final KubernetesClient administrator;

	private final String namespace;

	public Replay(KubernetesClient administrator, String namespace) {
		this.administrator = administrator;
		this.namespace = namespace;
	}

	/** Every Workflow that is there. */
	public List<GenericKubernetesResource> workflows() {
		return this.administrator.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
			.inNamespace(this.namespace)
			.list()
			.getItems();
	}

	/**
	 * Gives a Workflow the status that was recorded.
	 * @param workflow its name
	 * @param scenario the recording's name
	 * @param digest the image that is spoken of
	 */
	public void say(String workflow, String scenario, Digest digest) {
		JsonNode recorded = recorded(workflow, scenario, digest);
		List<Map<String, Object>> patch = new ArrayList<>();
		recorded.at("/metadata/labels")
			.propertyStream()
			.filter((label) -> label.getKey().startsWith("workflows.argoproj.io/"))
			.forEach((label) -> patch
				.add(add("/metadata/labels/" + label.getKey().replace("/", "~1"), label.getValue())));
		patch.add(add("/status", recorded.path("status")));
		try {
			this.administrator.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
				.inNamespace(this.namespace)
				.withName(workflow)
				.patch(PatchContext.of(PatchType.JSON), JSON.writeValueAsString(patch));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The last thing that was recorded happens now: what is old counts as silent. */
	private static String asIfNow(String text) {
		Instant last = TIME.matcher(text)
			.results()
			.map((time) -> Instant.parse(time.group()))
			.max(Comparator.naturalOrder())
			.orElseThrow();
		Duration since = Duration.between(last, Instant.now().truncatedTo(ChronoUnit.SECONDS));
		return TIME.matcher(text).replaceAll((time) -> Instant.parse(time.group()).plus(since).toString());
	}

	private static Map<String, Object> add(String path, JsonNode value) {
		return Map.of("op", "add", "path", path, "value", value);
	}

	private static JsonNode recorded(String workflow, String scenario, Digest digest) {
		try {
			String text = asIfNow(Files.readString(Recordings.file(VERSION, scenario)));
			String name = JSON.readTree(text).at("/metadata/name").asText();
			return JSON.readTree(text.replace(name, workflow).replace(WorkflowFixture.DIGEST.value(), digest.value()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
