package dev.imagefactory.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/**
 * A real PostgreSQL on a port of loopback, with one user who has a password and owns what
 * he makes. It sorts as people do and lives in another time zone, as real ones may. It
 * does not wait for the disk: killing it loses nothing, only a power cut would.
 */
public final class PostgresServer implements AutoCloseable {

	private static final String ADMINISTRATOR = "postgres";

	private static final String USER = "image_factory";

	private static final String PASSWORD = "for-tests-only";

	private static final String DATABASE = "image_factory";

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private final PostgresBinaries binaries;

	private final Path data;

	private final int port;

	private final boolean durable;

	private Process server;

	private Process guard;

	private PostgresServer(PostgresBinaries binaries, Path data, boolean durable) {
		this.binaries = binaries;
		this.data = data;
		this.port = freePort();
		this.durable = durable;
		this.server = begin();
		this.guard = guard();
	}

	/**
	 * Starts a new, empty server.
	 * @return the server
	 * @throws TestAbortedException when this machine cannot run one
	 */
	public static PostgresServer start() {
		return start(false);
	}

	/**
	 * Starts one that waits for the disk at each commit, as one must that is measured.
	 * @return the server
	 * @throws TestAbortedException when this machine cannot run one
	 */
	public static PostgresServer startDurable() {
		return start(true);
	}

	private static PostgresServer start(boolean durable) {
		PostgresBinaries binaries = PostgresBinaries.unpacked();
		Path data = binaries.folder(durable);
		binaries.run("initdb", "-D", data.toString(), "-U", ADMINISTRATOR, "-A", "trust", "-E", "UTF8", "--locale=C",
				"--locale-provider=icu", "--icu-locale=en-US", "--no-sync");
		PostgresServer server = new PostgresServer(binaries, data, durable);
		server.administer("CREATE ROLE %s LOGIN CREATEDB PASSWORD '%s'".formatted(USER, PASSWORD));
		server.administer("CREATE DATABASE %s OWNER %s".formatted(DATABASE, USER));
		return server;
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Process begin() {
		try {
			Files.writeString(this.data.resolve("pg_hba.conf"), """
					host all %s 127.0.0.1/32 trust
					host all all 127.0.0.1/32 scram-sha-256
					""".formatted(ADMINISTRATOR));
			Process process = this.binaries
				.command("postgres", "-D", this.data.toString(), "-p", Integer.toString(this.port), "-c",
						"listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=" + onOff(), "-c",
						"full_page_writes=" + onOff(), "-c", "max_wal_size=" + (this.durable ? "1GB" : "256MB"), "-c",
						"max_connections=200", "-c", "shared_buffers=64MB", "-c", "timezone=Asia/Kolkata", "-c",
						"scram_iterations=1")
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
				.start();
			awaitReady(process);
			return process;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String onOff() {
		return this.durable ? "on" : "off";
	}

	private Path log() {
		return this.data.resolveSibling(this.data.getFileName() + ".log");
	}

	private void awaitReady(Process process) {
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
			if (!process.isAlive()) {
				throw new IllegalStateException("PostgreSQL ended: " + Files.readString(log()));
			}
			return accepts();
		});
	}

	private boolean accepts() {
		try {
			administrator().close();
			return true;
		}
		catch (SQLException ex) {
			return false;
		}
	}

	/**
	 * Ends the server and removes its files when this process is gone, however it ended:
	 * then the pipe to it closes.
	 */
	private Process guard() {
		try {
			return new ProcessBuilder("sh", "-c",
					"cat >/dev/null; kill -CONT \"$1\"; kill -QUIT \"$1\"; sleep 1; " + "rm -rf \"$2\" \"$3\"", "sh",
					Long.toString(this.server.pid()), this.data.toString(), log().toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Where the user's first database is.
	 * @return the JDBC URL, without user and password
	 */
	public String url() {
		return url(DATABASE);
	}

	private String url(String database) {
		return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(this.port, database);
	}

	/**
	 * Who may sign in.
	 * @return the user's name
	 */
	public String user() {
		return USER;
	}

	/**
	 * What the user signs in with.
	 * @return the password
	 */
	public String password() {
		return PASSWORD;
	}

	/**
	 * Where the server listens.
	 * @return the port, the same after every restart
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Makes another database of the user.
	 * @param name its name
	 * @param template the database that it is a copy of, to which nobody is connected
	 * @return the JDBC URL
	 */
	public String create(String name, String template) {
		administer("CREATE DATABASE %s OWNER %s TEMPLATE %s STRATEGY FILE_COPY".formatted(name, USER, template));
		return url(name);
	}

	/**
	 * Removes a database, whoever is connected.
	 * @param name its name
	 */
	void drop(String name) {
		administer("DROP DATABASE IF EXISTS %s WITH (FORCE)".formatted(name));
	}

	/**
	 * Runs a statement with all rights.
	 * @param statement what to do
	 */
	public void administer(String statement) {
		try (Connection connection = administrator(); Statement done = connection.createStatement()) {
			done.execute(statement);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("'%s' failed".formatted(statement), ex);
		}
	}

	private Connection administrator() throws SQLException {
		DriverManager.setLoginTimeout(10);
		return DriverManager.getConnection(url("postgres"), ADMINISTRATOR, "");
	}

	/** Ends the server as an administrator does, without waiting for its users. */
	public void stop() {
		signal("INT", List.of(this.server.toHandle()));
		awaitEnd();
	}

	/** Ends the server at once, as a crash does. */
	public void kill() {
		List<ProcessHandle> all = processes();
		signal("KILL", all);
		awaitEnd();
		all.forEach((process) -> process.onExit().orTimeout(60, TimeUnit.SECONDS).join());
	}

	/** Freezes every process of the server: connections stay, and nothing answers. */
	public void pause() {
		signal("STOP", List.of(this.server.toHandle()));
		signal("STOP", processes());
	}

	/** Lets a frozen server go on. */
	public void resume() {
		signal("CONT", processes());
	}

	/** Starts the server that was ended, with the same data on the same port. */
	public void restart() {
		this.server = begin();
		release(this.guard);
		this.guard = guard();
	}

	private List<ProcessHandle> processes() {
		return Stream.concat(Stream.of(this.server.toHandle()), this.server.descendants()).toList();
	}

	private static void signal(String signal, List<ProcessHandle> processes) {
		List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
		processes.forEach((process) -> command.add(Long.toString(process.pid())));
		try {
			// Some may be gone by now, and kill says so.
			new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw PostgresBinaries.interrupted(ex);
		}
	}

	private void awaitEnd() {
		this.server.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
	}

	/** A guard that is killed guards no more. */
	private static void release(Process guard) {
		guard.destroyForcibly().onExit().join();
	}

	@Override
	public void close() {
		try {
			this.guard.getOutputStream().close();
			this.guard.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
