package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLContext;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;

/**
 * An Argo Server on loopback that knows what we ask and nothing else, refuses what the
 * real one refuses, and goes wrong where a test tells it to. It answers as a real one
 * did, whose answers were recorded: {@link StrictArgoServerTests}.
 */
final class StrictArgoServer implements AutoCloseable {

	/** What a client has to show at first. */
	static final String TOKEN = "eyJ.a-token-of-the-account.x";

	/** The token of an account that has no right. */
	static final String STRANGER = "eyJ.a-token-of-another.x";

	private static final ObjectMapper JSON = new ObjectMapper();

	private static final Pattern LINT = Pattern.compile("/argo/api/v1/workflows/([^/]+)/lint");

	private static final Pattern ONE = Pattern.compile("/argo/api/v1/workflows/([^/]+)/([^/]+)");

	private static final Pattern ARCHIVE = Pattern.compile("/argo/api/v1/archived-workflows");

	private static final Pattern ARTIFACT = Pattern.compile(
			"/argo/artifacts(/(?<namespace>[^/]+)/(?<name>[^/]+)|-by-uid/(?<uid>[^/]+))/(?<node>[^/]+)/(?<artifact>.+)");

	private static final Pattern ARCHIVED = Pattern.compile("/argo/api/v1/archived-workflows/([^/]+)");

	/** What came, such as {@code POST /argo/..}, with its query, in order. */
	final List<String> requests = new CopyOnWriteArrayList<>();

	/** The WorkflowTemplates that are installed, as {@code namespace/name}. */
	final Set<String> templates = ConcurrentHashMap.newKeySet();

	/** Workflows whose objects are there, whole, as {@code namespace/name}. */
	final Map<String, ObjectNode> live = new ConcurrentHashMap<>();

	/** The archive, by uid. */
	final Map<String, ObjectNode> archive = new ConcurrentHashMap<>();

	/** What is in the artifact store, by node and name of the artifact. */
	final Map<String, String> artifacts = new ConcurrentHashMap<>();

	/** Whether the account of the token may get the Secret with the store's key. */
	volatile boolean maySeeStore = true;

	/** What a client has to show. */
	volatile String token = TOKEN;

	private final List<Planned> faults = new CopyOnWriteArrayList<>();

	private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final HttpServer server;

	StrictArgoServer() {
		this(null);
	}

