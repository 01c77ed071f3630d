package dev.imagefactory.engine.local;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.BuildId;

/**
 * The child processes of one run. Each waits in a small shell until it is recorded, leads
 * a session of its own where {@code setsid} is installed, and carries the run's name in
 * its environment, so that it can be ended with all that it started.
 */
final class RecordedCommands implements Commands {

	private static final String MARKER = "IMAGE_FACTORY_BUILD";

	/** Ends at once when we die before the word: then reading fails. */
	private static final String WAIT_FOR_WORD = "read -r factory_word || exit 125; unset factory_word %s; exec \"$@\" </dev/null";

	private static final List<String> SET_BY_SHELLS = List.of("PWD", "OLDPWD", "SHLVL");

	private static final Duration PATIENCE_FOR_OUTPUT = Duration.ofSeconds(5);

	private final BuildId build;

	private final Ledger ledger;

	private final Duration grace;

	private final Optional<Path> setsid;

	/**
	 * Creates the commands of one run.
	 * @param build the run's name
	 * @param ledger remembers the living children
	 * @param grace how long a child may take to end by itself when it is stopped
	 * @param setsid the program that starts another in a session of its own
	 */
	RecordedCommands(BuildId build, Ledger ledger, Duration grace, Optional<Path> setsid) {
		this.build = build;
		this.ledger = ledger;
		this.grace = grace;
		this.setsid = setsid;
	}

	/**
	 * What every child of a run carries in its environment.
	 * @param build the run's name
	 * @return {@code NAME=value}
	 */
	static String marker(BuildId build) {
		return MARKER + "=" + build.value();
	}

	/**
	 * Looks for {@code setsid}, which is part of util-linux and of busybox.
	 * @return empty on a host without it
	 */
	static Optional<Path> findSetsid() {
		return find("setsid", "/usr/bin:/bin:/usr/local/bin");
	}

	@Override
	public int run(Command command, Consumer<String> output) throws IOException, InterruptedException {
		Process process = start(command);
		Optional<ChildProcess> child = ProcessTable.identify(process.pid());
		OutputPump pump = new OutputPump(process.getInputStream(), output);
		Thread reader = Thread.ofPlatform().daemon().name(this.build.value() + "-output").start(pump);
		try {
			child.ifPresent(this.ledger::began);
			giveWord(process);
			process.waitFor();
		}
		finally {
			end(process, child);
			child.ifPresent(this.ledger::ended);
			drain(reader, process);
		}
		pump.rethrow();
		return process.exitValue();
	}

	private Process start(Command command) throws IOException {
		List<String> arguments = new ArrayList<>();
		this.setsid.ifPresent((program) -> arguments.add(program.toString()));
		arguments.addAll(List.of("/bin/sh", "-c", script(command), "sh", program(command)));
		arguments.addAll(command.arguments().subList(1, command.arguments().size()));
		ProcessBuilder builder = new ProcessBuilder(arguments).directory(command.directory().toFile())
			.redirectErrorStream(true);
		Map<String, String> environment = builder.environment();
		environment.clear();
		environment.putAll(command.environment());
		environment.put(MARKER, this.build.value());
		return builder.start();
	}

	/** Shells export some variables of their own; the program is not to see those. */
	private static String script(Command command) {
		List<String> foreign = SET_BY_SHELLS.stream()
			.filter((name) -> !command.environment().containsKey(name))
			.toList();
		return WAIT_FOR_WORD.formatted(String.join(" ", foreign));
	}

	/** Found before the start, because the shell's exit code would not tell. */
	private static String program(Command command) throws IOException {
		String name = command.arguments().getFirst();
		if (name.indexOf('/') >= 0) {
			if (!Files.isExecutable(command.directory().resolve(name))) {
				throw new IOException("Cannot start '" + name + "': no such program");
			}
			return name;
		}
		String path = command.environment().getOrDefault("PATH", System.getenv().getOrDefault("PATH", ""));
		return find(name, path).map(Path::toString)
			.orElseThrow(() -> new IOException("Cannot start '" + name + "': no such program on the PATH " + path));
	}

	private static Optional<Path> find(String name, String path) {
		return Stream.of(path.split(File.pathSeparator))
			.filter((folder) -> !folder.isEmpty())
			.map((folder) -> Path.of(folder).resolve(name))
			.filter((file) -> Files.isExecutable(file) && !Files.isDirectory(file))
			.findFirst();
	}

	private static void giveWord(Process process) throws IOException {
		try (OutputStream input = process.getOutputStream()) {
			input.write("go\n".getBytes(StandardCharsets.US_ASCII));
		}
	}

	/** Also after a good end: what a program left running would outlive the run. */
	private void end(Process process, Optional<ChildProcess> child) {
		new ChildTree(child.map(List::of).orElse(List.of()), marker(this.build)).end(this.grace);
		// Not the process itself: that would close its output before all of it was read.
		process.toHandle().destroyForcibly();
	}

	private static void drain(Thread reader, Process process) throws IOException, InterruptedException {
		try {
			reader.join(PATIENCE_FOR_OUTPUT);
		}
		finally {
			process.getInputStream().close();
		}
	}

	/** Remembers the living children of a run where the next start finds them. */
	interface Ledger {

		/**
		 * A child was started and waits for our word.
		 * @param child the child
		 */
		void began(ChildProcess child);

		/**
		 * A child is dead.
		 * @param child the child
		 */
		void ended(ChildProcess child);

	}

}
