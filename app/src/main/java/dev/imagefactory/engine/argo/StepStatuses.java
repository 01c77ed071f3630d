package dev.imagefactory.engine.argo;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

/** The four steps of a run, with their times, from the nodes of its Workflow. */
final class StepStatuses {

	private final ArgoRun run;

	private final @Nullable String end;

	/**
	 * Creates the list.
	 * @param run the Workflow
	 * @param end why the run ended badly, for the step that ended it; null while it lives
	 * and when it ended well
	 */
	StepStatuses(ArgoRun run, @Nullable String end) {
		this.run = run;
		this.end = end;
	}

	/**
	 * The steps of a run of which nothing can be read.
	 * @return four steps that have not begun
	 */
	static List<StepStatus> unknown() {
		return Stream.of(Step.values()).map(StepStatus::pending).toList();
	}

	/**
	 * The steps of a run that lives.
	 * @return its four steps, in order
	 */
	List<StepStatus> present() {
		return Stream.of(Step.values()).map(this::of).toList();
	}

	/**
	 * The steps of a run that is over: none is at work any more.
	 * @return its four steps, in order
	 */
	List<StepStatus> last() {
		return present().stream().map(this::closed).toList();
	}

	private StepStatus closed(StepStatus status) {
		return switch (status.state()) {
			case PENDING ->
				new StepStatus(status.step(), StepState.SKIPPED, null, null, "Not reached: the run ended before it");
			case RUNNING -> new StepStatus(status.step(), StepState.FAILED, status.startedAt(),
					(status.finishedAt() != null) ? status.finishedAt() : this.run.finishedAt(),
					(this.end != null) ? this.end : "The run ended while it was at work");
			case SUCCEEDED, FAILED, SKIPPED -> status;
		};
	}

	private StepStatus of(Step step) {
		StepNode node = this.run.nodes().get(step);
		if (node != null) {
			return of(node);
		}
		return (this.run.kind() == OrderKind.RETAG && step != Step.PUSH) ? new StepStatus(step, StepState.SKIPPED, null,
				null, "Not needed: the image is published, and only gains tags") : StepStatus.pending(step);
	}

	private StepStatus of(StepNode node) {
		return switch (state(node)) {
			case PENDING -> new StepStatus(node.step(), StepState.PENDING, null, null, words(node));
			case RUNNING -> new StepStatus(node.step(), StepState.RUNNING, node.startedAt(), null, again(node));
			case SUCCEEDED ->
				new StepStatus(node.step(), StepState.SUCCEEDED, node.startedAt(), node.finishedAt(), null);
			case FAILED ->
				new StepStatus(node.step(), StepState.FAILED, node.startedAt(), node.finishedAt(), failure(node));
			case SKIPPED -> new StepStatus(node.step(), StepState.SKIPPED, null, null,
					"Left out: a step before it did not end well");
		};
	}

	private static StepState state(StepNode node) {
		return switch (node.phase()) {
			case PENDING, UNKNOWN -> StepState.PENDING;
			case RUNNING -> (node.attempts().size() < 2 && NodePhase.of(node.last().getPhase()) == NodePhase.PENDING)
					? StepState.PENDING : StepState.RUNNING;
			case SUCCEEDED -> StepState.SUCCEEDED;
			case FAILED, ERROR -> StepState.FAILED;
			case SKIPPED, OMITTED -> StepState.SKIPPED;
		};
	}

	private static @Nullable String words(StepNode node) {
		return Optional.ofNullable(node.message())
			.filter((message) -> !message.isBlank())
			.map(ArgoText::shown)
			.orElse(null);
	}

	private static @Nullable String again(StepNode node) {
		int attempts = node.attempts().size();
		return (attempts < 2) ? null : "Attempt %d, after: %s".formatted(attempts,
				ArgoText.shown(node.attempts().get(attempts - 2).getMessage()));
	}

	/** The first bad one is what the run's end speaks of. */
	private String failure(StepNode node) {
		boolean culprit = RunFault.culprit(this.run).filter(node::equals).isPresent();
		return (culprit && this.end != null) ? this.end : ArgoText.shown(node.message());
	}

}
