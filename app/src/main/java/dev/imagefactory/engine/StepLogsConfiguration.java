package dev.imagefactory.engine;

import java.nio.file.Path;
import java.time.Clock;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the step logs into the data directory. */
@Configuration(proxyBeanMethods = false)
class StepLogsConfiguration {

	@Bean
	StepLogs stepLogs(@Qualifier("dataDirectory") Path dataDirectory, Clock clock) {
		return new FileStepLogs(dataDirectory.resolve("logs"), clock);
	}

}
