package dev.imagefactory.registry.oci;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLContext;

import dev.imagefactory.registry.RegistryUnavailable;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and waits for whole answers, with a limit on both time and size; being
 * interrupted ends the wait. Redirects are left to the caller.
 */
final class Wire {

	/** A manifest has up to 4 MiB; lists of tags come in pages. */
	private static final long LARGEST_ANSWER = 8L << 20;

	private static final Duration CONNECT = Duration.ofSeconds(5);

	private final HttpClient client;

	private final Duration mostPatience;

	/**
	 * Makes the client.
	 * @param trust what to trust; null for what Java trusts
	 */
	Wire(@Nullable SSLContext trust) {
		this(trust, ChronoUnit.FOREVER.getDuration());
	}

	/**
	 * Makes a client that waits less long than it is asked to.
	 * @param trust what to trust; null for what Java trusts
	 * @param mostPatience how long any whole answer may take
	 */
	Wire(@Nullable SSLContext trust, Duration mostPatience) {
		this.mostPatience = mostPatience;
		HttpClient.Builder builder = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.followRedirects(HttpClient.Redirect.NEVER)
			.connectTimeout(CONNECT);
		this.client = ((trust != null) ? builder.sslContext(trust) : builder).build();
	}

	/**
	 * Sends one request.
	 * @param attempt what is attempted, for people
	 * @param request the request
	 * @param patience how long the whole answer may take
	 * @return the answer, whatever its status
	 * @throws RegistryUnavailable when no whole answer came
	 */
	Answer exchange(String attempt, HttpRequest.Builder request, Duration patience) {
		Duration limit = (patience.compareTo(this.mostPatience) < 0) ? patience : this.mostPatience;
		CompletableFuture<HttpResponse<byte[]>> coming = this.client
			.sendAsync(request.header("User-Agent", "image-factory").build(), BoundedBody.ofAtMost(LARGEST_ANSWER));
		try {
			return new Answer(coming.get(limit.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (TimeoutException ex) {
			throw new RegistryUnavailable(
					"Cannot %s: no whole answer within %d s; try again".formatted(attempt, limit.toSeconds()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new RegistryUnavailable("Cannot %s: it was interrupted; try again".formatted(attempt), ex);
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			String reason = (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
			throw new RegistryUnavailable("Cannot %s: %s; check that the registry is up and image-factory.registry.url"
				.formatted(attempt, reason), cause);
		}
		finally {
			coming.cancel(true);
		}
	}

	/**
	 * A whole answer.
	 *
	 * @param response the answer
	 */
	record Answer(HttpResponse<byte[]> response) {

		int status() {
			return this.response.statusCode();
		}

		byte[] body() {
			return this.response.body();
		}

		Optional<String> header(String name) {
			return this.response.headers().firstValue(name);
		}

		List<String> headers(String name) {
			return this.response.headers().allValues(name);
		}

	}

}
