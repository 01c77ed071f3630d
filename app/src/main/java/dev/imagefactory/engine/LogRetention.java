package dev.imagefactory.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.FileSystemUtils;

/** Deletes the step logs of runs that ended longer ago than logs are kept. */
final class LogRetention {

	private static final Logger logger = LoggerFactory.getLogger(LogRetention.class);

	/** No run takes longer. */
	private static final Duration LONGEST_RUN = Duration.ofDays(30);

	private final Path folder;

	private final Duration kept;

	private final Clock clock;

	LogRetention(Path folder, Duration kept, Clock clock) {
		this.folder = folder;
		this.kept = kept;
		this.clock = clock;
	}

	/**
	 * Deletes what is due.
	 * @return how many builds' logs were deleted
	 */
	int forget() {
		Instant before = this.clock.instant().minus(this.kept);
		int deleted = 0;
		for (Path build : builds()) {
			if (endedBefore(build, before)) {
				deleted += delete(build) ? 1 : 0;
			}
		}
		if (deleted > 0) {
			logger.info("Deleted the logs of {} builds that ended before {}", deleted, before);
		}
		return deleted;
	}

	private List<Path> builds() {
		if (!Files.isDirectory(this.folder)) {
			return List.of();
		}
		try (Stream<Path> all = Files.list(this.folder)) {
			return all.filter(Files::isDirectory).toList();
		}
		catch (IOException ex) {
			logger.warn("Old logs in {} could not be listed; it is tried again later", this.folder, ex);
			return List.of();
		}
	}

	/**
	 * A run that is not over has no mark. After a long time it has only been lost:
	 * somebody took it away while nobody looked.
	 */
	private static boolean endedBefore(Path build, Instant before) {
		try {
			Path mark = build.resolve(FileStepLogs.COMPLETE);
			return Files.exists(mark) ? Files.getLastModifiedTime(mark).toInstant().isBefore(before)
					: build.getFileName().toString().compareTo(BuildId.earliest(before.minus(LONGEST_RUN)).value()) < 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean delete(Path build) {
		try {
			return FileSystemUtils.deleteRecursively(build);
		}
		catch (IOException ex) {
			logger.warn("The old logs in {} could not be deleted; it is tried again later", build, ex);
			return false;
		}
	}

}
