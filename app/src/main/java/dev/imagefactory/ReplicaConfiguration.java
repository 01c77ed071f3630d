package dev.imagefactory;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import com.github.f4b6a3.ulid.UlidCreator;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import dev.imagefactory.ReplicaLease.Admission;
import dev.imagefactory.Replicas.Replica;
import dev.imagefactory.registry.RegistrySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes this process one of the replicas on its database. */
@Configuration(proxyBeanMethods = false)
class ReplicaConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ReplicaConfiguration.class);

	private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

	/** This process's name to the others, never used again. */
	@Bean
	String processName() {
		return UlidCreator.getMonotonicUlid().toString();
	}

	/** Where this process can see others, and end their children. */
	@Bean
	String hostName() {
		return HostIdentity.ofThisHost();
	}

	@Bean
	ReplicaLease replicaLease(JdbcClient jdbc, ServiceSettings settings, RegistrySettings registry,
			@Qualifier("processName") String processName, @Qualifier("hostName") String hostName,
			ConfigurableApplicationContext context) {
		Replica me = new Replica(processName, hostName, ProcessHandle.current().pid(),
				registry.kind().name().toLowerCase(Locale.ROOT));
		Admission admission = settings.database().isEmbedded() ? Admission.OF_SOLE_PROCESS
				: new LayoutAdmission(LOOK_AGAIN);
		return new ReplicaLease(new Replicas(jdbc), me, admission, (refused) -> end(context, refused));
	}

	/** On a thread of its own: the lease's thread is one of those that end. */
	private static void end(ConfigurableApplicationContext context, ProcessRefused refused) {
		logger.error("This process ends: {}. {}", refused.getMessage(), refused.action());
		Thread.ofPlatform().name("refused").start(() -> System.exit(SpringApplication.exit(context, () -> 1)));
	}

	@Bean
	ScheduledWork scheduledWork(DataSource dataSource, @Qualifier("processName") String processName,
			List<RecurringTask<?>> tasks) {
		return new ScheduledWork(dataSource, processName, tasks);
	}

}
