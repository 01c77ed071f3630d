package dev.imagefactory.intake;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.imagefactory.onboarding.KnownRepositories;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.EnableScheduling;

import static org.assertj.core.api.Assertions.assertThat;

/** Intake as Spring puts it together, on a real database. */
class IntakeConfigurationTests {

	@TempDir
	private Path directory;

	@Test
	void inboxWhenWiredStoresAndPublishes() {
		run((inbox, around) -> {
			Answer answer = inbox.take(SignedDelivery.release("acme/app", 1, "v1").raw());
			assertThat(answer).isInstanceOf(Answer.Accepted.class);
			assertThat(around.accepted).containsExactly(new DeliveryAccepted(((Answer.Accepted) answer).delivery()));
		});
	}

	@Test
	void inboxWhenTheSameComesOftenAtOnceAnswersOneAsNew() {
		SignedDelivery delivery = SignedDelivery.release("acme/app", 1, "v1");
		run((inbox, around) -> {
			List<Future<Answer>> answers;
			try (ExecutorService executor = Executors.newFixedThreadPool(20)) {
				answers = IntStream.range(0, 50)
					.mapToObj((i) -> executor.submit(() -> inbox.take(delivery.raw())))
					.toList();
			}
			assertThat(answers).extracting(Future::get).filteredOn(Answer.Accepted.class::isInstance).hasSize(1);
			assertThat(answers).extracting(Future::get).filteredOn(Answer.Duplicate.class::isInstance).hasSize(49);
		});
	}

	private void run(Scenario scenario) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					DataSourceTransactionManagerAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
					JdbcClientAutoConfiguration.class, FlywayAutoConfiguration.class))
			.withUserConfiguration(Around.class)
			.withPropertyValues("spring.datasource.url=jdbc:h2:async:" + this.directory.resolve("db")
					+ ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context).hasSingleBean(FilterRegistrationBean.class);
				scenario.play(context.getBean(Inbox.class), context.getBean(Around.class));
			});
	}

	/** What happens to a wired inbox. */
	private interface Scenario {

		void play(Inbox inbox, Around around) throws Exception;

	}

	/** What other packages bring. */
	@Configuration
	@EnableScheduling
	@EnableConfigurationProperties(RetentionSettings.class)
	@ComponentScan(basePackages = "dev.imagefactory.intake",
			excludeFilters = @ComponentScan.Filter(type = org.springframework.context.annotation.FilterType.REGEX,
					pattern = ".*Tests.*"))
	static class Around {

		private final List<DeliveryAccepted> accepted = new java.util.concurrent.CopyOnWriteArrayList<>();

		@EventListener
		void accepted(DeliveryAccepted delivery) {
			this.accepted.add(delivery);
		}

		@Bean
		TestOnboarding onboarding() {
			return TestOnboarding.standard();
		}

		@Bean
		KnownRepositories knownRepositories() {
			return new TestKnownRepositories();
		}

		@Bean
		Triage triage(TestOnboarding onboarding) {
			return new TestTriage(onboarding);
		}

		@Bean
		Clock clock() {
			return Clock.systemUTC();
		}

		@Bean
		MeterRegistry meters() {
			return new SimpleMeterRegistry();
		}

	}

}
