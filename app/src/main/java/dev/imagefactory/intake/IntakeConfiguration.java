package dev.imagefactory.intake;

import java.time.Clock;
import java.time.Duration;

import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.WebhookSecrets;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts the parts of intake together. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

	/** GitHub waits 10 s for an answer; a database in trouble is told long before. */
	private static final int TRANSACTION_SECONDS = 2;

	/** Four planners still plan 200 deliveries a second in a flood that does not end. */
	private static final Duration GIVES_WAY = Duration.ofMillis(20);

	private static final int FORGET_EVERY_HOURS = 12;

	@Bean
	IntakeMetrics intakeMetrics(MeterRegistry meters) {
		return new IntakeMetrics(meters);
	}

	@Bean
	DeliveryVerifier deliveryVerifier(WebhookSecrets secrets, Onboarding onboarding, KnownRepositories known,
			IntakeMetrics metrics) {
		return new DeliveryVerifier(secrets, onboarding, known, metrics);
	}

	@Bean
	EventReader eventReader(Onboarding onboarding, KnownRepositories known) {
		return new EventReader(onboarding, known);
	}

	@Bean
	Inbox inbox(DeliveryVerifier verifier, Triage triage, Inbox.Store store, ApplicationEventPublisher events,
			Clock clock) {
		return new Inbox(verifier, triage, store, events, clock);
	}

	@Bean
	RightOfWay rightOfWay() {
		return new RightOfWay(GIVES_WAY);
	}

	@Bean
	Inbox.Store inboxStore(Deliveries deliveries, KnownRepositories known, PlatformTransactionManager transactions,
			RightOfWay rightOfWay) {
		TransactionTemplate template = new TransactionTemplate(transactions);
		template.setTimeout(TRANSACTION_SECONDS);
		return new Inbox.Store(deliveries, known, template, rightOfWay);
	}

	@Bean
	RecurringTask<Void> forgetBodies(Deliveries deliveries, RetentionSettings settings, Clock clock) {
		BodyRetention retention = new BodyRetention(deliveries, settings.deliveries(), clock);
		return Tasks.recurring("forget-bodies", FixedDelay.ofHours(FORGET_EVERY_HOURS))
			.execute((instance, context) -> retention.forget());
	}

}
