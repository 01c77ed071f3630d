package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.Step;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Outputs;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Parameter;
import org.jspecify.annotations.Nullable;

/**
 * What a Workflow says of one of our steps: the node of its task, and its attempts when
 * that node is a Retry, which speaks for them.
 *
 * @param step the step
 * @param node the task's node
 * @param attempts its attempts, first to last; only the node itself when it is not
 * retried
 */
record StepNode(Step step, IoArgoprojWorkflowV1alpha1NodeStatus node,
		List<IoArgoprojWorkflowV1alpha1NodeStatus> attempts) {

	StepNode {
		attempts = List.copyOf(attempts);
	}

	/**
	 * Where the step is.
	 * @return the phase of the task's node
	 */
	NodePhase phase() {
		return NodePhase.of(this.node.getPhase());
	}

	/**
	 * The attempt that counts.
	 * @return the last one
	 */
	IoArgoprojWorkflowV1alpha1NodeStatus last() {
		return this.attempts.isEmpty() ? this.node : this.attempts.getLast();
	}

	/**
	 * Whether its pod may have run.
	 * @return false when it was left out, or ended before there could be a pod
	 */
	boolean mayHaveRun() {
		NodePhase phase = phase();
		return phase != NodePhase.SKIPPED && phase != NodePhase.OMITTED && !"Skipped".equals(this.node.getType())
				&& !(isRetry() && this.attempts.isEmpty());
	}

	private boolean isRetry() {
		return "Retry".equals(this.node.getType());
	}

	/**
	 * Whether an attempt is over and the next one has not begun.
	 * @return true between two attempts
	 */
	boolean isBetweenAttempts() {
		return isRetry() && phase() == NodePhase.RUNNING && !this.attempts.isEmpty()
				&& NodePhase.of(last().getPhase()).isBad();
	}

	/**
	 * Whether it ended badly. A controller that stops a Workflow may leave a Retry as if
	 * it were at work (Argo Workflows before 4.1).
	 * @return true also when only its last attempt says so
	 */
	boolean isBad() {
		return phase().isBad() || isBetweenAttempts();
	}

	/**
	 * What Argo says of it: of its last attempt first, because of the others a Retry only
	 * counts how many there were.
	 * @return the message; null when there is none
	 */
	@Nullable String message() {
		String last = last().getMessage();
		return (last != null && !last.isEmpty()) ? last : this.node.getMessage();
	}

	/**
	 * All that Argo says of it.
	 * @return the messages of the task's node and of its last attempt
	 */
	List<String> messages() {
		return Stream.of(this.node.getMessage(), last().getMessage()).filter(Objects::nonNull).distinct().toList();
	}

	/**
	 * How its container ended.
	 * @return empty when Argo does not speak of a container
	 */
	Optional<ContainerExit> exit() {
		return ContainerExit.of(last().getMessage());
	}

	/**
	 * An output of its last attempt.
	 * @param name the output's name
	 * @return its value, as the container wrote it; empty when it wrote none
	 */
	Optional<String> output(String name) {
		return Stream.of(last(), this.node)
			.map(IoArgoprojWorkflowV1alpha1NodeStatus::getOutputs)
			.filter(Objects::nonNull)
			.map(IoArgoprojWorkflowV1alpha1Outputs::getParameters)
			.filter(Objects::nonNull)
			.flatMap(List::stream)
			.filter((parameter) -> parameter != null && name.equals(parameter.getName()))
			.map(IoArgoprojWorkflowV1alpha1Parameter::getValue)
			.filter((value) -> value != null && !value.isEmpty())
			.findFirst();
	}

	/**
	 * When it began.
	 * @return the time; null when it has not
	 */
	@Nullable Instant startedAt() {
		return instant(this.node.getStartedAt());
	}

	/**
	 * When it ended.
	 * @return the time; null when it has not
	 */
	@Nullable Instant finishedAt() {
		return instant(this.node.getFinishedAt());
	}

	/**
	 * When its last attempt began to wait for a pod.
	 * @return the time; null when it has not
	 */
	@Nullable Instant waitingSince() {
		return instant(last().getStartedAt());
	}

	private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
		return (time != null) ? time.toInstant() : null;
	}

}
