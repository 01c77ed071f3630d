package dev.imagefactory.engine;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

/**
 * Step logs that are written somewhere else first and carried over from there, by one
 * process at a time. They are read through {@link StepLogs}.
 */
public interface FollowedLogs {

	/**
	 * The sources of a step's log that were carried over whole, such as one pod for each
	 * attempt.
	 * @param build the build
	 * @param step the step
	 * @return their names
	 */
	Set<String> stored(BuildId build, Step step);

	/**
	 * Makes this process the one that carries a log over. It stays that until it closes
	 * the log or dies; who took the log before writes no more.
	 * @param build the build
	 * @param step the step
	 * @return the log; empty while another living process carries it over, and when the
	 * run's logs are complete
	 */
	Optional<FollowedLog> take(BuildId build, Step step);

	/**
	 * Whether all of a run's logs are stored.
	 * @param build the build
	 * @return false also when retention removed them
	 */
	boolean isComplete(BuildId build);

	/**
	 * Says that all of a run's logs are stored, or will never be. Idempotent.
	 * @param build the build
	 */
	void complete(BuildId build);

	/** A log that this process carries over; for one thread at a time. */
	interface FollowedLog {

		/**
		 * Reads what is stored.
		 * @param lines takes the lines in order, without their ends
		 */
		void read(Consumer<String> lines);

		/**
		 * How much is stored.
		 * @return in bytes
		 */
		long size();

		/**
		 * Appends lines, all or none of them.
		 * @param lines whole lines
		 * @throws LogTaken when another process carries the log over now
		 */
		void append(byte[] lines);

		/**
		 * Notes that a source was carried over whole.
		 * @param source its name
		 * @throws LogTaken when another process carries the log over now
		 */
		void stored(String source);

		/** Says that the step is over, and lets the log go. */
		void close();

	}

	/** Another process carries the log over. */
	final class LogTaken extends RuntimeException {

		private static final long serialVersionUID = 1L;

		/**
		 * Says whose log it was.
		 * @param build the build
		 * @param step the step
		 */
		public LogTaken(BuildId build, Step step) {
			super("The log of step %s of %s is another process's now".formatted(step.wireName(), build));
		}

	}

}
