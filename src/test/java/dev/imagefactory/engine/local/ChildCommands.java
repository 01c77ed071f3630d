package dev.imagefactory.engine.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Runs child processes and remembers what was run. */
final class ChildCommands implements Commands {

	final List<Command> seen = Collections.synchronizedList(new ArrayList<>());

	@Override
	public int run(Command command, Consumer<String> output) throws IOException, InterruptedException {
		this.seen.add(command);
		ProcessBuilder builder = new ProcessBuilder(command.arguments()).directory(command.directory().toFile())
			.redirectErrorStream(true);
		builder.environment().clear();
		builder.environment().putAll(command.environment());
		Process process = builder.start();
		process.getOutputStream().close();
		Thread reader = Thread.ofVirtual().start(() -> read(process, output));
		try {
			int exitCode = process.waitFor();
			reader.join();
			return exitCode;
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

	private static void read(Process process, Consumer<String> output) {
		try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
			lines.lines().forEach(output);
		}
		catch (IOException | java.io.UncheckedIOException ex) {
			output.accept("(output ended: " + ex.getMessage() + ")");
		}
	}

}
