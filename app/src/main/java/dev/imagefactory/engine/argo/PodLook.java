package dev.imagefactory.engine.argo;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a pod of a step is about: its container {@code main} is the step.
 *
 * @param name the pod's name
 * @param node the id of the node whose pod it is
 * @param main where that container is
 * @param failedInits the containers before it that ended badly
 * @param words what the cluster says of the pod; empty when it says nothing
 */
record PodLook(String name, String node, Main main, List<String> failedInits, String words) {

	/** The container that does the step's work. */
	static final String MAIN = "main";

	private static final String NODE = "workflows.argoproj.io/node-id";

	/** Where the container is that does the step's work. */
	enum Main {

		/** It has not begun. */
		WAITING,

		/** It is at work. */
		RUNNING,

		/** It has ended. */
		ENDED,

		/** It will never begin. */
		NEVER

	}

	PodLook {
		failedInits = List.copyOf(failedInits);
	}

	/**
	 * Looks at a pod.
	 * @param pod a pod of a Workflow
	 * @return empty when it is no step's
	 */
	static Optional<PodLook> of(Pod pod) {
		Map<String, String> annotations = (pod.getMetadata() != null) ? pod.getMetadata().getAnnotations() : null;
		String node = (annotations != null) ? annotations.get(NODE) : null;
		if (node == null) {
			return Optional.empty();
		}
		PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
		String words = Stream.of(status.getReason(), status.getMessage())
			.filter((text) -> text != null && !text.isBlank())
			.reduce((reason, message) -> reason + ": " + message)
			.orElse("");
		return Optional.of(new PodLook(pod.getMetadata().getName(), node, main(status), failed(status), words));
	}

	private static Main main(PodStatus status) {
		ContainerState state = Stream.ofNullable(status.getContainerStatuses())
			.flatMap(List::stream)
			.filter((container) -> MAIN.equals(container.getName()))
			.map(ContainerStatus::getState)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		boolean podOver = "Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase());
		if (state != null && state.getTerminated() != null) {
			return isStarted(state) ? Main.ENDED : Main.NEVER;
		}
		if (state != null && state.getRunning() != null && !podOver) {
			return Main.RUNNING;
		}
		return podOver ? ((state != null && state.getRunning() != null) ? Main.ENDED : Main.NEVER) : Main.WAITING;
	}

	/** The kubelet writes an end without a container for one that it never started. */
	private static boolean isStarted(ContainerState state) {
		String id = state.getTerminated().getContainerID();
		return id != null && !id.isEmpty();
	}

	private static List<String> failed(PodStatus status) {
		return Stream.ofNullable(status.getInitContainerStatuses())
			.flatMap(List::stream)
			.filter((container) -> isBad(container.getState()))
			.map(ContainerStatus::getName)
			.toList();
	}

	private static boolean isBad(@Nullable ContainerState state) {
		return state != null && state.getTerminated() != null
				&& !Integer.valueOf(0).equals(state.getTerminated().getExitCode());
	}

}
