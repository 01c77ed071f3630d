package dev.imagefactory.engine.argo.checkup;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What a pod of Argo shows of the installation.
 *
 * @param name its name
 * @param workflow the Workflow it belongs to
 * @param created when it was made
 * @param account as whom it runs
 * @param executorImage the image of Argo's executor in it; empty when there is none
 * @param tokenSecret the Secret with the executor's token; empty when it mounts none
 * @param start how far its containers have come
 * @param finished when its last container ended; null before
 * @param identity whether it asks for an identity
 * @param azure what Azure's webhook put into its environment
 */
record PodFact(String name, String workflow, Instant created, String account, String executorImage, String tokenSecret,
		Start start, @Nullable Instant finished, boolean identity, Map<String, String> azure) {

	/** Argo gives it to the volume with its executor's token. */
	private static final String TOKEN_VOLUME = "exec-sa-token";

	/**
	 * Reads a pod.
	 * @param pod the object
	 * @return what it shows
	 */
	static PodFact of(JsonNode pod) {
		JsonNode labels = pod.path("metadata").path("labels");
		return new PodFact(pod.at("/metadata/name").asText(), labels.path("workflows.argoproj.io/workflow").asText(),
				time(pod.at("/metadata/creationTimestamp")), pod.at("/spec/serviceAccountName").asText(),
				executorImage(pod.path("spec")), tokenSecret(pod.at("/spec/volumes")), start(pod.path("status")),
				finished(pod.path("status")), labels.path(StepTemplate.IDENTITY).asText().equals("true"),
				azure(pod.at("/spec/containers")));
	}

	private static String executorImage(JsonNode spec) {
		for (JsonNode container : spec.path("containers")) {
			if (container.path("name").asText().equals("wait")) {
				return container.path("image").asText();
			}
		}
		for (JsonNode container : spec.path("initContainers")) {
			if (container.path("name").asText().equals("init")) {
				return container.path("image").asText();
			}
		}
		return "";
	}

	private static String tokenSecret(JsonNode volumes) {
		for (JsonNode volume : volumes) {
			if (volume.path("name").asText().equals(TOKEN_VOLUME)) {
				return volume.at("/secret/secretName").asText();
			}
		}
		return "";
	}

	private static Start start(JsonNode status) {
		boolean started = statuses(status).anyMatch(
				(container) -> container.path("state").has("running") || container.path("state").has("terminated"));
		if (started) {
			return Start.STARTED;
		}
		// A container whose image cannot be pulled has its volumes already.
		boolean mounting = statuses(status).map((container) -> container.at("/state/waiting/reason").asText())
			.allMatch((reason) -> reason.equals("PodInitializing") || reason.equals("ContainerCreating"));
		boolean scheduled = statuses(status).findAny().isPresent();
		return (mounting && scheduled) ? Start.MOUNTING : Start.OTHER;
	}

	private static Stream<JsonNode> statuses(JsonNode status) {
		return Stream.of("initContainerStatuses", "containerStatuses")
			.flatMap((name) -> status.path(name).valueStream());
	}

	private static @Nullable Instant finished(JsonNode status) {
		String phase = status.path("phase").asText();
		if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
			return null;
		}
		return statuses(status).map((container) -> container.at("/state/terminated/finishedAt"))
			.filter((time) -> !time.isMissingNode())
			.map(PodFact::time)
			.filter(Objects::nonNull)
			.max(Instant::compareTo)
			.orElse(null);
	}

	private static Map<String, String> azure(JsonNode containers) {
		Map<String, String> azure = new HashMap<>();
		containers.forEach((container) -> container.path("env").forEach((variable) -> {
			if (variable.path("name").asText().startsWith("AZURE_")) {
				azure.put(variable.path("name").asText(), variable.path("value").asText());
			}
		}));
		return azure;
	}

	/** A time that cannot be read is long ago. */
	static Instant time(JsonNode time) {
		try {
			return Instant.parse(time.asText());
		}
		catch (DateTimeParseException ex) {
			return Instant.EPOCH;
		}
	}

	/** How far the containers have come. */
	enum Start {

		/** One ran: all volumes were mounted. */
		STARTED,

		/** None ran, and all wait without saying for what: most often for volumes. */
		MOUNTING,

		/** None ran, and there is another reason, such as no node. */
		OTHER

	}

}
