package dev.imagefactory.engine.argo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.Step;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of a Workflow by our steps. A step is found by its node's display name, which
 * is the name of its task; a re-tag that is a Workflow of its own has one node, found by
 * its template's name.
 */
final class RunNodes {

	private final Collection<IoArgoprojWorkflowV1alpha1NodeStatus> all;

	private final Map<Step, StepNode> steps = new EnumMap<>(Step.class);

	/**
	 * Sorts the nodes.
	 * @param byId all nodes by their ids
	 */
	RunNodes(Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> byId) {
		this.all = byId.values();
		for (Step step : Step.values()) {
			find(step).ifPresent((node) -> this.steps.put(step, new StepNode(step, node, attempts(node, byId))));
		}
	}

	private Optional<IoArgoprojWorkflowV1alpha1NodeStatus> find(Step step) {
		Predicate<IoArgoprojWorkflowV1alpha1NodeStatus> ofTask = (node) -> !isAttempt(node) && !isHooked(node);
		return tasks(ofTask, (node) -> step.wireName().equals(node.getDisplayName()))
			.or(() -> tasks(ofTask, (node) -> step.wireName().equals(node.getTemplateName())
					&& Objects.equals(node.getName(), node.getDisplayName())));
	}

	private Optional<IoArgoprojWorkflowV1alpha1NodeStatus> tasks(Predicate<IoArgoprojWorkflowV1alpha1NodeStatus> ofTask,
			Predicate<IoArgoprojWorkflowV1alpha1NodeStatus> named) {
		return this.all.stream().filter(ofTask).filter(named).findFirst();
	}

	private static boolean isAttempt(IoArgoprojWorkflowV1alpha1NodeStatus node) {
		return node.getNodeFlag() != null && Boolean.TRUE.equals(node.getNodeFlag().getRetried())
				&& !"Retry".equals(node.getType());
	}

	private static boolean isHooked(IoArgoprojWorkflowV1alpha1NodeStatus node) {
		return node.getNodeFlag() != null && Boolean.TRUE.equals(node.getNodeFlag().getHooked());
	}

	private static List<IoArgoprojWorkflowV1alpha1NodeStatus> attempts(IoArgoprojWorkflowV1alpha1NodeStatus node,
			Map<String, IoArgoprojWorkflowV1alpha1NodeStatus> byId) {
		if (!"Retry".equals(node.getType())) {
			return List.of(node);
		}
		List<IoArgoprojWorkflowV1alpha1NodeStatus> attempts = new ArrayList<>();
		for (String child : Objects.requireNonNullElse(node.getChildren(), List.<String>of())) {
			IoArgoprojWorkflowV1alpha1NodeStatus attempt = (child != null) ? byId.get(child) : null;
			if (attempt != null && !isHooked(attempt)) {
				attempts.add(attempt);
			}
		}
		return attempts;
	}

	/**
	 * Whether nothing of the Workflow was begun.
	 * @return true when there is no node at all
	 */
	boolean isEmpty() {
		return this.all.isEmpty();
	}

	/**
	 * A step.
	 * @param step which
	 * @return what the Workflow says of it; null when nothing
	 */
	@Nullable StepNode get(Step step) {
		return this.steps.get(step);
	}

	/**
	 * The steps that the Workflow speaks of.
	 * @return them, in order
	 */
	Stream<StepNode> stream() {
		return this.steps.values().stream();
	}

	/**
	 * Whether an approval or a pause in the templates waits for somebody.
	 * @return true when a node of that type is at work
	 */
	boolean isSuspended() {
		return this.all.stream()
			.anyMatch((node) -> "Suspend".equals(node.getType()) && NodePhase.of(node.getPhase()) == NodePhase.RUNNING);
	}

	/**
	 * Nodes whose outputs the executor has not reported yet.
	 * @return true while there is one
	 */
	boolean anyUnsynced() {
		return this.all.stream().anyMatch((node) -> Boolean.FALSE.equals(node.getTaskResultSynced()));
	}

	/**
	 * A lock that a node waits for.
	 * @return the lock's name; empty when no node does
	 */
	Optional<String> lock() {
		return this.all.stream()
			.filter((node) -> NodePhase.of(node.getPhase()) == NodePhase.PENDING)
			.map(IoArgoprojWorkflowV1alpha1NodeStatus::getSynchronizationStatus)
			.filter(Objects::nonNull)
			.map((synchronization) -> synchronization.getWaiting())
			.filter((lock) -> lock != null && !lock.isEmpty())
			.findFirst();
	}

}
