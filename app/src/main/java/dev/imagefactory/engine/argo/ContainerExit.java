package dev.imagefactory.engine.argo;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * How a container of a step's pod ended, as the controller writes it into the node's
 * message. What stands behind it was written by the container itself and is not read.
 *
 * @param container its name, such as {@code main}
 * @param reason Kubernetes' word, such as {@code Error} or {@code OOMKilled}
 * @param code its exit code
 */
record ContainerExit(String container, String reason, int code) {

	private static final Pattern FORM = Pattern
		.compile("(?:(?<container>[a-z0-9-]{1,63}): )?(?<reason>[A-Za-z]{1,64}) \\(exit code (?<code>\\d{1,6})\\)");

	/** What Argo puts beside our containers. */
	private static final Set<String> ARGOS_OWN = Set.of("init", "wait", "supervisor");

	/** What a process that was asked to end, and one that was killed, leave behind. */
	private static final Set<Integer> KILLED = Set.of(137, 143);

	/**
	 * Reads a node's message.
	 * @param message the message
	 * @return empty when it does not speak of a container's end
	 */
	static Optional<ContainerExit> of(@Nullable String message) {
		if (message == null) {
			return Optional.empty();
		}
		Matcher form = FORM.matcher(message);
		if (!form.lookingAt()) {
			return Optional.empty();
		}
		String container = form.group("container");
		return Optional.of(new ContainerExit((container != null) ? container : "main", form.group("reason"),
				Integer.parseInt(form.group("code"))));
	}

	/**
	 * Whether Argo's own container ended badly, and not one of ours.
	 * @return true for Argo's executor
	 */
	boolean isArgos() {
		return ARGOS_OWN.contains(this.container);
	}

	/**
	 * Whether it had more memory than it may.
	 * @return true when Kubernetes says so
	 */
	boolean isOutOfMemory() {
		return this.reason.equals("OOMKilled");
	}

	/**
	 * Whether it ended because somebody killed it.
	 * @return true for SIGTERM and SIGKILL
	 */
	boolean isKilled() {
		return KILLED.contains(this.code) && !isOutOfMemory();
	}

}
