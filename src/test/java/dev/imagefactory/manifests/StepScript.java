package dev.imagefactory.manifests;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The script of an installed step, run on this machine as its pod would run it: with the
 * environment that its template writes, where a test puts values in the place of
 * parameters and folders of its own in the place of mounts.
 */
final class StepScript {

	private final JsonNode step;

	private final Path folder;

	private final Tools tools;

	private final Map<String, String> environment = new LinkedHashMap<>();

	private StepScript(JsonNode step, Path folder, Tools tools) {
		this.step = step;
		this.folder = folder;
		this.tools = tools;
	}

	/**
	 * Prepares a run.
	 * @param template the WorkflowTemplate
	 * @param folder a folder for the programs that the script finds, and what the test
	 * likes
	 * @param tools which programs the script finds
	 * @return the script, with values still to be put in
	 */
	static StepScript of(String template, Path folder, Tools tools) {
		StepScript script = new StepScript(Manifests.steps().get(template), folder, tools);
		for (JsonNode variable : script.step.at("/script/env")) {
			if (variable.has("value")) {
				script.environment.put(variable.path("name").asText(), variable.path("value").asText());
			}
		}
		if (script.environment.containsKey("HOME")) {
			script.with("HOME", folder.resolve("home"));
		}
		return script;
	}

	/**
	 * Puts a value into the environment.
	 * @param name a name that the template has
	 * @param value the value
	 * @return this
	 */
	StepScript with(String name, Object value) {
		if (!Manifests.names(this.step.at("/script/env")).contains(name)) {
			throw new IllegalArgumentException("The template sets no " + name);
		}
		this.environment.put(name, value.toString());
		return this;
	}

	/**
	 * Puts a program in the place of one that the step's image has.
	 * @param name the program
	 * @param text its shell script
	 * @return this
	 */
	StepScript program(String name, String text) {
		try {
			Path file = Files.createDirectories(this.folder.resolve("bin")).resolve(name);
			Files.writeString(file, "#!/bin/sh\n" + text);
			Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Runs it.
	 * @return how it ended and what it said
	 */
	Result run() {
		this.environment.forEach((name, value) -> {
			if (value.contains("{{")) {
				throw new IllegalStateException("The test gives no " + name);
			}
		});
		try {
			Path file = Files.writeString(this.folder.resolve("script"), this.step.at("/script/source").asText());
			String path = Files.createDirectories(this.folder.resolve("bin")) + ":" + this.tools.path(this.folder);
			List<String> command = new ArrayList<>(this.tools.shell());
			command.add(file.toString());
			ProcessBuilder builder = new ProcessBuilder(command);
			builder.environment().clear();
			builder.environment().putAll(this.environment);
			builder.environment().put("PATH", path);
			builder.directory(this.folder.toFile()).redirectErrorStream(true);
			Process process = builder.start();
			process.getOutputStream().close();
			try (InputStream said = process.getInputStream()) {
				String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
				if (!process.waitFor(1, TimeUnit.MINUTES)) {
					throw new IllegalStateException("The script does not end");
				}
				return new Result(process.exitValue(), text);
			}
			finally {
				process.destroyForcibly();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Which programs a script finds. */
	enum Tools {

		/** Those of this machine. */
		SYSTEM,

		/** Those of busybox, as in the steps' images, before those of this machine. */
		BUSYBOX;

		private static final List<String> APPLETS = List.of("awk", "cat", "date", "echo", "env", "find", "grep", "head",
				"ln", "ls", "mkdir", "printf", "realpath", "rm", "sed", "sha256sum", "stat", "tr", "wc", "chmod");

		private static final Path BUSYBOX_FILE = Path.of("/bin/busybox");

		List<String> shell() {
			return (this == SYSTEM) ? List.of("/bin/sh") : List.of(BUSYBOX_FILE.toString(), "ash");
		}

		/** Whether this machine has a program. */
		boolean find(String program) {
			return Stream.of(System.getenv("PATH").split(":"))
				.anyMatch((folder) -> Files.isExecutable(Path.of(folder, program)));
		}

		String path(Path folder) throws IOException {
			if (this == SYSTEM) {
				return System.getenv("PATH");
			}
			assumeTrue(Files.isExecutable(BUSYBOX_FILE), "/bin/busybox is not here: apt-get install busybox-static");
			Path applets = Files.createDirectories(folder.resolve("busybox"));
			for (String applet : APPLETS) {
				if (!Files.exists(applets.resolve(applet))) {
					Files.createSymbolicLink(applets.resolve(applet), BUSYBOX_FILE);
				}
			}
			return applets + ":" + System.getenv("PATH");
		}

	}

	/**
	 * How a script ended.
	 *
	 * @param exitCode its exit code
	 * @param said what it wrote to its log
	 */
	record Result(int exitCode, String said) {

		/**
		 * The lines of an output file.
		 * @param file the file
		 * @return its lines
		 */
		static List<String> lines(Path file) {
			try (Stream<String> lines = Files.lines(file)) {
				return lines.toList();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
