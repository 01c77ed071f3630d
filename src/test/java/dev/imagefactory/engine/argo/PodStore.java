package dev.imagefactory.engine.argo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.imagefactory.engine.argo.StrictKubernetes.Refused;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import org.jspecify.annotations.Nullable;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;

/**
 * The pods of a strict Kubernetes, and their logs as a kubelet sends them: each line with
 * its time, of a followed log nothing before the first line, a part of a long line
 * without a time of its own.
 */
final class PodStore implements AutoCloseable {

	/** As kubelets write it: nine digits, whatever they are. */
	private static final DateTimeFormatter NANOS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX")
		.withZone(ZoneOffset.UTC);

	private final Map<String, Pod> pods = new LinkedHashMap<>();

	/** What goes wrong with the next answers, one each. */
	private final BlockingQueue<Breach> breaches = new LinkedBlockingQueue<>();

	/** How many logs are being followed. */
	final AtomicInteger following = new AtomicInteger();

	/** The most logs that were followed at a time. */
	final AtomicInteger mostFollowing = new AtomicInteger();

	private boolean closed;

	private @Nullable String memory;

	/** The cluster begins a pod; its container waits. */
	synchronized Pod add(String workflow, String node, String name) {
		Pod pod = new Pod(workflow, node, name);
		this.pods.put(name, pod);
		notifyAll();
		return pod;
	}

	/** The pod goes, with its log. */
	synchronized void remove(Pod pod) {
		this.pods.remove(pod.name);
		notifyAll();
	}

	synchronized boolean has(Pod pod) {
		return this.pods.containsKey(pod.name);
	}

	/** From now on lists from memory show what is there now. */
	synchronized void freezeMemory() {
		this.memory = list().toString();
	}

	/** Breaks the next answers with a log. */
	void breach(Breach... next) {
		this.breaches.addAll(List.of(next));
	}

	/** How many of them are still to come. */
	int breaches() {
		return this.breaches.size();
	}

	synchronized Reply get(String namespace, String name, Map<String, String> query) {
		if (this.memory != null && query.containsKey("resourceVersion")) {
			JsonNode old = memorized(name);
			return (old != null) ? Reply.json(200, old) : Reply.notFound("pods", name, null);
		}
		Pod pod = namespace.equals(TestCluster.BUILDS) ? this.pods.get(name) : null;
		return (pod != null) ? Reply.json(200, pod.json()) : Reply.notFound("pods", name, null);
	}

