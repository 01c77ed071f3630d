package dev.imagefactory.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PacketLineOut;
import org.eclipse.jgit.transport.RefAdvertiser.PacketLineOutRefAdvertiser;
import org.eclipse.jgit.transport.UploadPack;

/**
 * Serves one packed repository over smart HTTP without starting a program for each
 * request: the host of a repository does not work on the processors of the service that
 * is measured.
 */
final class GitInProcess implements AutoCloseable {

	private final HttpServer server;

	private final ExecutorService threads = Executors.newFixedThreadPool(8);

	private final Repository repository;

	private final String path;

	private GitInProcess(Path folder, String path) throws IOException {
		this.path = path;
		this.repository = new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().build();
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	/**
	 * Packs a repository as a host would, and serves it.
	 * @param folder the bare repository
	 * @param path where it is found, such as {@code /acme/app.git}
	 * @return the server
	 */
	static GitInProcess pack(Path folder, String path) throws IOException {
		for (List<String> command : List.of(List.of("pack-refs", "--all"), List.of("repack", "-adq"))) {
			ProcessBuilder git = new ProcessBuilder("git", "--git-dir=" + folder).inheritIO();
			git.command().addAll(command);
			try {
				if (git.start().waitFor() != 0) {
					throw new IOException("git " + command + " failed in " + folder);
				}
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
		}
		return new GitInProcess(folder, path);
	}

	/** The address of the host. */
	URI host() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	private void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			String asked = exchange.getRequestURI().getPath();
			if (asked.equals(this.path + "/info/refs")) {
				ByteArrayOutputStream answer = new ByteArrayOutputStream();
				PacketLineOut lines = new PacketLineOut(answer);
				lines.writeString("# service=git-upload-pack\n");
				lines.end();
				uploadPack(exchange).sendAdvertisedRefs(new PacketLineOutRefAdvertiser(lines), null);
				send(exchange, "advertisement", answer.toByteArray());
			}
			else if (asked.equals(this.path + "/git-upload-pack")) {
				ByteArrayOutputStream answer = new ByteArrayOutputStream();
				uploadPack(exchange).upload(body(exchange), answer, null);
				send(exchange, "result", answer.toByteArray());
			}
			else {
				exchange.sendResponseHeaders(404, -1);
			}
		}
	}

	private UploadPack uploadPack(HttpExchange exchange) {
		UploadPack upload = new UploadPack(this.repository);
		upload.setBiDirectionalPipe(false);
		Optional.ofNullable(exchange.getRequestHeaders().getFirst("Git-Protocol"))
			.ifPresent((protocol) -> upload.setExtraParameters(List.of(protocol.split(":"))));
		return upload;
	}

	private static InputStream body(HttpExchange exchange) throws IOException {
		boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
		return zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
	}

	private static void send(HttpExchange exchange, String kind, byte[] answer) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-" + kind);
		exchange.sendResponseHeaders(200, answer.length);
		try (OutputStream out = exchange.getResponseBody()) {
			out.write(answer);
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
		this.repository.close();
	}

}
