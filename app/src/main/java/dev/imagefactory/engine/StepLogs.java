package dev.imagefactory.engine;

import java.util.List;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

/** The logs of steps, while they are written and afterwards. */
public interface StepLogs {

	/** The most bytes that are kept of one step's log. */
	int MOST_BYTES = 4 * 1024 * 1024;

	/**
	 * Opens a step's log for writing; an earlier attempt at the same step of the same run
	 * stays in it, above.
	 * @param build the build
	 * @param step the step
	 * @return where to write lines; must be closed when the step is over
	 */
	StepLog open(BuildId build, Step step);

	/**
	 * Says that no log of a build will be written any more; a log that a crash left open
	 * is complete from then on. Idempotent.
	 * @param build the build
	 */
	void complete(BuildId build);

	/**
	 * Reads a part of a step's log. A log that does not exist reads as an empty part,
	 * complete when {@link #complete(BuildId)} was said; a log that retention removed is
	 * never complete, so ask for the build's state before waiting for it.
	 * @param build the build
	 * @param step the step
	 * @param offset in bytes from the start
	 * @return the part, empty at the end of what is written so far
	 */
	Part read(BuildId build, Step step, long offset);

	/**
	 * Which steps of a build have a log.
	 * @param build the build
	 * @return the steps in order
	 */
	List<Step> steps(BuildId build);

	/**
	 * The form in which a text stands in a log: one line without terminal colours, every
	 * control character but the tab replaced.
	 * @param text any text
	 * @return the line
	 */
	static String oneLine(String text) {
		String plain = (text.indexOf('\u001b') < 0) ? text : text.replaceAll("\u001b\\[[0-9;?]*[ -/]*[@-~]", "");
		return plain.stripTrailing().replaceAll("[\\p{Cc}&&[^\t]]", "\ufffd");
	}

	/**
	 * A part of a log.
	 *
	 * @param text whole lines, or the rest of the log when it is complete
	 * @param next the offset after it
	 * @param complete whether the log will not grow any more
	 */
	record Part(String text, long next, boolean complete) {
	}

	/** A step's log while it is written; safe for use by several threads. */
	interface StepLog extends AutoCloseable {

		/**
		 * Appends a line; what goes beyond {@link StepLogs#MOST_BYTES} is left out with a
		 * note.
		 * @param text without a line end
		 */
		void line(String text);

		@Override
		void close();

	}

}
