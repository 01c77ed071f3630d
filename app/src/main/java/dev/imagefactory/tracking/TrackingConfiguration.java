package dev.imagefactory.tracking;

import java.time.Clock;
import java.time.Duration;

import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.Tags;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.KnownTags;
import dev.imagefactory.publication.Publication;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionOperations;

/** Puts tracking together. */
@Configuration(proxyBeanMethods = false)
class TrackingConfiguration {

	/** Two answers that lie closer together count as one. */
	private static final Duration APART = Duration.ofSeconds(5);

	/** For an engine that is frozen while it pushes. */
	@Bean
	KnownTags knownTags(Publication publication) {
		return publication::withoutHolder;
	}

	@Bean
	Tracking tracking(Orders orders, Builds builds, Tags tags, Engine engine, Publication publication, Audit audit,
			TransactionOperations transactions, Clock clock,
			@Value("${image-factory.build.create-deadline:2m}") Duration createDeadline) {
		Duration apart = (engine.listEvery().compareTo(APART) > 0) ? engine.listEvery() : APART;
		return new Tracking(new Tracking.Stored(orders, builds, tags, transactions), engine, publication, audit, clock,
				new Tracking.Patience(apart, createDeadline));
	}

}
