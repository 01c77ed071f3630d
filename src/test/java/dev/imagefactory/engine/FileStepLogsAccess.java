package dev.imagefactory.engine;

import java.nio.file.Path;
import java.time.Clock;

/** Gives tests of other packages the step logs on disk. */
public final class FileStepLogsAccess {

	private FileStepLogsAccess() {
	}

	/** Step logs in a folder. */
	public static StepLogs in(Path folder) {
		return new FileStepLogs(folder, Clock.systemUTC());
	}

	/** Followed logs in the same folder. */
	public static FollowedLogs followed(Path folder) {
		return new FileFollowedLogs(new FileStepLogs(folder, Clock.systemUTC()));
	}

}
