package dev.imagefactory.git;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

/**
 * Serves the repositories in a folder over smart HTTP with the real
 * {@code git http-backend}, on a free port of the loopback address.
 */
public final class GitHttpServer implements AutoCloseable {

	private static final Pattern WANT = Pattern.compile("want ([0-9a-f]{40})");

	private final Path root;

	private final Access access;

	private final HttpServer server;

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<String> requests = new CopyOnWriteArrayList<>();

	private final List<String> authorized = new CopyOnWriteArrayList<>();

	private GitHttpServer(Path root, Access access) throws IOException {
		this.root = root;
		this.access = access;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", (exchange) -> handle(exchange, this::answer));
		this.server.start();
	}

	/**
	 * Serves to everybody.
	 * @param root the folder with the repositories
	 * @return the server, to be closed
	 * @throws IOException when no port is free
	 */
	public static GitHttpServer open(Path root) throws IOException {
		return new GitHttpServer(root, new Access(null, true));
	}

	/**
	 * Serves to one user.
	 * @param root the folder with the repositories
	 * @param user the user's name
	 * @param token the password
	 * @return the server, to be closed
	 * @throws IOException when no port is free
	 */
	public static GitHttpServer closed(Path root, String user, String token) throws IOException {
		String pair = Base64.getEncoder().encodeToString((user + ":" + token).getBytes(StandardCharsets.UTF_8));
		return new GitHttpServer(root, new Access("Basic " + pair, true));
	}

	/**
	 * Serves protocol version 0, and refuses every commit that is not the tip of a ref,
	 * as some servers do ({@code uploadpack.allowReachableSHA1InWant}).
	 * @param root the folder with the repositories
	 * @return the server, to be closed
	 * @throws IOException when no port is free
	 */
	public static GitHttpServer tipsOnly(Path root) throws IOException {
		return new GitHttpServer(root, new Access(null, false));
	}

	/**
	 * The URL of something below the folder.
	 * @param path such as {@code app.git}
	 * @return its URL
	 */
	public URI url(String path) {
		return URI.create("http://127.0.0.1:%d/%s".formatted(this.server.getAddress().getPort(), path));
	}

	/**
	 * What was asked so far.
	 * @return methods and paths with their queries
	 */
	public List<String> requests() {
		return List.copyOf(this.requests);
	}

	/**
	 * Which requests came with a header Authorization.
	 * @return methods and paths with their queries
	 */
	public List<String> authorized() {
		return List.copyOf(this.authorized);
	}

	/**
	 * Answers below a path otherwise than with git.
	 * @param path such as {@code /app.git/info/lfs}
	 * @param handler what answers those who may read
	 * @return this
	 */
	public GitHttpServer serve(String path, HttpHandler handler) {
		this.server.createContext(path, (exchange) -> handle(exchange, handler));
		return this;
	}

	/**
	 * Sends everybody who asks for something below a path to another server.
	 * @param path such as {@code /app.git}
	 * @param other the other server, which has the same path
	 * @return this
	 */
	public GitHttpServer redirect(String path, GitHttpServer other) {
		return serve(path, (exchange) -> {
			exchange.getResponseHeaders().set("Location", other.url("").resolve(exchange.getRequestURI()).toString());
			exchange.sendResponseHeaders(302, -1);
		});
	}

	private void handle(HttpExchange exchange, HttpHandler handler) throws IOException {
		try (exchange) {
			String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
			this.requests.add(request);
			String authorization = exchange.getRequestHeaders().getFirst("Authorization");
			if (authorization != null) {
				this.authorized.add(request);
			}
			if (this.access.authorization() != null && !this.access.authorization().equals(authorization)) {
				exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
				exchange.sendResponseHeaders(401, -1);
				return;
			}
			handler.handle(exchange);
		}
	}

	private void answer(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		if (!this.access.newProtocol() && !asksForTipsOnly(exchange, body)) {
			byte[] refusal = "0023ERR upload-pack: not our ref X\n".getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/x-git-upload-pack-result");
			exchange.sendResponseHeaders(200, refusal.length);
			exchange.getResponseBody().write(refusal);
			return;
		}
		Process git = start(exchange);
		try (OutputStream in = git.getOutputStream()) {
			in.write(body);
		}
		try (InputStream out = new BufferedInputStream(git.getInputStream())) {
			int status = 200;
			for (String line = line(out); !line.isEmpty(); line = line(out)) {
				String[] header = line.split(": ", 2);
				if (header[0].equals("Status")) {
					status = Integer.parseInt(header[1].substring(0, 3));
				}
				else {
					exchange.getResponseHeaders().add(header[0], header[1]);
				}
			}
			exchange.sendResponseHeaders(status, 0);
			out.transferTo(exchange.getResponseBody());
		}
		finally {
			git.destroy();
		}
	}

	private boolean asksForTipsOnly(HttpExchange exchange, byte[] body) throws IOException {
		boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
		byte[] plain = zipped ? new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes() : body;
		Matcher wants = WANT.matcher(new String(plain, StandardCharsets.ISO_8859_1));
		if (!wants.find()) {
			return true;
		}
		String repository = exchange.getRequestURI().getPath().replace("/git-upload-pack", "");
		Process refs = new ProcessBuilder("git", "--git-dir=" + this.root + repository, "for-each-ref",
				"--format=%(objectname)")
			.start();
		String tips = new String(refs.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		return wants.reset().results().allMatch((want) -> tips.contains(want.group(1)));
	}

	private Process start(HttpExchange exchange) throws IOException {
		ProcessBuilder builder = new ProcessBuilder("git", "http-backend");
		builder.redirectError(ProcessBuilder.Redirect.DISCARD);
		Map<String, String> environment = builder.environment();
		environment.put("GIT_PROJECT_ROOT", this.root.toString());
		environment.put("GIT_HTTP_EXPORT_ALL", "1");
		environment.put("GIT_CONFIG_NOSYSTEM", "1");
		environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
		environment.put("REQUEST_METHOD", exchange.getRequestMethod());
		environment.put("PATH_INFO", exchange.getRequestURI().getPath());
		put(environment, "QUERY_STRING", exchange.getRequestURI().getRawQuery());
		put(environment, "CONTENT_TYPE", exchange.getRequestHeaders().getFirst("Content-Type"));
		put(environment, "CONTENT_LENGTH", exchange.getRequestHeaders().getFirst("Content-Length"));
		put(environment, "HTTP_CONTENT_ENCODING", exchange.getRequestHeaders().getFirst("Content-Encoding"));
		if (this.access.newProtocol()) {
			put(environment, "HTTP_GIT_PROTOCOL", exchange.getRequestHeaders().getFirst("Git-Protocol"));
		}
		return builder.start();
	}

	private static void put(Map<String, String> environment, String name, String value) {
		environment.put(name, (value != null) ? value : "");
	}

	private static String line(InputStream in) throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		for (int read = in.read(); read != '\n' && read != -1; read = in.read()) {
			line.write(read);
		}
		return line.toString(StandardCharsets.ISO_8859_1).strip();
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * Who may read, and how.
	 *
	 * @param authorization the header that is asked for; null for everybody
	 * @param newProtocol whether protocol version 2 is offered
	 */
	private record Access(String authorization, boolean newProtocol) {

	}

}
