package dev.imagefactory;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import javax.sql.DataSource;

import dev.imagefactory.intake.Patience;

import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.actuate.jdbc.DataSourceHealthIndicator;
import org.springframework.boot.autoconfigure.flyway.FlywayConfigurationCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.TransactionExecutionListener;

/** What everything else stands on: the data directory, the database, the time. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

	/** What PostgreSQL and our columns keep of a second. */
	private static final Duration TICK = Duration.ofNanos(1000);

	@Bean
	DataDirectory heldDataDirectory(ServiceSettings settings) {
		return DataDirectory.take(settings.dataDirectory());
	}

	@Bean
	Path dataDirectory(DataDirectory heldDataDirectory) {
		return heldDataDirectory.path();
	}

	/** Where people reach us; links begin with it. */
	@Bean
	URI serviceAddress(ServiceSettings settings) {
		return settings.baseUrl();
	}

	/** The parameter makes the lock come before the database and go after it. */
	@Bean
	DataSource dataSource(DataDirectory heldDataDirectory, ServiceSettings settings) {
		return settings.database().isEmbedded()
				? new ShieldedDataSource(EmbeddedDatabase.open(heldDataDirectory.path()))
				: PostgresDatabase.open(settings.database());
	}

	/** Only PostgreSQL can be told so of a single commit. */
	@Bean
	TransactionExecutionListener forgettableCommits(DataSource dataSource, ServiceSettings settings) {
		return settings.database().isEmbedded() ? new TransactionExecutionListener() {
		} : new ForgettableCommits(dataSource);
	}

	/** Spring's clients take it where there is one. */
	@Bean
	SQLExceptionTranslator exceptionTranslator() {
		return new LockRefusals();
	}

	@Bean
	SchemaGuard schemaGuard() {
		return new SchemaGuard();
	}

	/** A change of the schema may take longer than any statement of the service. */
	@Bean
	FlywayConfigurationCustomizer schemaConnections(ServiceSettings settings) {
		return (flyway) -> {
			if (!settings.database().isEmbedded()) {
				flyway.dataSource(PostgresConnections.longWork(settings.database()));
			}
		};
	}

	/** Who asks for the service's health waits for it, as senders of webhooks do. */
	@Bean
	HealthIndicator dbHealthIndicator(DataSource dataSource) {
		DataSourceHealthIndicator database = new DataSourceHealthIndicator(dataSource);
		return () -> Patience.shortly(database::health);
	}

	/** Tells times exactly as they are stored, so that a row equals what was written. */
	@Bean
	Clock clock() {
		return Clock.tick(Clock.systemUTC(), TICK);
	}

}
