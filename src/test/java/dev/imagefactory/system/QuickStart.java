package dev.imagefactory.system;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * A start of the service that costs half, because tests start it so often: its jar is
 * taken apart by its own tools mode, and the classes that the demo loads are kept in an
 * archive which later JVMs map. It runs the same classes. Both lie beside the jar, in a
 * folder named after this version of the jar and of Java.
 */
final class QuickStart {

	private static final Map<Path, List<String>> MADE = new ConcurrentHashMap<>();

	private static final long MOST_SECONDS = 180;

	private final Path jar;

	private final Path folder;

	private QuickStart(Path jar, Path folder) {
		this.jar = jar;
		this.folder = folder;
	}

	/**
	 * The options that start a jar: from its archive, which is made when it is not there,
	 * or as it is when that fails.
	 * @param jar the packaged service
	 * @return what follows the JVM's other options
	 */
	static List<String> of(Path jar) {
		return MADE.computeIfAbsent(jar.toAbsolutePath(), QuickStart::prepare);
	}

	/**
	 * The options that start a jar as it is.
	 * @param jar the packaged service
	 * @return what follows the JVM's other options
	 */
	static List<String> packaged(Path jar) {
		return List.of("-jar", jar.toString());
	}

	/**
	 * The options that start copies of those files, for an account that may not read
	 * them.
	 * @param jar the packaged service
	 * @param folder where the copies are made
	 * @return what follows the JVM's other options
	 * @throws IOException when it cannot be copied
	 */
	static List<String> copied(Path jar, Path folder) throws IOException {
		List<String> options = of(jar);
		if (options.equals(packaged(jar))) {
			return packaged(Files.copy(jar, folder.resolve(jar.getFileName())));
		}
		Path made = Path.of(options.getLast()).getParent().getParent();
		try (Stream<Path> files = Files.walk(made)) {
			for (Path file : files.toList()) {
				// The archive is for jars of just this age.
				Files.copy(file, folder.resolve(made.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES,
						StandardCopyOption.REPLACE_EXISTING);
			}
		}
		return options.stream().map((option) -> option.replace(made.toString(), folder.toString())).toList();
	}

	private static List<String> prepare(Path jar) {
		Path all = jar.resolveSibling("quick-start");
		try {
			String version = Files.size(jar) + "-" + Files.getLastModifiedTime(jar).toMillis() + "-"
					+ Runtime.version();
			QuickStart start = new QuickStart(jar, Files.createDirectories(all).resolve(version));
			try (FileChannel channel = FileChannel.open(all.resolve("lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE)) {
				// Another run of the tests may be about to make the same. Closing lets
				// go.
				channel.lock();
				start.makeUnlessThere(all);
			}
			return start.options();
		}
		catch (IOException ex) {
			System.err.println("The service starts slowly, from " + jar + " itself: " + ex);
			return packaged(jar);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private List<String> options() {
		return List.of("-XX:SharedArchiveFile=" + archive(), "-Xshare:auto", "-jar", takenApart().toString());
	}

	private Path archive() {
		return this.folder.resolve("classes.jsa");
	}

	private Path takenApart() {
		return this.folder.resolve("service").resolve(this.jar.getFileName());
	}

	private void makeUnlessThere(Path all) throws IOException, InterruptedException {
		if (Files.exists(archive())) {
			return;
		}
		forgetOthers(all);
		run("-Djarmode=tools", "-jar", this.jar.toString(), "extract", "--destination",
				takenApart().getParent().toString());
		Path unfinished = this.folder.resolve("unfinished.jsa");
		// Whether a class can be archived is not for whoever reads a test's output.
		play("-XX:ArchiveClassesAtExit=" + unfinished, "-Xlog:disable", "-jar", takenApart().toString(),
				"--server.port=0", "--spring.profiles.active=demo",
				"--image-factory.data-dir=" + this.folder.resolve("data"));
		FileSystemUtils.deleteRecursively(this.folder.resolve("data"));
		Files.move(unfinished, archive());
	}

	private static void forgetOthers(Path all) throws IOException {
		try (Stream<Path> others = Files.list(all)) {
			for (Path other : others.filter(Files::isDirectory).toList()) {
				FileSystemUtils.deleteRecursively(other);
			}
		}
	}

	private void run(String... options) throws IOException, InterruptedException {
		Process process = launch(options);
		try {
			if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
				throw failure(options);
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** Lets the demo make its release, so that what a build needs is loaded too. */
	private void play(String... options) throws IOException, InterruptedException {
		Process process = launch(options);
		try {
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
			while (!DemoSystemTests.END.matcher(Files.readString(output())).find()) {
				if (process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end) {
					throw failure(options);
				}
			}
			process.destroy();
			if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
				throw failure(options);
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	private Process launch(String... options) throws IOException {
		Files.createDirectories(this.folder);
		return new ProcessBuilder(command(options)).redirectErrorStream(true).redirectOutput(output().toFile()).start();
	}

	private static List<String> command(String... options) {
		List<String> command = new ArrayList<>(ServiceProcess.JAVA);
		command.addAll(List.of(options));
		return command;
	}

	private Path output() {
		return this.folder.resolve("output");
	}

	private IOException failure(String... options) throws IOException {
		return new IOException(
				String.join(" ", command(options)) + " failed; it printed:\n" + Files.readString(output()));
	}

}
