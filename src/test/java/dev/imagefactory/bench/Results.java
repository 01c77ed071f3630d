package dev.imagefactory.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * A file of figures below {@code target}, which are printed too. Nothing here judges
 * them.
 */
final class Results {

	private final Path file;

	private Results(Path file) {
		this.file = file;
	}

	/**
	 * Begins a new file, with machine and date.
	 * @param name the file's name
	 * @return the file
	 */
	static Results in(String name) {
		try {
			Path file = Path.of("target", name);
			Files.deleteIfExists(file);
			Results results = new Results(file);
			results.say("Measured %s on %d cores, %s, Java %s".formatted(Instant.now(),
					Runtime.getRuntime().availableProcessors(),
					System.getProperty("os.name") + " " + System.getProperty("os.version"), Runtime.version()));
			return results;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void say(String line) {
		try {
			String text = String.format(Locale.ROOT, "%s%n", line);
			Files.writeString(this.file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
			System.out.print(text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * The resident set of a process.
	 * @param pid the process
	 * @return megabytes
	 */
	static long memory(long pid) {
		try {
			return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))
				.stream()
				.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024)
				.findFirst()
				.orElse(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What a process has used of the processors.
	 * @param pid the process
	 * @return the time of all its threads
	 */
	static Duration processorTime(long pid) {
		return ProcessHandle.of(pid).flatMap((process) -> process.info().totalCpuDuration()).orElse(Duration.ZERO);
	}

}
