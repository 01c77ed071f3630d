package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.PlaceClosed;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.client.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The Workflows of a cluster: created, read, listed in pages and patched, nothing else.
 */
final class WorkflowApi {

	private static final String JSON = "application/json";

	private static final String MERGE_PATCH = "application/merge-patch+json";

	/** Who only wants to know that something changed needs no Workflow for it. */
	private static final String METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

	private static final String METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

	/** A page that is out of date again and again will not get better. */
	private static final int MOST_STARTS = 3;

	private final KubernetesCalls calls;

	private final Limits limits;

	WorkflowApi(KubernetesCalls calls, Limits limits) {
		this.calls = calls;
		this.limits = limits;
	}

	/**
	 * Creates a Workflow.
	 * @param workflow the object, with its name and namespace
	 * @return the answer, whatever it is
	 * @throws OutcomeUnknown when it may have been created or may yet be
	 * @throws EngineUnavailable when nothing was sent
	 */
	ApiAnswer create(GenericKubernetesResource workflow) {
		String namespace = workflow.getMetadata().getNamespace();
		String what = "create the Workflow %s in the namespace %s".formatted(workflow.getMetadata().getName(),
				namespace);
		HttpRequest.Builder request = this.calls.request(path(namespace)).post(JSON, WorkflowObjects.write(workflow));
		return this.calls.send(request, what, this.limits.one());
	}

	/**
	 * Reads a Workflow as it is now: without a resourceVersion the API server asks its
	 * store and not its memory.
	 * @param namespace where it is
	 * @param name its name
	 * @return empty when the API server says that there is none
	 * @throws EngineUnavailable when it does not say
	 */
	Optional<GenericKubernetesResource> find(String namespace, String name) {
		String what = "read the Workflow %s in the namespace %s".formatted(name, namespace);
		ApiAnswer answer = this.calls.send(this.calls.request(path(namespace) + "/" + name), what, this.limits.one());
		if (answer.deniesObject(name)) {
			return Optional.empty();
		}
		return Optional.of(understood(good(answer, what, namespace), what, WorkflowObjects::read));
	}

	/**
	 * Changes named fields of a Workflow.
	 * @param namespace where it is
	 * @param name its name
	 * @param patch the change
	 * @return what came of it
	 * @throws EngineUnavailable when that is not known, or it was refused
	 */
	Patched patch(String namespace, String name, MergePatch patch) {
		String what = "change the Workflow %s in the namespace %s".formatted(name, namespace);
		HttpRequest.Builder request = this.calls.request(path(namespace) + "/" + name).patch(MERGE_PATCH, patch.json());
		ApiAnswer answer = this.calls.send(request, what, this.limits.one());
		if (answer.deniesObject(name)) {
			return Patched.GONE;
		}
		if (answer.code() == ApiAnswer.CONFLICT) {
			return Patched.STALE;
		}
		good(answer, what, namespace);
		return Patched.DONE;
	}

	/**
	 * Lists Workflows, in pages. A list that is out of date halfway is begun again.
	 * @param namespace where they are
	 * @param selector which labels they have
	 * @param part what to keep of each; the rest need not be held until the end
	 * @param <T> what is kept
	 * @return what was kept
	 * @throws EngineUnavailable when the API server does not say
	 */
	<T> List<T> list(String namespace, String selector, Function<GenericKubernetesResource, Stream<T>> part) {
		for (int start = 0; start < MOST_STARTS; start++) {
			Optional<List<T>> kept = pages(namespace, query("labelSelector", selector, '?'), part);
			if (kept.isPresent()) {
				return kept.get();
			}
		}
		throw new EngineUnavailable(
				"Cannot list the Workflows of the namespace %s: the list was out of date before its last page, %d times; it is tried again"
					.formatted(namespace, MOST_STARTS));
	}

