package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The packaged service as a process of its own, seen only from outside: its socket, its
 * output, its files and its death.
 */
public final class ServiceProcess implements AutoCloseable {

	/** How users start a JVM for the service. */
	static final List<String> JAVA = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
			"-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED");

	private static final Duration START = Duration.ofSeconds(90);

	private static final Path JAR = Path.of(System.getProperty("service.jar", "target/image-factory.jar"));

	private final Process process;

	private final Path dataDirectory;

	private final Path output;

	private final int port;

	private final long outputStart;

	private ServiceProcess(Process process, Path dataDirectory, Path output, int port, long outputStart) {
		this.process = process;
		this.dataDirectory = dataDirectory;
		this.output = output;
		this.port = port;
		this.outputStart = outputStart;
	}

	/**
	 * Describes a service on a data directory.
	 * @param dataDirectory the directory
	 * @return what can be added to
	 */
	public static Description on(Path dataDirectory) {
		return new Description(dataDirectory);
	}

	public Path dataDirectory() {
		return this.dataDirectory;
	}

	public long pid() {
		return this.process.pid();
	}

	public URI base() {
		return URI.create("http://127.0.0.1:" + this.port);
	}

	/**
	 * A client with the admin token.
	 * @return the client
	 */
	public Api api() {
		try {
			return new Api(base(), Files.readString(this.dataDirectory.resolve("admin-token")).strip());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What this process printed so far.
	 * @return the text
	 */
	public String output() {
		try {
			String all = Files.readString(this.output);
			return all.substring((int) Math.min(this.outputStart, all.length()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/** Ends it as a power switch would, without a chance to react. */
	public void kill() {
		this.process.destroyForcibly();
		awaitEnd(Duration.ofSeconds(20));
	}

	/** Stops it where it is, as a machine that hangs would. */
	void freeze() {
		signal("-STOP");
	}

	/** Lets it go on where it was stopped; nothing happens when it was not. */
	void resume() {
		signal("-CONT");
	}

	private void signal(String signal) {
		try {
			new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Asks it to end, as a service manager would.
	 * @return how long it took
	 */
	public Duration terminate() {
		long start = System.nanoTime();
		this.process.destroy();
		awaitEnd(Duration.ofSeconds(40));
		return Duration.ofNanos(System.nanoTime() - start);
	}

	/**
	 * Waits for its end.
	 * @param patience how long
	 * @return its exit code
	 */
	public int awaitEnd(Duration patience) {
		try {
			if (!this.process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
				throw new AssertionError("The service did not end within " + patience + "; it printed:\n" + output());
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Waits until it takes requests; nobody else would end one that never does. */
	private void awaitReady(Duration patience) {
		try {
			Awaitility.await().atMost(patience).pollInterval(Duration.ofMillis(50)).until(() -> {
				if (!this.process.isAlive()) {
					throw new AssertionError("The service ended at its start; it printed:\n" + output());
				}
				return new Api(base(), "none").isReady();
			});
		}
		catch (ConditionTimeoutException ex) {
			throw new AssertionError("The service did not get ready within " + patience + "; it printed:\n" + output(),
					ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		awaitEnd(Duration.ofSeconds(20));
	}

	/** A service that was not started yet. */
	public static final class Description {

		private final Path dataDirectory;

		private final Map<String, String> settings = new LinkedHashMap<>();

		private final Map<String, String> environment = new LinkedHashMap<>();

		private List<String> prefix = List.of();

		private @Nullable List<String> copy;

		/** What runs for an hour starts the jar as users do. */
		private boolean quick = !Boolean.getBoolean("tests.soak");

		private String profile = "default";

		/** Compiles quickly rather than well, because most tests are over soon. */
		private List<String> jvm = List.of("-XX:TieredStopAtLevel=1");

		private int repositories;

		private Description(Path dataDirectory) {
			this.dataDirectory = dataDirectory;
		}

		public Description with(String key, Object value) {
			this.settings.put(key, value.toString());
			return this;
		}

		public Description environment(String key, String value) {
			this.environment.put(key, value);
			return this;
		}

		/**
		 * Starts the jar as users do, without what makes the JVM start quickly.
		 * @param options the JVM's options beside those that users are told
		 * @return this
		 */
		public Description jvm(String... options) {
			this.jvm = List.of(options);
			this.quick = false;
			return this;
		}

		/**
		 * Lets another program start the service, as another account for example.
		 * @param command the program and its arguments
		 * @return this
		 */
		public Description startedBy(String... command) {
			this.prefix = List.of(command);
			return this;
		}

		/**
		 * Starts a copy of the service's files, which another account can be allowed to
		 * read.
		 * @param folder where it is made
		 * @return this
		 */
		Description copiedTo(Path folder) throws IOException {
			this.copy = QuickStart.copied(JAR, Files.createDirectories(folder));
			return this;
		}

		public Description profile(String name) {
			this.profile = name;
			return this;
		}

		/**
		 * Onboards a repository; may be called for several.
		 * @param name its name
		 * @param cloneUrl where it is cloned from
		 * @param secret the file with the shared webhook secret
		 * @return this
		 */
		public Description onboarding(String name, URI cloneUrl, Path secret) {
			String repository = "image-factory.teams[0].repositories[" + this.repositories++ + "]";
			return with("image-factory.teams[0].name", "test").with("image-factory.teams[0].image-prefix", "test")
				.with(repository + ".name", name)
				.with(repository + ".clone-url", cloneUrl)
				.with("image-factory.github.webhook.secret-files[0]", secret);
		}

		/**
		 * Gives the repository that was onboarded last an identity and a secret of its
		 * own.
		 * @param id its identity
		 * @param secret the file with its secret
		 * @return this
		 */
		public Description owning(long id, Path secret) {
			String repository = "image-factory.teams[0].repositories[" + (this.repositories - 1) + "]";
			return with(repository + ".id", id).with(repository + ".webhook.secret-files[0]", secret);
		}

		/**
		 * Starts it and waits until it takes requests.
		 * @return the process
		 */
		public ServiceProcess start() {
			return start(START);
		}

		/**
		 * Starts it and waits until it takes requests.
		 * @param patience how long to wait
		 * @return the process
		 */
		ServiceProcess start(Duration patience) {
			ServiceProcess service = launch();
			try {
				service.awaitReady(patience);
				return service;
			}
			catch (AssertionError | RuntimeException ex) {
				service.close();
				throw ex;
			}
		}

		/**
		 * Starts it without waiting.
		 * @return the process
		 */
		public ServiceProcess launch() {
			try {
				Files.createDirectories(this.dataDirectory.getParent());
				int port = freePort();
				Path output = this.dataDirectory.resolveSibling(this.dataDirectory.getFileName() + ".out");
				long before = Files.exists(output) ? Files.readString(output).length() : 0;
				ProcessBuilder builder = new ProcessBuilder(command(port)).redirectErrorStream(true)
					.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
				Files.writeString(output, "", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
				builder.environment().putAll(this.environment);
				return new ServiceProcess(builder.start(), this.dataDirectory, output, port, before);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private List<String> command(int port) {
			List<String> command = new ArrayList<>(this.prefix);
			command.addAll(JAVA);
			command.addAll(this.jvm);
			command.addAll(program());
			command.addAll(List.of("--server.port=" + port, "--spring.profiles.active=" + this.profile,
					"--image-factory.data-dir=" + this.dataDirectory));
			this.settings.forEach((key, value) -> command.add("--" + key + "=" + value));
			return command;
		}

		private List<String> program() {
			if (this.copy != null) {
				return this.copy;
			}
			return this.quick ? QuickStart.of(JAR) : QuickStart.packaged(JAR);
		}

		private static int freePort() throws IOException {
			try (ServerSocket socket = new ServerSocket(0)) {
				return socket.getLocalPort();
			}
		}

	}

}
