package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.util.function.BiConsumer;

import dev.imagefactory.engine.EngineUnavailable;

/** Where the log of a try may be found whose pod is gone. */
@FunctionalInterface
interface ArchivedLog {

	/**
	 * Nothing is kept anywhere else.
	 * @return an archive that has no log
	 */
	static ArchivedLog none() {
		return (step, attempt, lines) -> false;
	}

	/**
	 * Reads a log, from its beginning to its end.
	 * @param step the step
	 * @param attempt the try at it
	 * @param lines takes each line with its time; nothing of the try is stored yet
	 * @return false when there is none
	 * @throws EngineUnavailable when that is not known now; it is asked again
	 */
	boolean read(StepTries step, StepTries.Try attempt, BiConsumer<Instant, String> lines);

}
