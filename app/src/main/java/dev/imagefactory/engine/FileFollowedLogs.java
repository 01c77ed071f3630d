package dev.imagefactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

/**
 * Followed logs as files, beside those that this process writes itself. The files are
 * this process's alone, so nobody else carries them over. A file
 * {@code <step>.<source>.stored} says that a source was carried over whole.
 */
class FileFollowedLogs implements FollowedLogs {

	private static final String STORED = ".stored";

	private final FileStepLogs logs;

	/**
	 * Creates the logs.
	 * @param logs where they are read
	 */
	FileFollowedLogs(FileStepLogs logs) {
		this.logs = logs;
	}

	@Override
	public Set<String> stored(BuildId build, Step step) {
		Path folder = this.logs.folder(build);
		String prefix = step.wireName() + ".";
		if (!Files.isDirectory(folder)) {
			return Set.of();
		}
		try (Stream<Path> files = Files.list(folder)) {
			return files.map((file) -> file.getFileName().toString())
				.filter((name) -> name.startsWith(prefix) && name.endsWith(STORED))
				.map((name) -> name.substring(prefix.length(), name.length() - STORED.length()))
				.collect(Collectors.toUnmodifiableSet());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot look which logs are stored in " + folder, ex);
		}
	}

	@Override
	public Optional<FollowedLog> take(BuildId build, Step step) {
		return isComplete(build) ? Optional.empty() : Optional.of(new Followed(build, step));
	}

	@Override
	public boolean isComplete(BuildId build) {
		return this.logs.isComplete(build);
	}

	@Override
	public void complete(BuildId build) {
		this.logs.complete(build);
	}

	/** A log in a file; what is appended is there at once. */
	private final class Followed implements FollowedLog {

		private final BuildId build;

		private final Step step;

		private final FollowedFile file;

		Followed(BuildId build, Step step) {
			this.build = build;
			this.step = step;
			this.file = FileFollowedLogs.this.logs.follow(build, step);
		}

		@Override
		public void read(Consumer<String> lines) {
			this.file.read(lines);
		}

		@Override
		public long size() {
			return this.file.size();
		}

		@Override
		public void append(byte[] lines) {
			this.file.append(lines);
		}

		@Override
		public void stored(String source) {
			Path folder = FileFollowedLogs.this.logs.folder(this.build);
			Path mark = folder.resolve(this.step.wireName() + "." + source + STORED);
			try {
				Files.createDirectories(folder);
				Files.write(mark, new byte[0]);
			}
			catch (IOException ex) {
				throw new UncheckedIOException("Cannot note in %s that a log is stored".formatted(mark), ex);
			}
		}

		@Override
		public void close() {
			FileFollowedLogs.this.logs.close(this.build, this.step);
		}

	}

}
