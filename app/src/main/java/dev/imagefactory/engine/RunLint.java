package dev.imagefactory.engine;

import dev.imagefactory.pipeline.Run;

/** Asks whether a run would be understood, without handing it over. */
@FunctionalInterface
public interface RunLint {

	/**
	 * Judges a run that could be submitted.
	 * @param run the run
	 * @return what is known; never an exception because nobody answered
	 */
	LintVerdict lint(Run run);

}
