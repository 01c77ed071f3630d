package dev.imagefactory.engine.local;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import dev.imagefactory.git.CommitNotFound;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.git.SourceTooLarge;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whose fault an exception is, once for all steps. */
final class StepFailures {

	private static final Logger logger = LoggerFactory.getLogger(StepFailures.class);

	private static final int MOST_CAUSES = 10;

	private final BuildId build;

	private final BooleanSupplier diskFull;

	/**
	 * Creates the judge of one run.
	 * @param build the run's name, for the service's log
	 * @param diskFull whether the disk has no room left: then that is the reason,
	 * whatever went wrong because of it
	 */
	StepFailures(BuildId build, BooleanSupplier diskFull) {
		this.build = build;
		this.diskFull = diskFull;
	}

	/**
	 * Turns whatever a step threw into the run's end. The text of an unexpected exception
	 * goes to the service's log only, because it may hold anything.
	 * @param thrown what was thrown
	 * @return the failure
	 */
	StepFailure explain(Throwable thrown) {
		if (this.diskFull.getAsBoolean() || isForWantOfRoom(thrown)) {
			logger.error("The disk of the data directory is full: {} ends", this.build, thrown);
			return StepFailure.ofPlatform("disk-full",
					"The disk of the data directory is full. Make room on it, then start the build again");
		}
		return switch (thrown) {
			case StepFailure failure -> failure;
			case CommitNotFound failure -> StepFailure.ofRepository("commit-not-found", text(failure));
			case SourceTooLarge failure -> StepFailure.ofRepository("source-too-large", text(failure));
			case GitUnavailable failure -> StepFailure.ofPlatform("repository-unreachable", text(failure));
			case ReleaseTagTaken failure -> StepFailure.ofRepository("tag-taken", text(failure));
			case InvalidImage failure -> StepFailure.ofPlatform("image-invalid", text(failure));
			case RegistryUnavailable failure -> StepFailure.ofPlatform("registry-unreachable", text(failure));
			case Throwable failure -> unexpected(failure);
		};
	}

	/**
	 * A step that clears up after itself has given the room back before anybody looks.
	 */
	private static boolean isForWantOfRoom(Throwable thrown) {
		return Stream.iterate(thrown, (link) -> link != null, Throwable::getCause)
			.limit(MOST_CAUSES)
			.anyMatch((link) -> link instanceof IOException
					&& String.valueOf(link.getMessage()).contains(StepFailure.NO_ROOM));
	}

	private StepFailure unexpected(Throwable thrown) {
		logger.error("An unexpected error ends {}", this.build, thrown);
		return StepFailure.ofPlatform("internal", "An unexpected error ended the build ("
				+ thrown.getClass().getSimpleName() + "). The service's log explains it: look for " + this.build);
	}

	private static String text(RuntimeException failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.getClass().getSimpleName();
	}

}
