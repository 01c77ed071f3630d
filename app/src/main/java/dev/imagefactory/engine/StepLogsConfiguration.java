package dev.imagefactory.engine;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Puts the step logs into the data directory, where the embedded database lies. */
@Configuration(proxyBeanMethods = false)
@Conditional(LogPlace.DataDirectory.class)
class StepLogsConfiguration {

	private static final int FORGET_EVERY_HOURS = 12;

	@Bean
	FileStepLogs stepLogs(@Qualifier("dataDirectory") Path dataDirectory, Clock clock) {
		return new FileStepLogs(dataDirectory.resolve("logs"), clock);
	}

	@Bean
	FollowedLogs followedLogs(FileStepLogs stepLogs) {
		return new FileFollowedLogs(stepLogs);
	}

	@Bean
	RecurringTask<Void> forgetLogs(@Qualifier("dataDirectory") Path dataDirectory,
			@Value("${image-factory.retention.logs:90d}") Duration kept, Clock clock) {
		LogRetention retention = new LogRetention(dataDirectory.resolve("logs"), kept, clock);
		return Tasks.recurring("forget-logs", FixedDelay.ofHours(FORGET_EVERY_HOURS))
			.execute((instance, context) -> retention.forget());
	}

}
