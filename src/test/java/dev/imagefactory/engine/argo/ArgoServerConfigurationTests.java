package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.imagefactory.engine.Checkup;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.LintVerdict;
import dev.imagefactory.engine.RunLint;
import dev.imagefactory.engine.RunPages;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.onboarding.Onboarding;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.springboot3.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerMetricsAutoConfiguration;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration;
import io.github.resilience4j.springboot3.timelimiter.autoconfigure.TimeLimiterAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/** What the settings make of an Argo Server, with the file that the service ships. */
class ArgoServerConfigurationTests {

	private final StrictArgoServer real = new StrictArgoServer();

	@TempDir
	Path folder;

	@AfterEach
	void close() {
		this.real.close();
	}

	private ApplicationContextRunner context() {
		return new ApplicationContextRunner()
			.withInitializer((made) -> made.getEnvironment().setConversionService(new ApplicationConversionService()))
			.withInitializer(new ConfigDataApplicationContextInitializer())
			.withConfiguration(AutoConfigurations.of(BulkheadAutoConfiguration.class,
					CircuitBreakerAutoConfiguration.class, CircuitBreakerMetricsAutoConfiguration.class,
					RetryAutoConfiguration.class, TimeLimiterAutoConfiguration.class))
			.withUserConfiguration(ArgoServerConfiguration.class, Settings.class)
			.withPropertyValues("image-factory.engine=argo")
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(Onboarding.class,
					() -> TestCluster.teams(List.of(TestCluster.team("payments", TestCluster.BUILDS))))
			.withBean(Sites.class, () -> TestArgoServer.SITES)
			.withBean(Places.class, () -> new Places(TestArgoServer.SITES, KnownPlaces.none(), UsedPlaces.none()));
	}

	private ApplicationContextRunner configured() throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		return context().withPropertyValues("image-factory.argo.server-url=" + this.real.address() + "/",
				"image-factory.argo.server-token-file=" + token);
	}

	@Test
	void startWhenAServerIsNamedAsksIt() throws IOException {
		this.real.templates.add("builds/image-build-v1");
		configured().run((started) -> {
			assertThat(started.getBean(RunLint.class).lint(TestRuns.release())).isEqualTo(new LintVerdict.Good());
			assertThat(started).hasSingleBean(RunPages.class).hasSingleBean(Checkup.class);
			assertThat(this.real.requests).hasSize(1);
			assertThat(started.getBean(MeterRegistry.class)
				.get("resilience4j.circuitbreaker.state")
				.tags("name", "argo-server", "state", "closed")
				.gauge()
				.value()).isOne();
		});
	}

	@Test
	void startWhenNoneIsNamedIsWithoutIt() {
		context().run(this::assertWithout);
		context().withPropertyValues("image-factory.argo.server-url=").run(this::assertWithout);
		context()
			.withPropertyValues("image-factory.engine=local", "image-factory.argo.server-url=https://argo.example.com")
			.run(this::assertWithout);
	}

	private void assertWithout(AssertableApplicationContext started) {
		assertThat(started).hasNotFailed().doesNotHaveBean(RunLint.class).doesNotHaveBean(RunPages.class);
		assertThat(started.getBean(MeterRegistry.class).find("resilience4j.circuitbreaker.state").gauges()).isEmpty();
	}

	@Test
	void startWhenTheServerIsDownStartsAllTheSame() throws IOException {
		this.real.close();
		configured().run((started) -> {
			assertThat(started).hasNotFailed();
			assertThat(started.getBean(RunLint.class).lint(TestRuns.release())).isInstanceOf(LintVerdict.Unseen.class);
		});
	}

	@Test
	void startWhenTheCertificatesAreNoneIsRefused() throws IOException {
		Path file = Files.writeString(this.folder.resolve("ca.pem"), "none");
		configured().withPropertyValues("image-factory.argo.server-ca-file=" + file)
			.run((started) -> assertThat(started).getFailure()

				.hasStackTraceContaining("image-factory.argo.server-ca-file: '" + file + "'"));
	}

	/** A change here is a change of what the documentation says. */
	@Test
	void guardWhenReadFromTheShippedFileHasTheDocumentedLimits() throws IOException {
		configured().run((started) -> {
			ArgoServerGuard guard = started.getBean(ArgoServerGuard.class);
			assertThat(guard.patience()).isEqualTo(Duration.ofSeconds(5));
			assertThat(guard.limiter().getTimeLimiterConfig().shouldCancelRunningFuture()).isTrue();
			assertThat(guard.bulkhead().getBulkheadConfig().getMaxConcurrentCalls()).isEqualTo(8);
			assertThat(guard.bulkhead().getBulkheadConfig().getMaxWaitDuration()).isEqualTo(Duration.ofMillis(500));
			assertThat(guard.retry().getRetryConfig().getMaxAttempts()).isEqualTo(2);
			assertThat(guard.retry().getRetryConfig().getExceptionPredicate()).accepts(new ArgoServerSilent("x"))
				.rejects(new ArgoServerRefusal(400, 3, "x"), new IllegalStateException());
			CircuitBreakerConfig breaker = guard.breaker().getCircuitBreakerConfig();
			assertThat(breaker.getMinimumNumberOfCalls()).isEqualTo(3);
			assertThat(breaker.getSlidingWindowSize()).isEqualTo(10);
			assertThat(breaker.getWaitIntervalFunctionInOpenState().apply(1)).isEqualTo(30_000);
			assertThat(breaker.getPermittedNumberOfCallsInHalfOpenState()).isOne();
			assertThat(breaker.getSlowCallDurationThreshold()).isEqualTo(Duration.ofSeconds(1));
			assertThat(breaker.getSlowCallRateThreshold()).isEqualTo(50);
			assertThat(breaker.getIgnoreExceptionPredicate()).accepts(new ArgoServerRefusal(400, 3, "x"))
				.rejects(new ArgoServerSilent("x"));
		});
	}

	@EnableConfigurationProperties(ArgoServerSettings.class)
	static class Settings {

	}

}
