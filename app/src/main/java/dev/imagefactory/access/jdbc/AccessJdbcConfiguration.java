package dev.imagefactory.access.jdbc;

import dev.imagefactory.access.IdempotencyKeys;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Provides what access stores. */
@Configuration(proxyBeanMethods = false)
class AccessJdbcConfiguration {

	@Bean
	IdempotencyKeys idempotencyKeys(JdbcClient jdbc) {
		return new JdbcIdempotencyKeys(jdbc);
	}

}
