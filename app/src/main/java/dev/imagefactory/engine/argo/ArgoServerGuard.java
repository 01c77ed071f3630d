package dev.imagefactory.engine.argo;

import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.timelimiter.TimeLimiter;

import org.springframework.web.client.RestClientException;

/**
 * What stands around each call of the Argo Server, so that one that is slow or away costs
 * its callers little: a whole answer has an end, few calls are under way at a time, after
 * some that failed the server is left alone for a while, and one that broke off is tried
 * once more. All of it is configured in {@code application.yaml}.
 *
 * @param limiter how long a call may take, whole answer included
 * @param breaker when the server is left alone
 * @param bulkhead how many calls may be under way
 * @param retry what is tried again; every call only reads
 */
record ArgoServerGuard(TimeLimiter limiter, CircuitBreaker breaker, Bulkhead bulkhead, Retry retry) {

	/** The name of its parts in metrics, and of their configurations. */
	static final String NAME = "argo-server";

	/**
	 * Calls the server.
	 * @param what what is attempted, as {@code lint the Workflow x}
	 * @param call the call
	 * @param <T> what it gives
	 * @return what it gave
	 * @throws ArgoServerRefusal when the server says no
	 * @throws ArgoServerUnavailable when it does not say
	 */
	<T> T call(String what, Callable<T> call) {
		Callable<T> limited = TimeLimiter.decorateFutureSupplier(this.limiter, () -> begin(call));
		Callable<T> broken = CircuitBreaker.decorateCallable(this.breaker, limited);
		Callable<T> counted = Bulkhead.decorateCallable(this.bulkhead, broken);
		try {
			return Retry.decorateCallable(this.retry, counted).call();
		}
		catch (ArgoServerRefusal ex) {
			throw ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ArgoServerUnavailable(what, "had not answered when this process began to end", ex);
		}
		catch (Exception ex) {
			throw new ArgoServerUnavailable(what, reason(ex), ex);
		}
	}

	/** How long a call may take. */
	Duration patience() {
		return this.limiter.getTimeLimiterConfig().getTimeoutDuration();
	}

	private String reason(Exception ex) {
		return switch (ex) {
			case ArgoServerSilent silent -> String.valueOf(silent.getMessage());
			case TimeoutException slow -> "did not answer within %d ms".formatted(patience().toMillis());
			case CallNotPermittedException open -> "is left alone for a while, because it did not answer before";
			case BulkheadFullException full -> "is busy with what it was asked before";
			default -> "gave no answer that can be used (%s)".formatted(ex.getClass().getSimpleName());
		};
	}

	/** On a thread that waits for nothing else, so that giving up can end it. */
	private static <T> Future<T> begin(Callable<T> call) {
		FutureTask<T> task = new FutureTask<>(() -> understood(call));
		Thread.ofVirtual().name(NAME).start(task);
		return task;
	}

	/** Whatever the connection and the reading of answers throw is one thing here. */
	private static <T> T understood(Callable<T> call) throws Exception {
		try {
			return call.call();
		}
		catch (RestClientException ex) {
			if (ex.contains(ConnectException.class)) {
				throw new ArgoServerSilent("cannot be reached", ex);
			}
			Throwable cause = ex.getMostSpecificCause();
			throw new ArgoServerSilent(
					"gave no answer that can be used (%s)".formatted(ArgoText
						.shown((cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName())),
					ex);
		}
	}

}
