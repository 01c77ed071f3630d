package dev.imagefactory.audit.jdbc;

import java.time.Clock;

import dev.imagefactory.audit.Audit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Puts the stored audit together. */
@Configuration(proxyBeanMethods = false)
class AuditJdbcConfiguration {

	@Bean
	Audit audit(JdbcClient jdbc, Clock clock) {
		return new JdbcAudit(jdbc, clock);
	}

}