	StrictArgoServer(@Nullable SSLContext tls) {
		try {
			InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
			if (tls != null) {
				HttpsServer secure = HttpsServer.create(address, 0);
				secure.setHttpsConfigurator(new HttpsConfigurator(tls));
				this.server = secure;
			}
			else {
				this.server = HttpServer.create(address, 0);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::answer);
		this.server.start();
	}

	/** Its address, with the path that it is served below. */
	String address() {
		return "%s://127.0.0.1:%d/argo".formatted((this.server instanceof HttpsServer) ? "https" : "http",
				this.server.getAddress().getPort());
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

	/** Keeps a Workflow that ended. */
	void keep(ObjectNode workflow) {
		this.archive.put(workflow.at("/metadata/uid").asText(), workflow);
	}

	private void answer(HttpExchange exchange) throws IOException {
		String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
		this.requests.add(line);
		byte[] body = exchange.getRequestBody().readAllBytes();
		try (exchange) {
			Fault fault = fault(line);
			if (fault != null) {
				fault.apply(this, exchange);
			}
			else {
				Reply reply = carryOut(exchange, body);
				send(exchange, reply.status(), reply.type(), reply.body());
			}
		}
	}

	private @Nullable Fault fault(String line) {
		for (Planned planned : this.faults) {
			if (line.contains(planned.request()) && (!planned.once() || this.faults.remove(planned))) {
				return planned.fault();
			}
		}
		return null;
	}

	private Reply carryOut(HttpExchange exchange, byte[] body) {
		String authorization = exchange.getRequestHeaders().getFirst("Authorization");
		String path = exchange.getRequestURI().getPath();
		Matcher artifact = ARTIFACT.matcher(path);
		if (artifact.matches()) {
			return artifact(exchange, authorization, artifact);
		}
		if (!path.startsWith("/argo/api/")) {
			return new Reply(200, "text/html", "<html>the pages</html>");
		}
		if (authorization == null) {
			return Reply.error(401, 16, "token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/");
		}
		if (path.equals("/argo/api/v1/version")) {
			return Reply.json(JSON.createObjectNode().put("version", "v4.0.10+unknown"));
		}
		if (isStranger(authorization)) {
			return forbidden(path);
		}
		if (!isKnown(authorization)) {
			return Reply.error(401, 16, "Unauthorized");
		}
		Matcher lint = LINT.matcher(path);
		if (lint.matches() && exchange.getRequestMethod().equals("POST")) {
			return lint(lint.group(1), body);
		}
		Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
		boolean reads = exchange.getRequestMethod().equals("GET");
		if (ARCHIVE.matcher(path).matches()) {
			return reads ? list(query) : Reply.text(405, "Method Not Allowed");
		}
		Matcher archived = ARCHIVED.matcher(path);
		if (archived.matches()) {
			return reads ? found(this.archive.get(archived.group(1)), query, "namespace", "not found")
					: Reply.text(405, "Method Not Allowed");
		}
		Matcher one = ONE.matcher(path);
		if (one.matches()) {
			return reads
					? found(this.live.get(one.group(1) + "/" + one.group(2)), query, "fields",
							"workflows.argoproj.io \"%s\" not found".formatted(one.group(2)))
					: Reply.text(405, "Method Not Allowed");
		}
		return Reply.error(501, 12, "Not Implemented");
	}

	private boolean isKnown(@Nullable String authorization) {
		return ("Bearer " + this.token).equals(authorization);
	}

	private static boolean isStranger(@Nullable String authorization) {
		return ("Bearer " + STRANGER).equals(authorization);
	}

	/** What an account hears that has no right. */
	private static Reply forbidden(String path) {
		Matcher one = ONE.matcher(path);
		if (one.matches()) {
			return Reply
				.error(403, 7, ("workflows.argoproj.io \"%s\" is forbidden: User \"system:serviceaccount:builds:"
						+ "image-clone\" cannot get resource \"workflows\" in API group \"argoproj.io\" in the namespace \"%s\"")
					.formatted(one.group(2), one.group(1)));
		}
		return Reply.error(403, 7, ARCHIVE.matcher(path).matches()
				? "Permission denied, you are not allowed to list workflows in namespace \"builds\". Maybe you want to specify a namespace with query parameter `.namespace=builds`?"
				: "permission denied");
	}

	/**
	 * Says the status and no more. What a node does not have, and what the store's Secret
	 * or the store itself denies, is an error of the server.
	 */
	private Reply artifact(HttpExchange exchange, @Nullable String authorization, Matcher path) {
		boolean live = path.group("uid") == null;
		ObjectNode workflow = live ? this.live.get(path.group("namespace") + "/" + path.group("name"))
				: this.archive.get(path.group("uid"));
		if (!live && workflow == null) {
			return Reply.text(404, "Not Found");
		}
		if (live && isStranger(authorization)) {
			return Reply.text(403, "Forbidden");
		}
		if (!isKnown(authorization)) {
			return Reply.text(401, "Unauthorized");
		}
		if (!exchange.getRequestMethod().equals("GET")) {
			return Reply.text(405, "Method Not Allowed");
		}
		if (workflow == null) {
			return Reply.text(404, "Not Found");
		}
		String node = path.group("node");
		String name = path.group("artifact");
		boolean known = workflow.at("/status/nodes/" + node + "/outputs/artifacts")
			.findValuesAsText("name")
			.contains(name);
		if (!known || !this.maySeeStore) {
			return Reply.text(500, "Internal Server Error");
		}
		String text = this.artifacts.get(node + "/" + name);
		return (text != null) ? new Reply(200, "text/x-log; charset=utf-8", text) : Reply.text(404, "Not Found");
	}

	/**
	 * Looks at the template and hardly at what it is given: a name that Kubernetes
	 * refuses and arguments that are missing or too many pass. Fields that it does not
	 * know are left out, and what is no Workflow is an error of no kind, status 500.
	 */
	private Reply lint(String namespace, byte[] body) {
		JsonNode workflow = read(body).path("workflow");
		if (!workflow.isObject()) {
			return Reply.error(500, 2, "unable to get a workflow");
		}
		String template = workflow.at("/spec/workflowTemplateRef/name").asText();
		if (!this.templates.contains(workflow.at("/metadata/namespace").asText(namespace) + "/" + template)) {
			return Reply.error(404, 5, "workflowtemplates.argoproj.io \"%s\" not found".formatted(template));
		}
		return Reply.json(workflow);
	}

	/** What is listed has a few fields, and no nodes. */
	private Reply list(Map<String, String> query) {
		if (!Set.of("namespace", "listOptions.fieldSelector", "listOptions.limit").containsAll(query.keySet())
				|| !query.containsKey("namespace") || !query.containsKey("listOptions.limit")) {
			return Reply.error(400, 3, "unknown or missing parameters: " + query.keySet());
		}
		String selector = query.get("listOptions.fieldSelector");
		if (selector != null && !selector.startsWith("metadata.name=")) {
			return Reply.error(400, 3, "unsupported selector " + selector);
		}
		ObjectNode answer = JSON.createObjectNode();
		answer.putObject("metadata");
		ArrayNode items = answer.putArray("items");
		this.archive.values()
			.stream()
			.filter((workflow) -> workflow.at("/metadata/namespace").asText().equals(query.get("namespace")))
			.filter((workflow) -> selector == null
					|| selector.equals("metadata.name=" + workflow.at("/metadata/name").asText()))
			.map(ObjectNode::deepCopy)
			.forEach((workflow) -> {
				workflow.retain("metadata", "spec", "status");
				workflow.withObjectProperty("metadata")
					.retain("name", "namespace", "uid", "creationTimestamp", "labels", "annotations");
				workflow.withObjectProperty("spec").retain("arguments", "suspend");
				workflow.withObjectProperty("status")
					.retain("phase", "startedAt", "finishedAt", "message", "progress", "resourcesDuration");
				items.add(workflow);
			});
		// As Go writes a list without entries.
		if (items.isEmpty()) {
			answer.putNull("items");
		}
		return Reply.json(answer);
	}

	private static Reply found(@Nullable ObjectNode workflow, Map<String, String> query, String known, String absent) {
		if (!Set.of(known).containsAll(query.keySet())) {
			return Reply.error(400, 3, "unknown parameters: " + query.keySet());
		}
		return (workflow != null) ? Reply.json(workflow) : Reply.error(404, 5, absent);
	}

	private static JsonNode read(byte[] body) {
		try {
			return JSON.readTree(body);
		}
		catch (IOException ex) {
			return JSON.nullNode();
		}
	}

	private static Map<String, String> query(@Nullable String raw) {
		Map<String, String> query = new TreeMap<>();
		if (raw != null) {
			for (String pair : raw.split("&")) {
				String[] parts = pair.split("=", 2);
				query.put(decode(parts[0]), decode(parts[1]));
			}
		}
		return query;
	}

	private static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

	private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", type);
		exchange.sendResponseHeaders(status, (body.length == 0) ? -1 : body.length);
		if (body.length > 0) {
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(body);
			}
		}
	}

