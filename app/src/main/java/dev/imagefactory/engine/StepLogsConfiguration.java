package dev.imagefactory.engine;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the step logs into the data directory. */
@Configuration(proxyBeanMethods = false)
class StepLogsConfiguration {

	@Bean
	StepLogs stepLogs(@Qualifier("dataDirectory") Path dataDirectory, Clock clock) {
		return new FileStepLogs(dataDirectory.resolve("logs"), clock);
	}

	@Bean
	LogRetention logRetention(@Qualifier("dataDirectory") Path dataDirectory,
			@Value("${image-factory.retention.logs:90d}") Duration kept, Clock clock) {
		return new LogRetention(dataDirectory.resolve("logs"), kept, clock);
	}

}
