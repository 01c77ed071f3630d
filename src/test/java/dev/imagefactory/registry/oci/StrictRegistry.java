package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imagefactory.image.Digest;
import org.jspecify.annotations.Nullable;

/**
 * A registry in memory that takes only what the OCI distribution-spec allows, and goes
 * wrong where a test tells it to.
 */
final class StrictRegistry implements AutoCloseable {

	private static final Pattern PATH = Pattern.compile("/v2/([a-z0-9/._-]+?)/(manifests|blobs|tags)/(.+)");

	final Map<String, byte[]> blobs = new ConcurrentHashMap<>();

	final Map<String, byte[]> manifests = new ConcurrentHashMap<>();

	/** What came, such as {@code PUT /v2/a/manifests/v1}, in order. */
	final List<String> requests = new CopyOnWriteArrayList<>();

	private final Map<String, String> uploads = new ConcurrentHashMap<>();

	private final List<Planned> faults = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	/** How the address of an upload begins; empty for a relative one. */
	private volatile String uploadBase = "";

	private volatile @Nullable TokenDesk desk;

	StrictRegistry() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	String host() {
		return "127.0.0.1:" + this.server.getAddress().getPort();
	}

	/** Lets in only who has a token of a desk. */
	void guardedBy(TokenDesk tokens) {
		this.desk = tokens;
	}

	/** Gives whole addresses for uploads instead of relative ones. */
	void uploadsAt(String base) {
		this.uploadBase = base;
	}

	/**
	 * Goes wrong once.
	 * @param request a part of the request's line, such as {@code PUT /v2/}
	 * @param fault what happens instead of the answer
	 */
	void once(String request, Fault fault) {
		this.faults.add(new Planned(request, fault, true));
	}

	/** Goes wrong each time. */
	void always(String request, Fault fault) {
		this.faults.add(new Planned(request, fault, false));
	}

	long count(String request) {
		return this.requests.stream().filter((one) -> one.contains(request)).count();
	}

	private void answer(HttpExchange exchange) throws IOException {
		String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
		this.requests.add(line);
		for (Planned planned : this.faults) {
			if (line.contains(planned.request) && (!planned.once || this.faults.remove(planned))) {
				planned.fault.strike(exchange);
				exchange.close();
				return;
			}
		}
		TokenDesk guard = this.desk;
		if (guard == null || guard.admits(exchange, image(exchange))) {
			serve(exchange);
		}
		exchange.close();
	}

	private static String image(HttpExchange exchange) {
		Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
		return path.matches() ? path.group(1) : "";
	}

	/** Answers as it should; faults may come back to this. */
	void serve(HttpExchange exchange) throws IOException {
		Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
		if (!path.matches()) {
			error(exchange, 404, "NAME_UNKNOWN");
			return;
		}
		String image = path.group(1);
		switch (path.group(2)) {
			case "manifests" -> manifest(exchange, image, path.group(3));
			case "blobs" -> blob(exchange, image, path.group(3));
			default -> tags(exchange, image);
		}
	}

	private void manifest(HttpExchange exchange, String image, String reference) throws IOException {
		if (exchange.getRequestMethod().equals("PUT")) {
			byte[] body = exchange.getRequestBody().readAllBytes();
			Digest digest = Digest.ofBytes(body);
			if (reference.startsWith("sha256:") && !reference.equals(digest.value())) {
				error(exchange, 400, "DIGEST_INVALID");
				return;
			}
			this.manifests.put(image + "@" + digest, body);
			this.manifests.put(image + "@" + reference, body);
			exchange.getResponseHeaders().set("Docker-Content-Digest", digest.value());
			send(exchange, 201, new byte[0]);
			return;
		}
		byte[] found = this.manifests.get(image + "@" + reference);
		if (found == null) {
			error(exchange, 404, "MANIFEST_UNKNOWN");
			return;
		}
		exchange.getResponseHeaders().set("Content-Type", "application/vnd.oci.image.manifest.v1+json");
		exchange.getResponseHeaders().set("Docker-Content-Digest", Digest.ofBytes(found).value());
		send(exchange, 200, found);
	}

	private void blob(HttpExchange exchange, String image, String reference) throws IOException {
		switch (exchange.getRequestMethod()) {
			case "POST" -> {
				String session = UUID.randomUUID().toString();
				String state = "a%2Bb=" + session;
				this.uploads.put(session, state);
				exchange.getResponseHeaders()
					.set("Location", this.uploadBase + "/v2/" + image + "/blobs/uploads/" + session + "?" + state);
				send(exchange, 202, new byte[0]);
			}
			case "PUT" -> receive(exchange, reference.replace("uploads/", ""));
			default -> {
				byte[] found = this.blobs.get(reference);
				if (found == null) {
					error(exchange, 404, "BLOB_UNKNOWN");
				}
				else {
					send(exchange, 200, found);
				}
			}
		}
	}

	/** Stores what came without a look at its digest, as a careless registry would. */
	private void receive(HttpExchange exchange, String session) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		String query = exchange.getRequestURI().getRawQuery();
		String state = this.uploads.remove(session);
		if (state == null || !query.startsWith(state + "&digest=")) {
			error(exchange, 404, "BLOB_UPLOAD_UNKNOWN");
			return;
		}
		this.blobs.put(query.substring((state + "&digest=").length()), body);
		send(exchange, 201, new byte[0]);
	}

	private void tags(HttpExchange exchange, String image) throws IOException {
		List<String> names = this.manifests.keySet()
			.stream()
			.filter((key) -> key.startsWith(image + "@") && !key.contains("@sha256:"))
			.map((key) -> "\"" + key.substring(image.length() + 1) + "\"")
			.sorted()
			.toList();
		send(exchange, 200, "{\"name\":\"%s\",\"tags\":%s}".formatted(image, names).getBytes(StandardCharsets.UTF_8));
	}

	static void error(HttpExchange exchange, int status, String code) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
		send(exchange, status, "{\"errors\":[{\"code\":\"%s\",\"message\":\"told by the test\"}]}".formatted(code)
			.getBytes(StandardCharsets.UTF_8));
	}

	static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
		if (exchange.getRequestMethod().equals("HEAD")) {
			exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
			exchange.sendResponseHeaders(status, -1);
			return;
		}
		exchange.sendResponseHeaders(status, (body.length == 0) ? -1 : body.length);
		exchange.getResponseBody().write(body);
	}

	/** An answer with one header and no content. */
	static Fault answering(int status, String header, String value) {
		return (exchange) -> {
			exchange.getRequestBody().readAllBytes();
			exchange.getResponseHeaders().set(header, value);
			exchange.sendResponseHeaders(status, -1);
		};
	}

	/** An answer with content. */
	static Fault telling(int status, String type, String content) {
		return (exchange) -> {
			exchange.getRequestBody().readAllBytes();
			exchange.getResponseHeaders().set("Content-Type", type);
			send(exchange, status, content.getBytes(StandardCharsets.UTF_8));
		};
	}

	Optional<Digest> tag(String image, String tag) {
		return Optional.ofNullable(this.manifests.get(image + "@" + tag)).map(Digest::ofBytes);
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/** What happens instead of the answer. */
	interface Fault {

		void strike(HttpExchange exchange) throws IOException;

	}

	private record Planned(String request, Fault fault, boolean once) {

	}

}
