package dev.imagefactory.engine.argo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes API on loopback that knows Workflows and pods and nothing else, refuses
 * what the real one refuses, and goes wrong where a test tells it to. What it says was
 * written after the real one's answers.
 */
final class StrictKubernetes implements AutoCloseable {

	/** What a client has to show at first. */
	static final String TOKEN = "a-token-of-the-account";

	static final ObjectMapper JSON = new ObjectMapper();

	private static final Pattern PATH = Pattern
		.compile("/apis/argoproj\\.io/v1alpha1/namespaces/([^/]+)/workflows(?:/([^/]+))?");

	private static final Pattern PODS = Pattern.compile("/api/v1/namespaces/([^/]+)/pods(?:/([^/]+)(/log)?)?");

	private static final int PACKED_FROM = 128 * 1024;

	private static final String MERGE_PATCH = "application/merge-patch+json";

	/** What came, such as {@code POST /apis/..}, with its query, in order. */
	final List<String> requests = new CopyOnWriteArrayList<>();

	/** The bodies of patches, in order. */
	final List<String> patches = new CopyOnWriteArrayList<>();

	/** What it stores. */
	final WorkflowStore store = new WorkflowStore();

	/** The pods and their logs. */
	final PodStore pods = new PodStore();

	/** What a client has to show. */
	volatile String token = TOKEN;

	/** What it knows besides, and what it allows. */
	volatile Others others = (exchange, body) -> Optional.empty();

	private final Set<String> namespaces = ConcurrentHashMap.newKeySet();

	private final List<Planned> faults = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final HttpServer server;

	StrictKubernetes(String... namespaces) {
		this.namespaces.addAll(Arrays.asList(namespaces));
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

	String address() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/";
	}

	/** Goes wrong once, at the next request whose line contains a text. */
	void once(String request, Fault fault) {
		this.faults.add(new Planned(request, fault, true));
	}

	/** Goes wrong each time. */
	void always(String request, Fault fault) {
		this.faults.add(new Planned(request, fault, false));
	}

	/** Goes right again. */
	void heal() {
		this.faults.clear();
	}

	/** How many requests began so. */
	long count(String request) {
		return this.requests.stream().filter((line) -> line.startsWith(request)).count();
	}

	private void answer(HttpExchange exchange) throws IOException {
		String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
		Fault fault = fault(line);
		// Noted last, so that who waits for a line finds its fault used up.
		this.requests.add(line);
		try (exchange) {
			fault.apply(this, exchange);
		}
	}

	private Fault fault(String line) {
		for (Planned planned : this.faults) {
			if (line.contains(planned.request()) && (!planned.once() || this.faults.remove(planned))) {
				return planned.fault();
			}
		}
		return Fault.none();
	}

