package dev.imagefactory.engine.argo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.UsedPlaces;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import org.jspecify.annotations.Nullable;

/** The client of an Argo Server as a process has it, with less patience. */
final class TestArgoServer {

	static final Duration PATIENCE = Duration.ofSeconds(10);

	static final Duration HASTE = Duration.ofMillis(700);

	static final Sites SITES = new Sites(TestCluster.INSTALLATION, "registry.example.com", TestCluster.teams(
			List.of(TestCluster.team("payments", TestCluster.BUILDS), TestCluster.team("search", TestCluster.SEARCH))));

	private TestArgoServer() {
	}

	static ArgoServer of(String address, @Nullable Path token, ArgoServerGuard guard) {
		return of(address, token, null, guard);
	}

	static ArgoServer of(String address, @Nullable Path token, @Nullable Path certificates, ArgoServerGuard guard) {
		ArgoServerSettings settings = new ArgoServerSettings(address, text(token), text(certificates));
		return new ArgoServer(settings.address(), SITES, new Places(SITES, KnownPlaces.none(), UsedPlaces.none()),
				ArgoServerConnection.open(settings, guard.patience()), guard);
	}

	/** One whose runs were sent somewhere. */
	static ArgoServer of(String address, KnownPlaces known) {
		ArgoServerSettings settings = new ArgoServerSettings(address, null, null);
		ArgoServerGuard guard = guard(PATIENCE);
		return new ArgoServer(settings.address(), SITES, new Places(SITES, known, UsedPlaces.none()),
				ArgoServerConnection.open(settings, guard.patience()), guard);
	}

	private static @Nullable String text(@Nullable Path file) {
		return (file != null) ? file.toString() : null;
	}

	/** As application.yaml says, but for the times. */
	static ArgoServerGuard guard(Duration patience) {
		return new ArgoServerGuard(TimeLimiter.of(patience),
				CircuitBreaker.of(ArgoServerGuard.NAME,
						CircuitBreakerConfig.custom()
							.slidingWindowSize(10)
							.minimumNumberOfCalls(3)
							.permittedNumberOfCallsInHalfOpenState(1)
							.slowCallDurationThreshold(Duration.ofSeconds(1))
							.slowCallRateThreshold(50)
							.ignoreExceptions(ArgoServerRefusal.class)
							.build()),
				Bulkhead.of(ArgoServerGuard.NAME,
						BulkheadConfig.custom().maxConcurrentCalls(2).maxWaitDuration(Duration.ZERO).build()),
				Retry.of(ArgoServerGuard.NAME,
						RetryConfig.custom()
							.maxAttempts(2)
							.waitDuration(Duration.ofMillis(1))
							.retryExceptions(ArgoServerSilent.class)
							.build()));
	}

}