	private @Nullable JsonNode memorized(String name) {
		try {
			for (JsonNode pod : JSON.readTree(this.memory).path("items")) {
				if (pod.at("/metadata/name").asText().equals(name)) {
					return pod;
				}
			}
			return null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	synchronized Reply list(String namespace, Map<String, String> query) {
		String version = query.getOrDefault("resourceVersion", "0");
		String selector = query.get("labelSelector");
		if (!version.equals("0") || selector == null || !namespace.equals(TestCluster.BUILDS)) {
			throw new Refused(
					Reply.status(400, "BadRequest", "the list is none that a follower of logs should ask for"));
		}
		if (this.memory != null && query.containsKey("resourceVersion")) {
			return new Reply(200, "application/json", this.memory);
		}
		String workflow = selector.replaceFirst("^workflows\\.argoproj\\.io/workflow=", "");
		ObjectNode list = list();
		ArrayNode items = list.putArray("items");
		this.pods.values()
			.stream()
			.filter((pod) -> pod.workflow.equals(workflow))
			.forEach((pod) -> items.add(pod.json()));
		return Reply.json(200, list);
	}

	private ObjectNode list() {
		ObjectNode list = JSON.createObjectNode().put("kind", "PodList").put("apiVersion", "v1");
		list.putObject("metadata").put("resourceVersion", "1");
		ArrayNode items = list.putArray("items");
		this.pods.values().forEach((pod) -> items.add(pod.json()));
		return list;
	}

	synchronized Reply log(String namespace, String name, Map<String, String> query) {
		Pod pod = this.pods.get(name);
		if (pod == null || !namespace.equals(TestCluster.BUILDS)) {
			throw new Refused(Reply.notFound("pods", name, null));
		}
		String container = query.getOrDefault("container", "");
		Container of = pod.containers.get(container);
		if (of == null) {
			throw new Refused(
					Reply.status(400, "BadRequest", "container " + container + " is not valid for pod " + name));
		}
		if (query.containsKey("previous")) {
			throw new Refused(Reply.status(400, "BadRequest",
					"previous terminated container \"" + container + "\" in pod \"" + name + "\" not found"));
		}
		if (of.waits()) {
			throw new Refused(Reply.status(400, "BadRequest",
					"container \"" + container + "\" in pod \"" + name + "\" is waiting to start: PodInitializing"));
		}
		Instant since = since(query.get("sinceTime"));
		boolean follow = query.getOrDefault("follow", "false").equals("true");
		boolean times = query.getOrDefault("timestamps", "false").equals("true");
		Breach breach = this.breaches.poll();
		return new Reply(200, "text/plain", "", Map.of(),
				(exchange) -> new Answer(pod, of, since, follow, times, breach).send(exchange));
	}

	/** The API server passes on whole seconds only. */
	private static Instant since(@Nullable String text) {
		try {
			return (text != null) ? OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.SECONDS)
					: Instant.EPOCH;
		}
		catch (DateTimeException ex) {
			throw new Refused(Reply.status(400, "BadRequest", "sinceTime is no time"));
		}
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		notifyAll();
	}

	/**
	 * What goes wrong with an answer.
	 *
	 * @param after after how many bytes
	 * @param how how
	 */
	record Breach(int after, How how) {

		/** How an answer goes wrong. */
		enum How {

			/** The connection breaks. */
			CUT,

			/** It ends as if nothing had happened. */
			ENDED,

			/** Nothing is said any more. */
			SILENT

		}

	}

	/** One pod, as its kubelet sees it. */
	final class Pod {

		private final String workflow;

		private final String node;

		private final String name;

		private final Map<String, Container> containers = new LinkedHashMap<>();

		private String phase = "Pending";

		private String reason = "";

		private String message = "";

		Pod(String workflow, String node, String name) {
			this.workflow = workflow;
			this.node = node;
			this.name = name;
			this.containers.put("init", new Container(true));
			this.containers.put("main", new Container(false));
			this.containers.put("wait", new Container(false));
		}

		/** The step begins. */
		Pod runs() {
			return changed((pod) -> {
				pod.phase = "Running";
				pod.containers.get("main").state = "running";
			});
		}

		/** The step writes a line. */
		Pod writes(Instant at, String line) {
			return writes("main", at, (line + "\n").getBytes(StandardCharsets.UTF_8));
		}

		/** A container writes something, perhaps no whole line. */
		Pod writes(String container, Instant at, byte[] bytes) {
			return changed((pod) -> pod.containers.get(container).messages.add(new Message(at, bytes)));
		}

		/** The step ends. */
		Pod ends(int code) {
			return changed((pod) -> {
				pod.phase = (code == 0) ? "Succeeded" : "Failed";
				pod.containers.get("main").ends(code);
			});
		}

		/** A container before the step ends badly, so that the step never begins. */
		Pod initEnds(int code) {
			return changed((pod) -> {
				pod.phase = "Failed";
				pod.containers.get("init").ends(code);
			});
		}

		/** The cluster ends the pod. */
		Pod evicted(String why, String words) {
			return changed((pod) -> {
				pod.phase = "Failed";
				pod.reason = why;
				pod.message = words;
			});
		}

		private Pod changed(Consumer<Pod> change) {
			synchronized (PodStore.this) {
				change.accept(this);
				PodStore.this.notifyAll();
			}
			return this;
		}

		private ObjectNode json() {
			ObjectNode pod = JSON.createObjectNode();
			ObjectNode meta = pod.putObject("metadata").put("name", this.name).put("namespace", TestCluster.BUILDS);
			meta.putObject("labels").put("workflows.argoproj.io/workflow", this.workflow);
			meta.putObject("annotations").put("workflows.argoproj.io/node-id", this.node);
			ObjectNode status = pod.putObject("status").put("phase", this.phase);
			if (!this.reason.isEmpty()) {
				status.put("reason", this.reason).put("message", this.message);
			}
			ArrayNode inits = status.putArray("initContainerStatuses");
			ArrayNode all = status.putArray("containerStatuses");
			this.containers.forEach((key, container) -> {
				ObjectNode json = (container.init ? inits : all).addObject().put("name", key);
				json.putObject("state").set(container.state, container.json());
			});
			return pod;
		}

	}

	/** One container. */
	private static final class Container {

		private final boolean init;

		private final List<Message> messages = new ArrayList<>();

		private String state = "waiting";

		private int code;

		Container(boolean init) {
			this.init = init;
		}

		boolean waits() {
			return this.state.equals("waiting");
		}

		void ends(int exitCode) {
			this.state = "terminated";
			this.code = exitCode;
		}

		ObjectNode json() {
			ObjectNode json = JSON.createObjectNode();
			return switch (this.state) {
				case "waiting" -> json.put("reason", "PodInitializing");
				case "running" -> json.put("startedAt", "2026-03-01T12:00:00Z");
				default -> json.put("exitCode", this.code).put("containerID", "containerd://abc");
			};
		}

	}

	/** One write of a container; a longer line is several. */
	private record Message(Instant at, byte[] bytes) {
	}

	/** One answer, as it goes out. */
	private final class Answer {

		private final Pod pod;

		private final Container container;

		private final Instant since;

		private final boolean follow;

		private final boolean times;

		private final @Nullable Breach breach;

		private int sent;

		private int next;

		private boolean lineBegins = true;

		Answer(Pod pod, Container container, Instant since, boolean follow, boolean times, @Nullable Breach breach) {
			this.pod = pod;
			this.container = container;
			this.since = since;
			this.follow = follow;
			this.times = times;
			this.breach = breach;
		}

		void send(HttpExchange exchange) throws IOException {
			int now = this.follow ? PodStore.this.following.incrementAndGet() : 0;
			PodStore.this.mostFollowing.accumulateAndGet(now, Math::max);
			try {
				write(exchange);
			}
			finally {
				if (this.follow) {
					PodStore.this.following.decrementAndGet();
				}
			}
		}

		private void write(HttpExchange exchange) throws IOException {
			boolean begun = !this.follow;
			if (begun) {
				begin(exchange);
			}
			for (byte[] bytes = take(); bytes.length > 0; bytes = take()) {
				if (!begun) {
					begin(exchange);
					begun = true;
				}
				if (!pass(exchange.getResponseBody(), bytes)) {
					return;
				}
			}
			if (!begun) {
				begin(exchange);
			}
			if (this.breach != null && this.breach.how() == Breach.How.SILENT) {
				keepSilent();
			}
		}

		/** A length that is not reached tells the client of a cut. */
		private void begin(HttpExchange exchange) throws IOException {
			exchange.getResponseHeaders().set("Content-Type", "text/plain");
			boolean cut = this.breach != null && this.breach.how() == Breach.How.CUT;
			exchange.sendResponseHeaders(200, cut ? 1_000_000_000 : 0);
			exchange.getResponseBody().flush();
		}

		private boolean pass(OutputStream to, byte[] bytes) throws IOException {
			int most = (this.breach != null) ? Math.min(bytes.length, this.breach.after() - this.sent) : bytes.length;
			to.write(bytes, 0, most);
			to.flush();
			this.sent += most;
			if (this.breach == null || this.sent < this.breach.after()) {
				return true;
			}
			if (this.breach.how() == Breach.How.SILENT) {
				keepSilent();
			}
			return false;
		}

		private void keepSilent() {
			synchronized (PodStore.this) {
				while (!PodStore.this.closed) {
					await();
				}
			}
		}

		/** What comes next; nothing when the container has ended, or all was sent. */
		private byte[] take() {
			synchronized (PodStore.this) {
				while (true) {
					while (this.next < this.container.messages.size()) {
						Message message = this.container.messages.get(this.next++);
						if (!message.at().isBefore(this.since)) {
							return bytes(message);
						}
					}
					boolean live = this.follow && this.container.state.equals("running")
							&& PodStore.this.pods.containsKey(this.pod.name) && !PodStore.this.closed;
					if (!live) {
						return new byte[0];
					}
					await();
				}
			}
		}

		private void await() {
			try {
				PodStore.this.wait(100);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

		private byte[] bytes(Message message) {
			ByteArrayOutputStream all = new ByteArrayOutputStream();
			if (this.times && this.lineBegins) {
				all.writeBytes((NANOS.format(message.at()) + " ").getBytes(StandardCharsets.UTF_8));
			}
			all.writeBytes(message.bytes());
			this.lineBegins = message.bytes().length > 0 && message.bytes()[message.bytes().length - 1] == '\n';
			return all.toByteArray();
		}

	}

}
