package dev.imagefactory.pipeline;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.imagefactory.source.ShortText;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one step of a run, no finer and no longer than it is stored: what an
 * engine says and what was stored of it are equal.
 *
 * @param step the step
 * @param state where it is
 * @param startedAt when it began
 * @param finishedAt when it ended
 * @param message why it is there, in a sentence
 */
public record StepStatus(Step step, StepState state, @Nullable Instant startedAt, @Nullable Instant finishedAt,
		@Nullable String message) {

	private static final int LONGEST_MESSAGE = 2000;

	public StepStatus {
		startedAt = (startedAt != null) ? startedAt.truncatedTo(ChronoUnit.MICROS) : null;
		finishedAt = (finishedAt != null) ? finishedAt.truncatedTo(ChronoUnit.MICROS) : null;
		message = (message != null) ? ShortText.of(message, LONGEST_MESSAGE) : null;
	}

	/**
	 * A step that has not begun.
	 * @param step the step
	 * @return its status
	 */
	public static StepStatus pending(Step step) {
		return new StepStatus(step, StepState.PENDING, null, null, null);
	}

}
