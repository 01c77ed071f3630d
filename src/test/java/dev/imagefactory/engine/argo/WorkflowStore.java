package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.imagefactory.engine.argo.StrictKubernetes.Refused;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import org.jspecify.annotations.Nullable;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;

/** The Workflows of a strict Kubernetes, with versions, lists and watches as etcd has. */
final class WorkflowStore implements AutoCloseable {

	/** RFC 1123, as Kubernetes checks names. */
	private static final Pattern NAME = Pattern
		.compile("(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

	private static final Pattern LABEL = Pattern.compile("(?=.{0,63}$)(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");

	private static final String GROUP = "argoproj.io";

	private static final ObjectNode END = JSON.createObjectNode();

	private final Map<String, ObjectNode> objects = new TreeMap<>();

	/** Lists that were begun, by the version that they show. */
	private final Map<Long, List<ObjectNode>> snapshots = new HashMap<>();

	private final List<Changes> watches = new CopyOnWriteArrayList<>();

	private final List<Change> history = new ArrayList<>();

	private long version = 1000;

	private long oldest;

	/** What the next lists show instead of what is there. */
	private @Nullable List<ObjectNode> stale;

	/** A copy of an object, for tests. */
	synchronized @Nullable ObjectNode read(String namespace, String name) {
		ObjectNode object = this.objects.get(namespace + "/" + name);
		return (object != null) ? object.deepCopy() : null;
	}

	synchronized int size() {
		return this.objects.size();
	}

	/** Others create something, such as a Workflow that is none of ours. */
	synchronized ObjectNode put(String namespace, ObjectNode object) {
		return (ObjectNode) parse(create(namespace, object.deepCopy()));
	}

	/** Others change something, such as the controller. */
	synchronized void change(String namespace, String name, Consumer<ObjectNode> change) {
		ObjectNode object = this.objects.get(namespace + "/" + name).deepCopy();
		change.accept(object);
		store(namespace, object, "MODIFIED");
	}

	/** Others delete something: a finalizer keeps it, marked. */
	synchronized void delete(String namespace, String name) {
		change(namespace, name, (object) -> meta(object).put("deletionTimestamp", now()));
		removeIfFree(namespace, name);
	}

	/** Somebody takes something away, whatever holds it. */
	synchronized void remove(String namespace, String name) {
		change(namespace, name, (object) -> meta(object).remove("finalizers"));
		delete(namespace, name);
	}

	/** From now on lists show what is there now, whatever happens. */
	synchronized void freezeLists() {
		this.stale = this.objects.values().stream().map(ObjectNode::deepCopy).toList();
	}

	synchronized void thawLists() {
		this.stale = null;
	}

	/** Lists that were begun cannot be continued, and what happened is not told again. */
	synchronized void compact() {
		this.snapshots.clear();
		this.history.clear();
		this.oldest = this.version;
	}

	synchronized Reply get(String namespace, String name) {
		ObjectNode object = this.objects.get(namespace + "/" + name);
		return (object != null) ? Reply.json(200, object) : Reply.notFound("workflows", name, GROUP);
	}

	synchronized Reply create(String namespace, ObjectNode object) {
		requireKind(object);
		ObjectNode meta = meta(object);
		String name = meta.path("name").asText();
		String own = meta.path("namespace").asText(namespace);
		if (!own.equals(namespace)) {
			throw new Refused(Reply.status(400, "BadRequest",
					"the namespace of the provided object does not match the namespace sent on the request"));
		}
		if (meta.has("resourceVersion")) {
			throw new Refused(
					Reply.status(400, "BadRequest", "resourceVersion should not be set on objects to be created"));
		}
		validate(name, meta);
		if (this.objects.containsKey(namespace + "/" + name)) {
			ObjectNode status = Reply.statusObject(409, "AlreadyExists",
					"workflows.argoproj.io \"" + name + "\" already exists");
			status.putObject("details").put("name", name).put("group", GROUP).put("kind", "workflows");
			throw new Refused(Reply.json(409, status));
		}
		meta.put("namespace", namespace)
			.put("uid", UUID.randomUUID().toString())
			.put("creationTimestamp", now())
			.put("generation", 1);
		return Reply.json(201, store(namespace, object, "ADDED"));
	}

	private static void requireKind(ObjectNode object) {
		boolean workflow = object.path("apiVersion").asText().equals(GROUP + "/v1alpha1")
				&& object.path("kind").asText().equals("Workflow");
		if (!workflow) {
			throw new Refused(Reply.status(400, "BadRequest",
					"the API version in the data does not match the expected API version, or the kind is unknown"));
		}
	}

	private static void validate(String name, ObjectNode meta) {
		List<String> wrong = new ArrayList<>();
		if (!NAME.matcher(name).matches()) {
			wrong.add("metadata.name: Invalid value: \"" + name + "\": a lowercase RFC 1123 subdomain must consist of "
					+ "lower case alphanumeric characters, '-' or '.'");
		}
		meta.path("labels").properties().forEach((label) -> {
			if (!label.getValue().isTextual() || !LABEL.matcher(label.getValue().asText()).matches()) {
				wrong.add("metadata.labels: Invalid value: \"" + label.getValue().asText() + "\"");
			}
		});
		long annotations = meta.path("annotations")
			.properties()
			.stream()
			.mapToLong((entry) -> entry.getKey().length() + entry.getValue().asText().length())
			.sum();
		if (annotations > 256 * 1024) {
			wrong.add("metadata.annotations: Too long: may not be more than 262144 bytes");
		}
		meta.path("finalizers").forEach((finalizer) -> {
			if (!finalizer.asText().contains("/")) {
				wrong
					.add("metadata.finalizers: Invalid value: \"" + finalizer.asText() + "\": must be fully qualified");
			}
		});
		if (!wrong.isEmpty()) {
			throw new Refused(Reply.status(422, "Invalid",
					"Workflow.argoproj.io \"" + name + "\" is invalid: " + String.join(", ", wrong)));
		}
	}

	synchronized Reply patch(String namespace, String name, ObjectNode patch) {
		ObjectNode before = this.objects.get(namespace + "/" + name);
		if (before == null) {
			throw new Refused(Reply.notFound("workflows", name, GROUP));
		}
		ObjectNode after = (ObjectNode) merge(before.deepCopy(), patch);
		if (!meta(after).path("resourceVersion").equals(meta(before).path("resourceVersion"))) {
			throw new Refused(Reply.status(409, "Conflict", "Operation cannot be fulfilled on workflows.argoproj.io \""
					+ name
					+ "\": the object has been modified; please apply your changes to the latest version and try again"));
		}
		for (String fixed : List.of("name", "namespace", "uid", "creationTimestamp")) {
			if (!meta(after).path(fixed).equals(meta(before).path(fixed))) {
				throw new Refused(Reply.status(422, "Invalid", "metadata." + fixed + ": field is immutable"));
			}
		}
		requireKind(after);
		validate(name, meta(after));
		requireNoNewFinalizer(before, after);
		if (!after.equals(before)) {
			after = store(namespace, after, "MODIFIED");
			removeIfFree(namespace, name);
		}
		return Reply.json(200, after);
	}

	private static void requireNoNewFinalizer(ObjectNode before, ObjectNode after) {
		if (!meta(before).has("deletionTimestamp")) {
			return;
		}
		List<String> had = texts(meta(before).path("finalizers"));
		if (texts(meta(after).path("finalizers")).stream().anyMatch((finalizer) -> !had.contains(finalizer))) {
			throw new Refused(Reply.status(422, "Invalid",
					"metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted"));
		}
	}

	/** RFC 7396. */
	private static JsonNode merge(JsonNode target, JsonNode patch) {
		if (!(patch instanceof ObjectNode fields)) {
			return patch;
		}
		ObjectNode result = (target instanceof ObjectNode object) ? object : JSON.createObjectNode();
		fields.properties().forEach((field) -> {
			if (field.getValue().isNull()) {
				result.remove(field.getKey());
			}
			else {
				result.set(field.getKey(), merge(result.path(field.getKey()), field.getValue()));
			}
		});
		return result;
	}

	private ObjectNode store(String namespace, ObjectNode object, String type) {
		this.version++;
		meta(object).put("resourceVersion", Long.toString(this.version));
		this.objects.put(namespace + "/" + meta(object).path("name").asText(), object);
		tell(new Change(this.version, namespace, type, object.deepCopy()));
		return object;
	}

	private void removeIfFree(String namespace, String name) {
		ObjectNode object = this.objects.get(namespace + "/" + name);
		if (object != null && meta(object).has("deletionTimestamp") && meta(object).path("finalizers").isEmpty()) {
			this.objects.remove(namespace + "/" + name);
			this.version++;
			ObjectNode last = object.deepCopy();
			meta(last).put("resourceVersion", Long.toString(this.version));
			tell(new Change(this.version, namespace, "DELETED", last));
		}
	}

	private void tell(Change change) {
		this.history.add(change);
		this.watches.forEach((watch) -> watch.offer(change));
	}

	synchronized Reply list(String namespace, Map<String, String> query, boolean metadata) {
		if (query.containsKey("watch")) {
			return watch(namespace, query);
		}
		long shown = this.version;
		int offset = 0;
		List<ObjectNode> all;
		if (query.containsKey("continue")) {
			String[] token = new String(Base64.getDecoder().decode(query.get("continue")), StandardCharsets.UTF_8)
				.split(":");
			shown = Long.parseLong(token[0]);
			offset = Integer.parseInt(token[1]);
			all = this.snapshots.get(shown);
			if (all == null) {
				throw new Refused(Reply.status(410, "Expired",
						"The provided continue parameter is too old to display a consistent list result."));
			}
		}
		else {
			all = selected(namespace, query.get("labelSelector"));
		}
		int limit = Integer.parseInt(query.getOrDefault("limit", Integer.toString(Integer.MAX_VALUE)));
		return page(all, shown, offset, Math.min((long) offset + limit, all.size()), metadata);
	}

	private List<ObjectNode> selected(String namespace, @Nullable String selector) {
		Iterable<ObjectNode> from = (this.stale != null) ? this.stale : this.objects.values();
		List<ObjectNode> found = new ArrayList<>();
		for (ObjectNode object : from) {
			if (meta(object).path("namespace").asText().equals(namespace) && matches(object, selector)) {
				found.add(object.deepCopy());
			}
		}
		return found;
	}

	private static boolean matches(ObjectNode object, @Nullable String selector) {
		if (selector == null) {
			return true;
		}
		return Stream.of(selector.split(",")).allMatch((one) -> {
			String[] parts = one.split("=", 2);
			JsonNode labels = meta(object).path("labels");
			return one.startsWith("!") ? !labels.has(one.substring(1))
					: (parts.length == 1) ? labels.has(one) : labels.path(parts[0]).asText().equals(parts[1]);
		});
	}

	private Reply page(List<ObjectNode> all, long shown, int from, long to, boolean metadata) {
		ObjectNode list = JSON.createObjectNode()
			.put("apiVersion", metadata ? "meta.k8s.io/v1" : GROUP + "/v1alpha1")
			.put("kind", metadata ? "PartialObjectMetadataList" : "WorkflowList");
		ObjectNode meta = list.putObject("metadata").put("resourceVersion", Long.toString(shown));
		if (to < all.size()) {
			this.snapshots.put(shown, all);
			String token = shown + ":" + to;
			meta.put("continue", Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8)))
				.put("remainingItemCount", all.size() - to);
		}
		ArrayNode items = list.putArray("items");
		all.subList(from, (int) to).forEach((object) -> items.add(metadata ? onlyMetadata(object) : object));
		return Reply.json(200, list);
	}

	private static ObjectNode onlyMetadata(ObjectNode object) {
		ObjectNode part = JSON.createObjectNode()
			.put("kind", "PartialObjectMetadata")
			.put("apiVersion", "meta.k8s.io/v1");
		part.set("metadata", object.get("metadata"));
		return part;
	}

	private Reply watch(String namespace, Map<String, String> query) {
		long from = Long.parseLong(query.getOrDefault("resourceVersion", "0"));
		if (from < this.oldest) {
			throw new Refused(Reply.status(410, "Expired", "too old resource version: " + from));
		}
		Changes changes = new Changes(namespace, query.get("labelSelector"));
		this.history.stream().filter((change) -> change.version() > from).forEach(changes::offer);
		this.watches.add(changes);
		return new Reply(200, "application/json", "", Map.of(), changes);
	}

	/** How many watches are open. */
	int watching() {
		return this.watches.size();
	}

	/** Says to every watch how far it is. */
	synchronized void bookmark() {
		ObjectNode object = JSON.createObjectNode().put("kind", "Workflow").put("apiVersion", GROUP + "/v1alpha1");
		object.putObject("metadata").put("resourceVersion", Long.toString(this.version));
		this.watches.forEach((watch) -> watch.say(event("BOOKMARK", object)));
	}

	/** Tells every watch that it is too old, as an event. */
	synchronized void expireWatches() {
		this.watches.forEach((watch) -> {
			watch.say(event("ERROR", Reply.statusObject(410, "Expired", "too old resource version")));
			watch.say(END);
		});
		this.watches.clear();
	}

	/** Ends every watch. */
	synchronized void endWatches() {
		this.watches.forEach((watch) -> watch.say(END));
		this.watches.clear();
	}

	/** Every watch that is open now hears nothing any more. */
	synchronized void blackholeWatches() {
		this.watches.clear();
	}

	@Override
	public void close() {
		endWatches();
	}

	private static ObjectNode event(String type, ObjectNode object) {
		ObjectNode event = JSON.createObjectNode().put("type", type);
		event.set("object", object);
		return event;
	}

	static ObjectNode meta(ObjectNode object) {
		return object.withObjectProperty("metadata");
	}

	static List<String> texts(JsonNode array) {
		List<String> texts = new ArrayList<>();
		Iterator<JsonNode> elements = array.elements();
		elements.forEachRemaining((element) -> texts.add(element.asText()));
		return texts;
	}

	static JsonNode parse(Reply reply) {
		try {
			return JSON.readTree(reply.body());
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static String now() {
		return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
	}

	private record Change(long version, String namespace, String type, ObjectNode object) {
	}

	/** What one watch is told. */
	static final class Changes implements StrictKubernetes.Sending {

		private final String namespace;

		private final @Nullable String selector;

		private final BlockingQueue<ObjectNode> events = new LinkedBlockingQueue<>();

		private Changes(String namespace, @Nullable String selector) {
			this.namespace = namespace;
			this.selector = selector;
		}

		private void offer(Change change) {
			if (change.namespace().equals(this.namespace) && matches(change.object(), this.selector)) {
				say(event(change.type(), onlyMetadata(change.object())));
			}
		}

		private void say(ObjectNode event) {
			this.events.add(event);
		}

		@Override
		public void send(HttpExchange exchange) throws IOException {
			exchange.sendResponseHeaders(200, 0);
			OutputStream to = exchange.getResponseBody();
			to.flush();
			try {
				for (ObjectNode event = this.events.take(); event != END; event = this.events.take()) {
					to.write((event + "\n").getBytes(StandardCharsets.UTF_8));
					to.flush();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
