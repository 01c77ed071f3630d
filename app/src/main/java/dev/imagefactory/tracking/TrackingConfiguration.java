package dev.imagefactory.tracking;

import java.time.Clock;

import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.publication.Publication;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionOperations;

/** Puts tracking together. */
@Configuration(proxyBeanMethods = false)
class TrackingConfiguration {

	@Bean
	Tracking tracking(Builds builds, Tags tags, Engine engine, Publication publication, Audit audit,
			TransactionOperations transactions, Clock clock) {
		return new Tracking(builds, tags, engine, publication, audit, transactions, clock);
	}

}
