package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import org.jspecify.annotations.Nullable;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;

/**
 * What a strict Kubernetes knows of an installation: who may do what, templates,
 * accounts, secrets by name, pods and events. It answers as the real one does, and
 * refuses whatever the account may not.
 */
final class StrictInstallation implements StrictKubernetes.Others {

	static final String USER = "system:serviceaccount:image-factory:image-factory";

	private static final Pattern OBJECTS = Pattern
		.compile("/(?:api/v1|apis/([a-z.]+)/v1alpha1)/namespaces/([^/]+)/([a-z]+)(?:/([^/]+))?(?:/([a-z]+))?");

	private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

	private static final String SELF = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

	/** Such as {@code get pods}, {@code list workflows.argoproj.io}. */
	final Set<String> rights = ConcurrentHashMap.newKeySet();

	/** By {@code <resource>/<name>}. */
	final Map<String, ObjectNode> objects = new ConcurrentSkipListMap<>();

	/** Whether everybody may ask for his rights. */
	volatile boolean reviews = true;

	/** Whether Argo's kinds are known. */
	volatile boolean argo = true;

	/** Whose the token is. */
	volatile String user = USER;

	private final String namespace;

	StrictInstallation(String namespace) {
		this.namespace = namespace;
		allow("get list watch create patch", "workflows.argoproj.io");
		allow("get", "workflowtemplates.argoproj.io");
		allow("get list watch", "pods");
		allow("get", "pods/log");
	}

	void allow(String verbs, String resource) {
		for (String verb : verbs.split(" ")) {
			this.rights.add(verb + " " + resource);
		}
	}

	void deny(String right) {
		if (!this.rights.remove(right)) {
			throw new IllegalArgumentException("Nobody has the right to " + right);
		}
	}

	void put(String resource, ObjectNode object) {
		this.objects.put(resource + "/" + object.at("/metadata/name").asText(), object);
	}

	@Override
	public Optional<Reply> answer(HttpExchange exchange, byte[] body) {
		String method = exchange.getRequestMethod();
		String path = exchange.getRequestURI().getPath();
		if (path.equals("/version") && method.equals("GET")) {
			return Optional.of(Reply.json(200, JSON.createObjectNode().put("gitVersion", "v1.33.13")));
		}
		if (path.equals("/apis/argoproj.io/v1alpha1") && this.argo) {
			ObjectNode kinds = JSON.createObjectNode().put("kind", "APIResourceList");
			kinds.putArray("resources").addObject().put("name", "workflows");
			kinds.withArrayProperty("resources").addObject().put("name", "workflowtemplates");
			return Optional.of(Reply.json(200, kinds));
		}
		if (path.equals(REVIEWS)) {
			return Optional.of(review(method, body));
		}
		if (path.equals(SELF)) {
			ObjectNode review = require(method, body, "SelfSubjectReview", "authentication.k8s.io/v1");
			review.putObject("status").putObject("userInfo").put("username", this.user);
			return Optional.of(Reply.json(201, review));
		}
		Matcher objects = OBJECTS.matcher(path);
		return objects.matches() ? object(exchange, objects) : Optional.empty();
	}

	private Reply review(String method, byte[] body) {
		if (!this.reviews) {
			return Reply.status(403, "Forbidden",
					"selfsubjectaccessreviews.authorization.k8s.io is forbidden: User \"%s\" cannot create resource"
						.formatted(USER));
		}
		ObjectNode review = require(method, body, "SelfSubjectAccessReview", "authorization.k8s.io/v1");
		JsonNode asked = review.at("/spec/resourceAttributes");
		if (asked.path("verb").asText().isEmpty() || asked.path("resource").asText().contains("/")
				|| asked.path("resource").asText().contains(".")) {
			throw new AssertionError("The real one would say no to " + asked);
		}
		String resource = asked.path("resource").asText()
				+ (asked.has("subresource") ? "/" + asked.get("subresource").asText() : "")
				+ (asked.path("group").asText().isEmpty() ? "" : "." + asked.get("group").asText());
		boolean here = asked.path("namespace").asText().equals(this.namespace);
		review.putObject("status")
			.put("allowed", here && may(asked.path("verb").asText(), resource, asked.path("name").asText()));
		return Reply.json(201, review);
	}

