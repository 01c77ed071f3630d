package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.imagefactory.engine.EngineUnavailable;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests to the Kubernetes API with fabric8's connection, which brings the
 * address, the trust and the account. Each is sent once and has an end: the client's own
 * operations would send a create again, and wait for ever for an answer that stops
 * halfway.
 */
final class KubernetesCalls {

	/** Nobody may ask to be left alone for longer. */
	private static final Duration LONGEST_REST = Duration.ofSeconds(60);

	private final HttpClient http;

	private final URI address;

	private final LongSupplier nanos;

	/** Until when the API server asked to be left alone. */
	private final AtomicLong rest;

	/**
	 * Creates the calls.
	 * @param client gives the connection, whose own tries are off
	 * @param nanos a clock that only goes forward
	 */
	KubernetesCalls(KubernetesClient client, LongSupplier nanos) {
		this.http = client.getHttpClient();
		this.address = client.getMasterUrl().toString().endsWith("/") ? URI.create(client.getMasterUrl().toString())
				: URI.create(client.getMasterUrl() + "/");
		this.nanos = nanos;
		this.rest = new AtomicLong(nanos.getAsLong());
	}

	/**
	 * Begins a request.
	 * @param path below the API server's address, with its query
	 * @return the request, a GET of JSON
	 */
	HttpRequest.Builder request(String path) {
		return this.http.newHttpRequestBuilder()
			.uri(this.address.resolve(path))
			.setHeader("Accept-Encoding", "gzip")
			.setHeader("Accept", "application/json");
	}

	/** Whether the API server asked to be left alone for now. */
	boolean isResting() {
		return this.rest.get() - this.nanos.getAsLong() > 0;
	}

	/**
	 * Sends a request, once.
	 * @param request the request
	 * @param what what is attempted, as {@code create the Workflow x}
	 * @param limit how long the whole answer may take
	 * @return the answer, whatever its code
	 * @throws OutcomeUnknown when no answer came, or not all of it
	 * @throws EngineUnavailable when nothing was sent, because the API server asked to be
	 * left alone
	 */
	ApiAnswer send(HttpRequest.Builder request, String what, Duration limit) {
		if (isResting()) {
			throw resting(what);
		}
		Exchange exchange = new Exchange();
		CompletableFuture<ApiAnswer> answer = exchange.begin(this.http,
				request.timeout(limit.toMillis(), TimeUnit.MILLISECONDS).build());
		try {
			ApiAnswer received = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
			restAfter(received.code(), received.retryAfter());
			return received;
		}
		catch (TimeoutException ex) {
			exchange.breakOff();
			throw unknown(what, late(limit), ex);
		}
		catch (ExecutionException ex) {
			// The connection keeps the same limit, and may be the first to say so.
			boolean late = ex.getCause() instanceof HttpTimeoutException
					&& !(ex.getCause() instanceof HttpConnectTimeoutException);
			throw unknown(what, late ? late(limit) : "could not be reached or broke off (" + ex.getCause() + ")",
					ex.getCause());
		}
		catch (InterruptedException ex) {
			exchange.breakOff();
			Thread.currentThread().interrupt();
			throw unknown(what, "had not answered when this process began to end", ex);
		}
	}

	private static String late(Duration limit) {
		return "did not answer within " + limit.toMillis() + " ms";
	}

	private OutcomeUnknown unknown(String what, String why, Throwable cause) {
		return new OutcomeUnknown(
				"Cannot %s: the Kubernetes API at %s %s; it is asked again".formatted(what, this.address, why), cause);
	}

	private EngineUnavailable resting(String what) {
		return new EngineUnavailable(
				"Cannot %s: the Kubernetes API at %s asked to be left alone for a while".formatted(what, this.address));
	}

	private void restAfter(int code, @Nullable Duration asked) {
		if (asked == null || (code != ApiAnswer.TOO_MANY && code < ApiAnswer.LEAST_FAILURE)) {
			return;
		}
		Duration rest = (asked.compareTo(LONGEST_REST) > 0) ? LONGEST_REST : asked;
		long until = this.nanos.getAsLong() + rest.toNanos();
		this.rest.updateAndGet((before) -> (before - until > 0) ? before : until);
	}

	/**
	 * Begins a request whose answer goes on.
	 * @param request the request
	 * @param consumer takes what comes, on a thread of the connection
	 * @return completes when the answer begins, and at once without one while the API
	 * server asked to be left alone
	 */
	CompletableFuture<HttpResponse<AsyncBody>> stream(HttpRequest request,
			AsyncBody.Consumer<List<ByteBuffer>> consumer) {
		if (isResting()) {
			return CompletableFuture.failedFuture(resting("ask for " + request.uri().getPath()));
		}
		CompletableFuture<HttpResponse<AsyncBody>> begun = this.http.consumeBytes(request, consumer);
		begun.thenAccept((response) -> restAfter(response.code(), Exchange.retryAfter(response)));
		return begun;
	}

	/** One request and what has come of its answer. */
	private static final class Exchange {

		private final ApiBody body = new ApiBody();

		private volatile @Nullable CompletableFuture<HttpResponse<AsyncBody>> head;

		CompletableFuture<ApiAnswer> begin(HttpClient http, HttpRequest request) {
			CompletableFuture<HttpResponse<AsyncBody>> begun = http.consumeBytes(request, this::take);
			this.head = begun;
			return begun.thenCompose((response) -> {
				response.body().consume();
				return response.body()
					.done()
					.thenApply((done) -> new ApiAnswer(response.code(), this.body, encoding(response),
							retryAfter(response)));
			});
		}

		private void take(List<ByteBuffer> buffers, AsyncBody more) throws IOException {
			this.body.add(buffers);
			more.consume();
		}

		/**
		 * An answer that began is given up, with its connection; one that never began is
		 * by the request's own limit.
		 */
		void breakOff() {
			CompletableFuture<HttpResponse<AsyncBody>> begun = this.head;
			if (begun != null) {
				begun.thenAccept((response) -> response.body().cancel());
			}
		}

		private static String encoding(HttpResponse<?> response) {
			String encoding = response.header("Content-Encoding");
			return (encoding != null) ? encoding.toLowerCase(Locale.ROOT) : "";
		}

		private static @Nullable Duration retryAfter(HttpResponse<?> response) {
			String seconds = response.header("Retry-After");
			return (seconds != null && seconds.matches("[0-9]{1,9}")) ? Duration.ofSeconds(Long.parseLong(seconds))
					: null;
		}

	}

}
