package dev.imagefactory.engine;

import dev.imagefactory.pipeline.RunResult;

/** What became of a request to start a run. */
public sealed interface Submission {

	/** The engine has the run, from this request or an earlier one. */
	record Accepted() implements Submission {
	}

	/**
	 * The engine will never take this run.
	 *
	 * @param result the build's end
	 */
	record Refused(RunResult result) implements Submission {
	}

}