	private boolean may(String verb, String resource, @Nullable String name) {
		return this.rights.contains(verb + " " + resource) || this.rights.contains(verb + " " + resource + " " + name);
	}

	private static ObjectNode require(String method, byte[] body, String kind, String version) {
		try {
			ObjectNode object = (ObjectNode) JSON.readTree(body);
			if (!method.equals("POST") || !object.path("kind").asText().equals(kind)
					|| !object.path("apiVersion").asText().equals(version)) {
				throw new AssertionError("The real one would refuse " + method + " " + object);
			}
			return object;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Optional<Reply> object(HttpExchange exchange, Matcher path) {
		boolean argos = path.group(1) != null;
		if (argos && !this.argo) {
			return Optional.of(new Reply(404, "text/plain", "404 page not found\n"));
		}
		String resource = path.group(3) + (path.group(5) != null ? "/" + path.group(5) : "")
				+ (argos ? "." + path.group(1) : "");
		String verb = verb(exchange, path.group(4));
		if (!path.group(2).equals(this.namespace) || !may(verb, resource, path.group(4))) {
			return Optional.of(Reply.status(403, "Forbidden",
					"%s is forbidden: User \"%s\" cannot %s resource \"%s\" in API group \"%s\" in the namespace \"%s\""
						.formatted(resource, USER, verb, path.group(3), argos ? path.group(1) : "", path.group(2))));
		}
		if (path.group(3).equals("workflows")) {
			return Optional.empty();
		}
		if (!exchange.getRequestMethod().equals("GET")) {
			throw new AssertionError("The doctor changes " + path.group());
		}
		return Optional.of((path.group(4) == null) ? list(exchange, path.group(3))
				: one(exchange, path.group(3), path.group(4), argos ? path.group(1) : null));
	}

	private static String verb(HttpExchange exchange, @Nullable String name) {
		return switch (exchange.getRequestMethod()) {
			case "GET" -> (name != null) ? "get"
					: String.valueOf(exchange.getRequestURI().getQuery()).contains("watch=true") ? "watch" : "list";
			case "POST" -> "create";
			case "PATCH" -> "patch";
			default -> "delete";
		};
	}

	private Reply one(HttpExchange exchange, String resource, String name, @Nullable String group) {
		ObjectNode object = this.objects.get(resource + "/" + name);
		if (object == null) {
			return Reply.notFound(resource, name, group);
		}
		boolean metadata = exchange.getRequestHeaders().getFirst("Accept").contains("as=PartialObjectMetadata");
		if (resource.equals("secrets") && !metadata) {
			throw new AssertionError("The doctor reads what is in a Secret");
		}
		ObjectNode shown = object.deepCopy();
		return Reply.json(200, metadata ? shown.retain("metadata") : shown);
	}

	private Reply list(HttpExchange exchange, String resource) {
		String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
		int limit = Integer.parseInt(query.replaceAll(".*limit=([0-9]+).*", "$1"));
		int from = query.contains("continue=") ? Integer.parseInt(query.replaceAll(".*continue=([0-9]+).*", "$1")) : 0;
		List<ObjectNode> all = new ArrayList<>(matching(resource, query));
		ObjectNode list = JSON.createObjectNode().put("kind", "List");
		int to = Math.min(from + limit, all.size());
		list.putObject("metadata").put("continue", (to < all.size()) ? Integer.toString(to) : "");
		list.putArray("items").addAll(all.subList(from, to));
		return Reply.json(200, list);
	}

	private Collection<ObjectNode> matching(String resource, String query) {
		return this.objects.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith(resource + "/"))
			.map(Map.Entry::getValue)
			.filter((object) -> !query.contains("labelSelector=workflows.argoproj.io/workflow")
					|| object.at("/metadata/labels").has("workflows.argoproj.io/workflow"))
			.filter((object) -> !query.contains("reason=")
					|| query.contains("reason=" + object.path("reason").asText()))
			.toList();
	}

}
