package dev.imagefactory.engine.jdbc;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.engine.local.LocalRuns;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Wires the engines' tables. */
@Configuration(proxyBeanMethods = false)
class EngineJdbcConfiguration {

	@Bean
	LocalRuns localRuns(JdbcClient jdbc, ObjectMapper json) {
		return new JdbcLocalRuns(jdbc, json);
	}

}
