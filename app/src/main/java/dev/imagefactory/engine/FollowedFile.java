package dev.imagefactory.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The file of a log that is carried over. */
final class FollowedFile {

	private final Path path;

	private long size;

	/**
	 * Opens the file; half a line that a crash left is taken off, because it comes again.
	 * @param path the file, which need not exist
	 * @throws IOException when it cannot be opened
	 */
	FollowedFile(Path path) throws IOException {
		this.path = path;
		try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
			this.size = file.length();
			while (this.size > 0 && !endsLine(file, this.size)) {
				this.size--;
			}
			file.setLength(this.size);
		}
	}

	private static boolean endsLine(RandomAccessFile file, long size) throws IOException {
		file.seek(size - 1);
		return file.read() == '\n';
	}

	/**
	 * How much is stored.
	 * @return in bytes
	 */
	long size() {
		return this.size;
	}

	/**
	 * Reads what is stored.
	 * @param lines takes the lines in order
	 */
	void read(Consumer<String> lines) {
		try (Stream<String> all = Files.lines(this.path, StandardCharsets.UTF_8)) {
			all.forEach(lines);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read the log " + this.path, ex);
		}
	}

	/**
	 * Appends lines at the end of what was appended whole: what a full disk let through
	 * of others is written over.
	 * @param lines whole lines
	 */
	void append(byte[] lines) {
		try (RandomAccessFile file = new RandomAccessFile(this.path.toFile(), "rw")) {
			file.seek(this.size);
			file.write(lines);
			file.setLength(this.size + lines.length);
			this.size += lines.length;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot write the log " + this.path, ex);
		}
	}

}