	private <T> Optional<List<T>> pages(String namespace, String query,
			Function<GenericKubernetesResource, Stream<T>> part) {
		String what = "list the Workflows of the namespace %s".formatted(namespace);
		List<T> kept = new ArrayList<>();
		String next = null;
		do {
			ApiAnswer answer = this.calls.send(
					this.calls.request(page(path(namespace) + query, this.limits.page(), next)), what,
					this.limits.list());
			if (next != null && answer.code() == ApiAnswer.GONE) {
				return Optional.empty();
			}
			ListMeta meta = understood(good(answer, what, namespace), what,
					(body) -> WorkflowObjects.readPage(body, (resource) -> part.apply(resource).forEach(kept::add)));
			next = meta.getContinue();
		}
		while (next != null && !next.isEmpty());
		return Optional.of(kept);
	}

	private static String page(String path, int limit, @Nullable String next) {
		String first = path + query("limit", Integer.toString(limit), '&');
		return (next != null) ? first + query("continue", next, '&') : first;
	}

	/**
	 * Asks how new the Workflows of a namespace are.
	 * @param namespace where they are
	 * @return the version from which changes can be watched
	 * @throws EngineUnavailable when the API server does not say
	 */
	String version(String namespace) {
		String what = "look where changes of the namespace %s begin".formatted(namespace);
		HttpRequest.Builder request = this.calls.request(path(namespace) + "?limit=1")
			.setHeader("Accept", METADATA_LIST);
		ApiAnswer answer = this.calls.send(request, what, this.limits.one());
		return understood(good(answer, what, namespace), what, (body) -> WorkflowObjects.readPage(body, (resource) -> {
		})).getResourceVersion();
	}

	/**
	 * The request that tells of changes.
	 * @param namespace where they are
	 * @param selector which labels the Workflows have
	 * @param version what is known already
	 * @param length when the API server shall end it
	 * @return the request
	 */
	HttpRequest changes(String namespace, String selector, String version, Duration length) {
		String path = path(namespace) + query("labelSelector", selector, '?') + query("resourceVersion", version, '&')
				+ query("timeoutSeconds", Long.toString(length.toSeconds()), '&')
				+ "&watch=true&allowWatchBookmarks=true";
		return this.calls.request(path).setHeader("Accept-Encoding", "identity").setHeader("Accept", METADATA).build();
	}

	private static String path(String namespace) {
		return "apis/argoproj.io/v1alpha1/namespaces/" + namespace + "/workflows";
	}

	private static String query(String name, String value, char before) {
		return before + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
	}

	private static ApiAnswer good(ApiAnswer answer, String what, String namespace) {
		if (answer.isGood()) {
			return answer;
		}
		String message = "Cannot %s: the Kubernetes API answered %d (%s)".formatted(what, answer.code(),
				answer.words());
		throw (answer.code() == ApiAnswer.FORBIDDEN) ? new Forbidden(namespace, message)
				: new EngineUnavailable(message);
	}

	private static <T> T understood(ApiAnswer answer, String what, Reading<T> reading) {
		try (InputStream content = answer.content()) {
			return reading.of(content);
		}
		catch (IOException ex) {
			throw new EngineUnavailable(
					"Cannot %s: the answer is not what the Kubernetes API says (%s). Look what answers at its address."
						.formatted(what, ex.getMessage()),
					ex);
		}
	}

	/** The account may not do that there. */
	static final class Forbidden extends PlaceClosed {

		private static final long serialVersionUID = 1L;

		Forbidden(String namespace, String message) {
			super(namespace, Creation.RIGHT_MISSING, false, message + ". The namespace " + namespace
					+ " is missing, or the service may not do that there. Create it if it is missing, "
					+ "and give the service's account the Role of workflow-templates/service-access.yaml there; it is asked again");
		}

	}

	/** What came of a patch. */
	enum Patched {

		/** It is stored. */
		DONE,

		/** The object had changed since it was read. */
		STALE,

		/** There is no such object any more. */
		GONE

	}

	/**
	 * How long answers may take and how much they may hold.
	 *
	 * @param one for one object
	 * @param list for one page of a list
	 * @param page how many objects a page may have
	 */
	record Limits(Duration one, Duration list, int page) {

		/** Limits for production. */
		static Limits standard() {
			return new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30), 500);
		}

	}

	/**
	 * Makes something of an answer.
	 *
	 * @param <T> what it makes
	 */
	@FunctionalInterface
	private interface Reading<T> {

		T of(InputStream body) throws IOException;

	}

}
