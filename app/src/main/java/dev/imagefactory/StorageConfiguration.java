package dev.imagefactory;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
	ShieldedDataSource dataSource(DataDirectory heldDataDirectory) {
		return new ShieldedDataSource(EmbeddedDatabase.open(heldDataDirectory.path()));
	}

	/** Tells times exactly as they are stored, so that a row equals what was written. */
	@Bean
	Clock clock() {
		return Clock.tick(Clock.systemUTC(), TICK);
	}

}
