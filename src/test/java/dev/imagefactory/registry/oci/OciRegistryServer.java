package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.opentest4j.TestAbortedException;

/**
 * Debian's {@code docker-registry}, a real registry, on a port of loopback, with its
 * content in a folder. It can be stopped and started again on the same content.
 */
public final class OciRegistryServer implements AutoCloseable {

	private static final List<Path> PLACES = Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
		.map((folder) -> Path.of(folder, "docker-registry"))
		.toList();

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Path folder;

	private final String more;

	private final int port;

	private Process process;

	private OciRegistryServer(Path folder, String more) {
		this.folder = folder;
		this.more = more;
		this.port = freePort();
		this.process = begin();
	}

	/**
	 * Starts a registry that lets everybody pull and push.
	 * @param folder where its content lies
	 * @return the registry
	 * @throws TestAbortedException when the program is not there
	 */
	public static OciRegistryServer start(Path folder) {
		return start(folder, "");
	}

	/**
	 * Starts a registry.
	 * @param folder where its content lies
	 * @param more more lines of its configuration, in YAML
	 * @return the registry
	 * @throws TestAbortedException when the program is not there
	 */
	static OciRegistryServer start(Path folder, String more) {
		if (PLACES.stream().noneMatch(Files::isExecutable)) {
			throw new TestAbortedException("There is no registry to test against: install docker-registry");
		}
		return new OciRegistryServer(folder, more);
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
			Files.createDirectories(this.folder);
			Path config = Files.writeString(this.folder.resolve("config.yml"), """
					version: 0.1
					log: {level: error}
					storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
					%s
					""".formatted(content(), this.more.contains("http:") ? this.more.formatted(this.port)
					: "http: {addr: '127.0.0.1:%d'}\n%s".formatted(this.port, this.more)));
			Process started = new ProcessBuilder("docker-registry", "serve", config.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(this.folder.resolve("log").toFile()))
				.start();
			Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> isUp(started));
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean isUp(Process started) throws IOException {
		if (!started.isAlive()) {
			throw new AssertionError("The registry ended: " + Files.readString(this.folder.resolve("log")));
		}
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 1000);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Where it is.
	 * @return {@code host:port}
	 */
	public String host() {
		return "127.0.0.1:" + this.port;
	}

	private Path content() {
		return this.folder.resolve("content");
	}

	/**
	 * Every manifest that an image ever had here, tagged or not.
	 * @param image the image's name
	 * @return their digests
	 */
	public List<String> manifests(String image) {
		Path revisions = content().resolve("docker/registry/v2/repositories")
			.resolve(image)
			.resolve("_manifests/revisions/sha256");
		if (!Files.isDirectory(revisions)) {
			return List.of();
		}
		try (Stream<Path> all = Files.list(revisions)) {
			return all.map((revision) -> "sha256:" + revision.getFileName()).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Removes content from its disk.
	 * @param hex the content's digest, without the algorithm
	 * @throws IOException when it is not there
	 */
	void lose(String hex) throws IOException {
		Files.delete(content().resolve("docker/registry/v2/blobs/sha256")
			.resolve(hex.substring(0, 2))
			.resolve(hex)
			.resolve("data"));
	}

	/** Ends it as a power switch would. */
	public void kill() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Starts it again, on the same port and content. */
	public void restart() {
		kill();
		this.process = begin();
	}

	@Override
	public void close() {
		kill();
	}

}
