package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A view of this host for builders: namespaces of their own for mounts, processes and
 * messages, and a root that shows the system's programs, the source and one work folder.
 * <p>
 * A builder that separates RUN instructions by {@code chroot} alone does not stop them:
 * root leaves a chroot, and {@code /proc} shows the service. What cannot be seen from the
 * builder cannot be seen from a RUN that got out of it.
 */
enum Jail {

	/** Made by this process, which must be root. */
	OF_ROOT,

	/** Made inside a user namespace with the user's subordinate ids. */
	OF_USER;

	/** The source inside. */
	static final String SOURCE = "/source";

	/** The work folder inside; the only one that can be written. */
	static final String WORK = "/work";

	/** Said when the jail is closed and the program is about to start. */
	static final String READY = "jail: ready";

	private static final String SCRIPT = script();

	/**
	 * How a build in it runs.
	 * @return the rest of a sentence
	 */
	String description() {
		return switch (this) {
			case OF_ROOT -> "in namespaces of their own";
			case OF_USER -> "in a user namespace of their own";
		};
	}

	/**
	 * Wraps a program.
	 * @param path where programs are looked up
	 * @param builder what builds, which can make a user namespace
	 * @param source the folder to show as {@link #SOURCE}
	 * @param work the folder to show as {@link #WORK}; must hold a folder {@code home}
	 * @param program the program and its arguments, in the jail's own paths
	 * @return the command that makes the jail and runs the program in it
	 * @throws StepFailure when a program that is needed for it is not on the path
	 */
	Command command(SearchPath path, JailedProgram builder, Path source, Path work, List<String> program) {
		List<String> arguments = prefix(path, builder);
		// With --kill-child nothing in the jail outlives its first process.
		arguments.addAll(List.of(found(path, "unshare"), "--mount", "--pid", "--ipc", "--fork", "--kill-child",
				found(path, "sh"), "-c", SCRIPT, "jail", source.toString(), work.toString()));
		arguments.addAll(program);
		Map<String, String> environment = Map.of("PATH", path.value(), "HOME", work.resolve("home").toString(),
				"TMPDIR", work.resolve("tmp").toString(), "LANG", "C.UTF-8");
		return new Command(arguments, environment, work);
	}

	/**
	 * The command that deletes what a program left.
	 * @param path where programs are looked up
	 * @param builder what builds, which can make a user namespace
	 * @param home a folder for the builder's own files
	 * @param folders what to delete
	 * @return the command; in a user namespace files may belong to subordinate ids, which
	 * only it can delete
	 * @throws StepFailure when a program that is needed for it is not on the path
	 */
	Command removing(SearchPath path, JailedProgram builder, Path home, List<Path> folders) {
		List<String> arguments = prefix(path, builder);
		arguments.addAll(List.of(found(path, "rm"), "-rf", "--"));
		folders.forEach((folder) -> arguments.add(folder.toString()));
		Map<String, String> environment = Map.of("PATH", path.value(), "HOME", home.toString(), "LANG", "C.UTF-8");
		return new Command(arguments, environment, home);
	}

	private List<String> prefix(SearchPath path, JailedProgram builder) {
		return switch (this) {
			case OF_ROOT -> new ArrayList<>();
			case OF_USER -> new ArrayList<>(List.of(found(path, builder.program()), "unshare", "--"));
		};
	}

	private static String found(SearchPath path, String program) {
		return path.find(program)
			.map(Path::toString)
			.orElseThrow(() -> StepFailure.ofPlatform("builder-broken",
					"Builds need the program '%s', which is not on the PATH of this service".formatted(program)));
	}

	private static String script() {
		try (InputStream resource = Jail.class.getResourceAsStream("jail.sh")) {
			if (resource == null) {
				throw new IllegalStateException("jail.sh is missing beside its class");
			}
			return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot read jail.sh", ex);
		}
	}

}
