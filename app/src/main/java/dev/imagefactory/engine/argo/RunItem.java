package dev.imagefactory.engine.argo;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

/** The logs of one run, as far as they are still to be stored. */
final class RunItem {

	private final BuildId build;

	private final Map<Step, StepItem> steps = new ConcurrentHashMap<>();

	private volatile boolean over;

	private volatile boolean gone;

	private volatile boolean stored;

	private volatile long overSince;

	RunItem(BuildId build) {
		this.build = build;
	}

	/** Whose run it is. */
	BuildId build() {
		return this.build;
	}

	/**
	 * Takes what its Workflow says.
	 * @param tries its steps
	 * @param making makes the item of a step that was not seen before
	 * @param now now
	 */
	void saw(List<StepTries> tries, Function<StepTries, StepItem> making, long now) {
		if (!this.stored) {
			tries.forEach(
					(step) -> this.steps.computeIfAbsent(step.step(), (none) -> making.apply(step)).saw(step, now));
		}
	}

	/** Notes that no step will begin any more. */
	void over(long now) {
		if (!this.over) {
			this.overSince = now;
			this.over = true;
		}
	}

	/** Notes that its Workflow is not there any more. */
	void gone() {
		this.gone = true;
	}

	/** Whether its Workflow is gone and its logs are still to be stored. */
	boolean isAwaited() {
		return this.gone && !this.stored;
	}

	/** Since when it has been over. */
	long overSince() {
		return this.overSince;
	}

	/** The logs that are still to be stored. */
	Stream<StepItem> steps() {
		return this.steps.values().stream();
	}

	/** Whether somebody works on one of them. */
	boolean isBusy() {
		return steps().anyMatch(StepItem::isBusy);
	}

	/** Whether all are stored, which is not noted yet. */
	boolean isToComplete() {
		return this.over && !this.stored && steps().allMatch(StepItem::isFinished);
	}

	/** Notes that all are stored. */
	void stored() {
		this.stored = true;
		this.steps.clear();
	}

	/** Whether all are stored. */
	boolean isStored() {
		return this.stored;
	}

}
