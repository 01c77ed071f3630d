package dev.imagefactory.pipeline;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one step of a run.
 *
 * @param step the step
 * @param state where it is
 * @param startedAt when it began
 * @param finishedAt when it ended
 * @param message why it is there, in a sentence
 */
public record StepStatus(Step step, StepState state, @Nullable Instant startedAt, @Nullable Instant finishedAt,
		@Nullable String message) {

	/**
	 * A step that has not begun.
	 * @param step the step
	 * @return its status
	 */
	public static StepStatus pending(Step step) {
		return new StepStatus(step, StepState.PENDING, null, null, null);
	}

}