	/** What the real one answers. */
	Reply carryOut(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		if (!("Bearer " + this.token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
			return Reply.status(401, "Unauthorized", "Unauthorized");
		}
		Optional<Reply> other = this.others.answer(exchange, body);
		if (other.isPresent()) {
			return other.get();
		}
		Matcher pods = PODS.matcher(exchange.getRequestURI().getPath());
		if (pods.matches()) {
			return pods(exchange, pods);
		}
		Matcher path = PATH.matcher(exchange.getRequestURI().getPath());
		if (!path.matches()) {
			return new Reply(404, "text/plain", "404 page not found\n");
		}
		String namespace = path.group(1);
		String name = path.group(2);
		Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
		try {
			return switch (exchange.getRequestMethod()) {
				case "GET" -> (name != null) ? this.store.get(namespace, name)
						: this.store.list(namespace, query, isMetadata(exchange));
				case "POST" -> create(exchange, namespace, name, body);
				case "PATCH" -> patch(exchange, namespace, name, body);
				default -> Reply.status(405, "MethodNotAllowed",
						"the server does not allow this method on the requested resource");
			};
		}
		catch (Refused ex) {
			return ex.reply;
		}
	}

	private Reply pods(HttpExchange exchange, Matcher path) {
		if (!exchange.getRequestMethod().equals("GET")) {
			return Reply.status(403, "Forbidden", "pods is forbidden: the account may only look");
		}
		Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
		try {
			if (path.group(2) == null) {
				return this.pods.list(path.group(1), query);
			}
			return (path.group(3) != null) ? this.pods.log(path.group(1), path.group(2), query)
					: this.pods.get(path.group(1), path.group(2), query);
		}
		catch (Refused ex) {
			return ex.reply;
		}
	}

	private Reply create(HttpExchange exchange, String namespace, @Nullable String name, byte[] body) {
		if (name != null) {
			return Reply.status(405, "MethodNotAllowed",
					"the server does not allow this method on the requested resource");
		}
		requireType(exchange, "application/json");
		if (!this.namespaces.contains(namespace)) {
			return Reply.notFound("namespaces", namespace, null);
		}
		return this.store.create(namespace, object(body));
	}

	private Reply patch(HttpExchange exchange, String namespace, @Nullable String name, byte[] body) {
		requireType(exchange, MERGE_PATCH);
		this.patches.add(new String(body, StandardCharsets.UTF_8));
		return this.store.patch(namespace, String.valueOf(name), object(body));
	}

	private static void requireType(HttpExchange exchange, String type) {
		String sent = String.valueOf(exchange.getRequestHeaders().getFirst("Content-Type"));
		if (!sent.equals(type)) {
			throw new Refused(Reply.status(415, "UnsupportedMediaType",
					"the body of the request was in an unknown format - accepted media types include: " + type));
		}
	}

	private static ObjectNode object(byte[] body) {
		try {
			if (JSON.readTree(body) instanceof ObjectNode object) {
				return object;
			}
			throw new Refused(Reply.status(400, "BadRequest", "the body is no object"));
		}
		catch (IOException ex) {
			throw new Refused(Reply.status(400, "BadRequest", "the body could not be decoded"));
		}
	}

	private static boolean isMetadata(HttpExchange exchange) {
		return exchange.getRequestHeaders().getFirst("Accept").contains("as=PartialObjectMetadata");
	}

	private static Map<String, String> query(@Nullable String raw) {
		if (raw == null) {
			return Map.of();
		}
		return Arrays.stream(raw.split("&"))
			.map((pair) -> pair.split("=", 2))
			.collect(Collectors.toMap((pair) -> pair[0], (pair) -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
	}

	/** Sends an answer; a watch goes on until the client or the server closes. */
	void send(HttpExchange exchange, Reply reply) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", reply.type());
		reply.headers().forEach(exchange.getResponseHeaders()::set);
		if (reply.changes() != null) {
			reply.changes().send(exchange);
			return;
		}
		byte[] body = packed(exchange, reply.body().getBytes(StandardCharsets.UTF_8));
		exchange.sendResponseHeaders(reply.code(), body.length);
		exchange.getResponseBody().write(body);
	}

	/** Long answers are compressed for who takes that, as the real one does. */
	private static byte[] packed(HttpExchange exchange, byte[] body) throws IOException {
		String taken = String.valueOf(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
		if (body.length < PACKED_FROM || !taken.contains("gzip")) {
			return body;
		}
		exchange.getResponseHeaders().set("Content-Encoding", "gzip");
		ByteArrayOutputStream packed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
			gzip.write(body);
		}
		return packed.toByteArray();
	}

	/** Says nothing until the server closes. */
	void keepSilent() {
		try {
			this.closed.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.store.close();
		this.pods.close();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/** Answers before the rest does. */
	@FunctionalInterface
	interface Others {

		Optional<Reply> answer(HttpExchange exchange, byte[] body);

	}

	/**
	 * An answer.
	 *
	 * @param code the HTTP status
	 * @param type the media type
	 * @param body the body
	 * @param headers more headers
	 * @param changes what a watch sends; null for everything else
	 */
	record Reply(int code, String type, String body, Map<String, String> headers, @Nullable Sending changes) {

		Reply(int code, String type, String body) {
			this(code, type, body, Map.of(), null);
		}

		static Reply json(int code, JsonNode body) {
			return new Reply(code, "application/json", body.toString());
		}

		static Reply status(int code, String reason, String message) {
			return json(code, statusObject(code, reason, message));
		}

		static ObjectNode statusObject(int code, String reason, String message) {
			ObjectNode status = JSON.createObjectNode().put("kind", "Status").put("apiVersion", "v1");
			status.putObject("metadata");
			return status.put("status", "Failure").put("message", message).put("reason", reason).put("code", code);
		}

		static Reply notFound(String kind, String name, @Nullable String group) {
			String full = (group != null) ? kind + "." + group : kind;
			ObjectNode status = statusObject(404, "NotFound", full + " \"" + name + "\" not found");
			ObjectNode details = status.putObject("details").put("name", name).put("kind", kind);
			if (group != null) {
				details.put("group", group);
			}
			return json(404, status);
		}

		Reply with(String header, String value) {
			return new Reply(this.code, this.type, this.body, Map.of(header, value), this.changes);
		}

	}

	/** An answer that goes on. */
	@FunctionalInterface
	interface Sending {

		void send(HttpExchange exchange) throws IOException;

	}

	/** The store refuses. */
	static final class Refused extends RuntimeException {

		private static final long serialVersionUID = 1L;

		final transient Reply reply;

		Refused(Reply reply) {
			super(reply.body());
			this.reply = reply;
		}

	}

	/** What goes wrong with a request. */
	@FunctionalInterface
	interface Fault {

		void apply(StrictKubernetes server, HttpExchange exchange) throws IOException;

		/** Nothing goes wrong. */
		static Fault none() {
			return (server, exchange) -> server.send(exchange, server.carryOut(exchange));
		}

		/** The connection breaks before anything was done. */
		static Fault dropped() {
			return (server, exchange) -> exchange.getRequestBody().readAllBytes();
		}

		/** It is done, and the answer is lost. */
		static Fault answerLost() {
			return (server, exchange) -> server.carryOut(exchange);
		}

		/** It is done, and half of the answer comes. */
		static Fault answerTorn() {
			return (server, exchange) -> {
				byte[] body = server.carryOut(exchange).body().getBytes(StandardCharsets.UTF_8);
				exchange.getResponseHeaders().set("Content-Type", "application/json");
				exchange.sendResponseHeaders(200, body.length);
				exchange.getResponseBody().write(body, 0, body.length / 2);
				exchange.getResponseBody().flush();
				server.keepSilent();
			};
		}

		/** It is done, and nothing is ever said. */
		static Fault silentAfterwards() {
			return (server, exchange) -> {
				server.carryOut(exchange);
				server.keepSilent();
			};
		}

		/** Nothing is done or said. */
		static Fault silent() {
			return (server, exchange) -> server.keepSilent();
		}

		/** Another answer. */
		static Fault answer(Reply reply) {
			return (server, exchange) -> {
				exchange.getRequestBody().readAllBytes();
				server.send(exchange, reply);
			};
		}

		/** It is done, and the answer is another. */
		static Fault doneBut(Reply reply) {
			return (server, exchange) -> {
				server.carryOut(exchange);
				server.send(exchange, reply);
			};
		}

		/** Others do something just before it is done. */
		static Fault after(Runnable others) {
			return (server, exchange) -> {
				others.run();
				server.send(exchange, server.carryOut(exchange));
			};
		}

	}

	private record Planned(String request, Fault fault, boolean once) {
	}

}
