package dev.imagefactory.engine.jdbc;

import java.time.Clock;
import java.time.Duration;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.LogPlace;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.engine.local.LocalRuns;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Wires the engines' tables. */
@Configuration(proxyBeanMethods = false)
class EngineJdbcConfiguration {

	private static final int FORGET_EVERY_HOURS = 12;

	@Bean
	LocalRuns localRuns(JdbcClient jdbc) {
		return new JdbcLocalRuns(jdbc);
	}

	@Bean
	UsedPlaces usedPlaces(JdbcClient jdbc, PlatformTransactionManager transactions, Clock clock) {
		return new JdbcUsedPlaces(jdbc, transactions, clock);
	}

	@Bean
	@Conditional(LogPlace.Database.class)
	StepLogs stepLogs(JdbcClient jdbc, PlatformTransactionManager transactions, Clock clock) {
		return new JdbcStepLogs(new LogTable(jdbc, transactions), clock);
	}

	@Bean
	@Conditional(LogPlace.Database.class)
	FollowedLogs followedLogs(JdbcClient jdbc, PlatformTransactionManager transactions,
			@Qualifier("processName") String processName, Clock clock) {
		return new JdbcFollowedLogs(new LogTable(jdbc, transactions), new FollowTable(jdbc),
				new TransactionTemplate(transactions), processName, clock);
	}

	@Bean
	@Conditional(LogPlace.Database.class)
	RecurringTask<Void> forgetLogs(JdbcClient jdbc, PlatformTransactionManager transactions,
			@Value("${image-factory.retention.logs:90d}") Duration kept, Clock clock) {
		JdbcLogRetention retention = new JdbcLogRetention(new LogTable(jdbc, transactions), new FollowTable(jdbc), kept,
				clock);
		return Tasks.recurring("forget-logs", FixedDelay.ofHours(FORGET_EVERY_HOURS))
			.execute((instance, context) -> retention.forget());
	}

}
