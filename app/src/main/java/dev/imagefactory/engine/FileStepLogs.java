package dev.imagefactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step logs as files, {@code <folder>/<build>/<step>.log}. A file {@code <step>.complete}
 * beside it says that the step is over, a file {@code complete} that the whole run is.
 */
class FileStepLogs implements StepLogs {

	/** The most bytes that one read returns. */
	static final int MOST_READ = 256 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(FileStepLogs.class);

	/** Marks the folder of a run that is over. */
	static final String COMPLETE = "complete";

	private final Path folder;

	private final Clock clock;

	private final Set<Path> open = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the logs.
	 * @param folder where they lie; made when the first is opened
	 * @param clock gives each line its time
	 */
	FileStepLogs(Path folder, Clock clock) {
		this.folder = folder;
		this.clock = clock;
	}

	@Override
	public StepLog open(BuildId build, Step step) {
		Path file = file(build, step);
		try {
			Files.createDirectories(file.getParent());
			this.open.add(file);
			Files.deleteIfExists(marker(build));
			Files.deleteIfExists(marker(build, step));
			return new FileStepLog(file, this.clock, () -> close(build, step));
		}
		catch (IOException ex) {
			this.open.remove(file);
			throw new UncheckedIOException("Cannot open the log " + file, ex);
		}
	}

	/**
	 * Opens a log that is carried over; it is not complete from then on.
	 * @param build the build
	 * @param step the step
	 * @return its file
	 */
	FollowedFile follow(BuildId build, Step step) {
		Path file = file(build, step);
		try {
			Files.createDirectories(file.getParent());
			Files.deleteIfExists(marker(build, step));
			return new FollowedFile(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot open the log " + file, ex);
		}
	}

	/**
	 * Says that a step is over.
	 * @param build the build
	 * @param step the step
	 */
	void close(BuildId build, Step step) {
		touch(marker(build, step));
		this.open.remove(file(build, step));
	}

	@Override
	public void complete(BuildId build) {
		touch(marker(build));
	}

	/**
	 * Whether a run is over.
	 * @param build the run's build
	 * @return false also when retention removed its logs
	 */
	boolean isComplete(BuildId build) {
		return Files.exists(marker(build));
	}

	/**
	 * Where the logs of a run lie.
	 * @param build the run's build
	 * @return the folder, which need not exist
	 */
	Path folder(BuildId build) {
		return this.folder.resolve(build.value());
	}

	@Override
	public Part read(BuildId build, Step step, long offset) {
		Path file = file(build, step);
		// Asked first: a line written after this answer only makes the next read longer.
		boolean over = !this.open.contains(file) && (Files.exists(marker(build, step)) || Files.exists(marker(build)));
		try (SeekableByteChannel content = Files.newByteChannel(file)) {
			return part(content, Math.max(0, offset), over);
		}
		catch (NoSuchFileException ex) {
			return new Part("", Math.max(0, offset), over);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read the log " + file, ex);
		}
	}

	private static Part part(SeekableByteChannel content, long offset, boolean over) throws IOException {
		long size = content.size();
		if (offset >= size) {
			return new Part("", offset, over);
		}
		byte[] bytes = Channels.newInputStream(content.position(offset))
			.readNBytes((int) Math.min(MOST_READ, size - offset));
		boolean rest = over && offset + bytes.length == size;
		int length = rest ? bytes.length : afterLastLine(bytes);
		return new Part(new String(bytes, 0, length, StandardCharsets.UTF_8), offset + length, rest);
	}

	/** A line never fills a whole read, so a full read always holds the end of one. */
	private static int afterLastLine(byte[] bytes) {
		for (int i = bytes.length; i > 0; i--) {
			if (bytes[i - 1] == '\n') {
				return i;
			}
		}
		return (bytes.length == MOST_READ) ? bytes.length : 0;
	}

	@Override
	public List<Step> steps(BuildId build) {
		return Arrays.stream(Step.values()).filter((step) -> Files.exists(file(build, step))).toList();
	}

	private Path file(BuildId build, Step step) {
		return this.folder.resolve(build.value()).resolve(step.wireName() + ".log");
	}

	private Path marker(BuildId build, Step step) {
		return this.folder.resolve(build.value()).resolve(step.wireName() + "." + COMPLETE);
	}

	private Path marker(BuildId build) {
		return this.folder.resolve(build.value()).resolve(COMPLETE);
	}

	/**
	 * A full disk must not end a build that could have ended well, so this only warns.
	 */
	private static void touch(Path marker) {
		try {
			Files.createDirectories(marker.getParent());
			Files.write(marker, new byte[0]);
		}
		catch (IOException ex) {
			logger.warn("Cannot mark a log as complete with {}: it reads as still growing ({})", marker,
					ex.getMessage());
		}
	}

}
