package dev.imagefactory.onboarding.jdbc;

import java.time.Clock;

import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.Installation;
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
	Installation installation(JdbcClient jdbc, Clock clock) {
		JdbcInstallation installation = new JdbcInstallation(jdbc);
		installation.makeIfAbsent(clock.instant());
		return installation;
	}

	@Bean
	ImageOwners imageOwners(JdbcClient jdbc) {
		return new JdbcImageOwners(jdbc);
	}

}
