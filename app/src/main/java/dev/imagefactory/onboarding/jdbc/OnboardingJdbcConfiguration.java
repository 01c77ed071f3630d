package dev.imagefactory.onboarding.jdbc;

import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.KnownRepositories;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Puts the stored parts of onboarding together. */
@Configuration(proxyBeanMethods = false)
class OnboardingJdbcConfiguration {

	@Bean
	KnownRepositories knownRepositories(JdbcClient jdbc) {
		return new JdbcKnownRepositories(jdbc);
	}

	@Bean
	ImageOwners imageOwners(JdbcClient jdbc) {
		return new JdbcImageOwners(jdbc);
	}

}
