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

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Makes this process one of the replicas on its database. */
@Configuration(proxyBeanMethods = false)
class ReplicaConfiguration {

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
			@Qualifier("processName") String processName, @Qualifier("hostName") String hostName) {
		Replica me = new Replica(processName, hostName, ProcessHandle.current().pid(),
				registry.kind().name().toLowerCase(Locale.ROOT));
		Admission admission = settings.database().isEmbedded() ? Admission.OF_SOLE_PROCESS
				: new LayoutAdmission(LOOK_AGAIN);
		return new ReplicaLease(new Replicas(jdbc), me, admission);
	}

	@Bean
	ScheduledWork scheduledWork(DataSource dataSource, @Qualifier("processName") String processName,
			List<RecurringTask<?>> tasks) {
		return new ScheduledWork(dataSource, processName, tasks);
	}

}
