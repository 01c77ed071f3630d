package dev.imagefactory.build.jdbc;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Turns;
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
	Builds builds(JdbcClient jdbc, PlatformTransactionManager transactions, Tags tags,
			ApplicationEventPublisher events) {
		return new JdbcBuilds(jdbc, transactions, tags, events);
	}

	@Bean
	Turns turns(JdbcClient jdbc, JdbcOperations operations, PlatformTransactionManager transactions, Builds builds) {
		return new JdbcTurns(jdbc, transactions, builds, new StandstillLimit(operations));
	}

}
