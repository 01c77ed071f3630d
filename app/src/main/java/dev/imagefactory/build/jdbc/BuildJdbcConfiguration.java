package dev.imagefactory.build.jdbc;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Turns;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;

/** Puts the stored orders, builds and tags together. */
@Configuration(proxyBeanMethods = false)
class BuildJdbcConfiguration {

	@Bean
	Orders orders(JdbcClient jdbc, PlatformTransactionManager transactions) {
		return new JdbcOrders(jdbc, transactions);
	}

	@Bean
	Tags tags(JdbcClient jdbc, PlatformTransactionManager transactions) {
		return new JdbcTags(jdbc, transactions);
	}

	@Bean
	Builds builds(JdbcClient jdbc, PlatformTransactionManager transactions, Tags tags, ApplicationEventPublisher events,
			ObjectProvider<Destinations> destinations) {
		return new JdbcBuilds(jdbc, transactions, tags, events, late(destinations));
	}

	@Bean
	Turns turns(JdbcClient jdbc, JdbcOperations operations, PlatformTransactionManager transactions, Builds builds,
			ObjectProvider<Destinations> destinations) {
		return new JdbcTurns(jdbc, transactions, builds, new StandstillLimit(operations), late(destinations));
	}

	/** Who knows them needs an engine, and engines may need what is stored. */
	private static Destinations late(ObjectProvider<Destinations> destinations) {
		return (team) -> destinations.getObject().of(team);
	}

}
