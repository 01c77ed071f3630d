package dev.imagefactory.engine.argo;

import dev.imagefactory.engine.Checkup;
import dev.imagefactory.onboarding.Onboarding;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Wires the Argo Server, where the settings name one. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "image-factory.engine", havingValue = "argo")
@Conditional(ArgoServerConfiguration.Named.class)
class ArgoServerConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ArgoServerConfiguration.class);

	@Bean
	ArgoServerGuard argoServerGuard(TimeLimiterRegistry limiters, CircuitBreakerRegistry breakers,
			BulkheadRegistry bulkheads, RetryRegistry retries) {
		String name = ArgoServerGuard.NAME;
		return new ArgoServerGuard(limiters.timeLimiter(name, name), breakers.circuitBreaker(name, name),
				bulkheads.bulkhead(name, name), retries.retry(name, name));
	}

	@Bean
	ArgoServerConnection argoServerConnection(ArgoServerSettings settings, ArgoServerGuard guard) {
		return ArgoServerConnection.open(settings, guard.patience());
	}

	@Bean
	Checkup argoServerCheckup(ArgoServerSettings settings, ArgoServerConnection server, ArgoServerGuard guard,
			Onboarding onboarding) {
		return new ArgoServerCheckup(settings.address(), server, guard, onboarding);
	}

	@Bean
	ArgoServer argoServer(ArgoServerSettings settings, ArgoServerConnection server, ArgoServerGuard guard, Sites sites,
			Places places) {
		logger.info("The Argo Server at {} is asked for lint, archived Workflows and steps that are not in the objects",
				settings.address());
		return new ArgoServer(settings.address(), sites, places, server, guard);
	}

	/** Whether the settings name one; an empty text counts as not given. */
	static class Named implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return StringUtils.hasText(context.getEnvironment().getProperty("image-factory.argo.server-url"));
		}

	}

}
