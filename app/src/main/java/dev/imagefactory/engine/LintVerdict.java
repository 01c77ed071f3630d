package dev.imagefactory.engine;

/** Whether a run would be understood. */
public sealed interface LintVerdict {

	/** It would. */
	record Good() implements LintVerdict {
	}

	/**
	 * It would not.
	 *
	 * @param detail why, with the words of who judged
	 */
	record Wrong(String detail) implements LintVerdict {
	}

	/**
	 * Nobody could say.
	 *
	 * @param detail why, and what to do
	 */
	record Unseen(String detail) implements LintVerdict {
	}

}