	@Override
	public void close() {
		this.closed.countDown();
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/** What is said instead. */
	interface Fault {

		void apply(StrictArgoServer server, HttpExchange exchange) throws IOException;

		static Fault answer(int status, String type, String body) {
			return (server, exchange) -> send(exchange, status, type, body);
		}

		static Fault error(int status, int code, String message) {
			Reply reply = Reply.error(status, code, message);
			return answer(reply.status(), reply.type(), reply.body());
		}

		/** Takes the request and says nothing. */
		static Fault silent() {
			return (server, exchange) -> server.await();
		}

		/** Answers well, after a while. */
		static Fault late(Duration after) {
			return (server, exchange) -> {
				server.await(after);
				Reply reply = server.carryOut(exchange, new byte[0]);
				send(exchange, reply.status(), reply.type(), reply.body());
			};
		}

		/** Begins an answer that never ends, and says no more. */
		static Fault halfway() {
			return (server, exchange) -> {
				exchange.getResponseHeaders().set("Content-Type", "application/json");
				exchange.sendResponseHeaders(200, 1000);
				exchange.getResponseBody().write("{\"metadata\":".getBytes(StandardCharsets.UTF_8));
				exchange.getResponseBody().flush();
				server.await();
			};
		}

		/** Sends an answer without an end, as fast as it can. */
		static Fault endless() {
			return (server, exchange) -> {
				exchange.getResponseHeaders().set("Content-Type", "application/json");
				exchange.sendResponseHeaders(200, 0);
				OutputStream out = exchange.getResponseBody();
				out.write("{\"unknown\":[1".getBytes(StandardCharsets.UTF_8));
				byte[] more = ",\"abc\"".repeat(8 * 1024).getBytes(StandardCharsets.UTF_8);
				while (server.closed.getCount() > 0) {
					out.write(more);
				}
			};
		}

		static Fault redirect(String to) {
			return (server, exchange) -> {
				exchange.getResponseHeaders().set("Location", to);
				send(exchange, 302, "text/html", "");
			};
		}

	}

	private void await(Duration time) {
		try {
			this.closed.await(time.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void await() {
		try {
			this.closed.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Planned(String request, Fault fault, boolean once) {
	}

	private record Reply(int status, String type, String body) {

		static Reply json(JsonNode body) {
			return new Reply(200, "application/json", body.toString());
		}

		static Reply text(int status, String body) {
			return new Reply(status, "text/plain; charset=utf-8", body + "\n");
		}

		/** As its gateway writes errors of gRPC. */
		static Reply error(int status, int code, String message) {
			return new Reply(status, "application/json",
					JSON.createObjectNode().put("code", code).put("message", message).toString());
		}

	}

}
