package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.imagefactory.engine.EngineUnavailable;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import org.jspecify.annotations.Nullable;

/** The pods of a cluster, as far as we need them: found by Workflow, and their logs. */
final class PodApi {

	private final KubernetesCalls calls;

	private final Limits limits;

	PodApi(KubernetesCalls calls, Limits limits) {
		this.calls = calls;
		this.limits = limits;
	}

	/**
	 * Looks for the pod of a try: by its name where that is known, otherwise among the
	 * pods of its Workflow. What the API server says from its memory costs it little, but
	 * may be old.
	 * @param step the step
	 * @param attempt the try at it
	 * @param exact whether the API server has to ask its store
	 * @return empty when there is none
	 * @throws EngineUnavailable when the API server does not say
	 */
	Optional<PodLook> find(StepTries step, StepTries.Try attempt, boolean exact) {
		return (attempt.pod().isEmpty() ? search(step.namespace(), step.build().value(), attempt.node(), exact)
				: get(step.namespace(), attempt.pod(), exact))
			.filter((pod) -> pod.node().equals(attempt.node()));
	}

	private Optional<PodLook> get(String namespace, String name, boolean exact) {
		String what = "look at the pod %s in the namespace %s".formatted(name, namespace);
		String path = path(namespace) + "/" + name;
		ApiAnswer answer = this.calls.send(this.calls.request(exact ? path : path + "?resourceVersion=0"), what,
				this.limits.answer());
		if (answer.deniesObject(name)) {
			return Optional.empty();
		}
		return PodLook.of(read(answer, Pod.class, what));
	}

	private Optional<PodLook> search(String namespace, String workflow, String node, boolean exact) {
		String what = "look for the pods of %s in the namespace %s".formatted(workflow, namespace);
		String query = "?labelSelector=" + encoded("workflows.argoproj.io/workflow=" + workflow);
		ApiAnswer answer = this.calls.send(
				this.calls.request(path(namespace) + (exact ? query : query + "&resourceVersion=0")), what,
				this.limits.answer());
		return Stream.ofNullable(read(answer, PodList.class, what).getItems())
			.flatMap(List::stream)
			.flatMap((pod) -> PodLook.of(pod).stream())
			.filter((pod) -> pod.node().equals(node))
			.findFirst();
	}

	private static <T> T read(ApiAnswer answer, Class<T> type, String what) {
		if (!answer.isGood()) {
			throw refused(answer, what);
		}
		try (InputStream content = answer.content()) {
			T read = WorkflowObjects.readAs(content, type);
			if (read == null) {
				throw new IOException("it is nothing");
			}
			return read;
		}
		catch (IOException ex) {
			throw new EngineUnavailable(
					"Cannot %s: the answer is not what the Kubernetes API says (%s)".formatted(what, ex.getMessage()),
					ex);
		}
	}

	/**
	 * Begins to read a log, each line with its time.
	 * @param ask which
	 * @return the log as it comes
	 */
	LogStream log(Ask ask) {
		StringBuilder path = new StringBuilder(path(ask.namespace())).append('/')
			.append(ask.pod())
			.append("/log?timestamps=true&container=")
			.append(encoded(ask.container()));
		if (ask.follow()) {
			path.append("&follow=true");
		}
		if (ask.since() != null) {
			path.append("&sinceTime=").append(encoded(ask.since().truncatedTo(ChronoUnit.SECONDS).toString()));
		}
		// Until the answer begins, which may be with a container's first word.
		Duration limit = ask.follow() ? this.limits.silence() : this.limits.answer();
		return new LogStream(this.calls,
				this.calls.request(path.toString())
					.setHeader("Accept", "*/*")
					.setHeader("Accept-Encoding", "identity")
					.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
					.build(),
				"read the log of the pod %s in the namespace %s".formatted(ask.pod(), ask.namespace()));
	}

	/** How long to wait. */
	Limits limits() {
		return this.limits;
	}

	/**
	 * Says why there is no answer.
	 * @param answer the API server's answer
	 * @param what what was attempted
	 * @return what to throw
	 */
	static EngineUnavailable refused(ApiAnswer answer, String what) {
		return new LogsRefused(answer.code(),
				"Cannot %s: the Kubernetes API answered %d (%s)".formatted(what, answer.code(), answer.words()));
	}

	private static String path(String namespace) {
		return "api/v1/namespaces/" + namespace + "/pods";
	}

	private static String encoded(String value) {
		return URLEncoder.encode(value, StandardCharsets.UTF_8);
	}

	/**
	 * Which log to read.
	 *
	 * @param namespace where the pod is
	 * @param pod its name
	 * @param container whose log
	 * @param since lines of earlier seconds are left out; null for none
	 * @param follow whether to wait for more until the container ends
	 */
	record Ask(String namespace, String pod, String container, @Nullable Instant since, boolean follow) {
	}

	/**
	 * How long to wait.
	 *
	 * @param answer for an answer of known length
	 * @param silence after which time without a word a followed log is asked for anew
	 */
	record Limits(Duration answer, Duration silence) {

		/** Limits for production. */
		static Limits standard() {
			return new Limits(Duration.ofSeconds(20), Duration.ofSeconds(60));
		}

	}

	/** The API server says no. */
	static final class LogsRefused extends EngineUnavailable {

		private static final long serialVersionUID = 1L;

		private final int code;

		LogsRefused(int code, String message) {
			super(message);
			this.code = code;
		}

		/** Whether the account may not look. */
		boolean isForbidden() {
			return this.code == ApiAnswer.FORBIDDEN;
		}

		/**
		 * Whether there is no such log: the container has not begun, or the pod is gone.
		 */
		boolean isOfNothing() {
			return this.code == ApiAnswer.BAD_REQUEST || this.code == ApiAnswer.NOT_FOUND;
		}

	}

}
