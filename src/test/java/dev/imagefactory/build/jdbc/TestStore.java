package dev.imagefactory.build.jdbc;

import java.util.Optional;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Destinations;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Turns;
import dev.imagefactory.database.TestDatabase;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;

/** The stored orders, builds and tags, for tests of other packages. */
public final class TestStore {

	private TestStore() {
	}

	/** The builds of a database. */
	public static Builds builds(TestDatabase database, ApplicationEventPublisher events) {
		return builds(database, events, nowhere());
	}

	/** The builds of a database, which go to some places. */
	public static Builds builds(TestDatabase database, ApplicationEventPublisher events, Destinations destinations) {
		return new JdbcBuilds(database.jdbc(), database.transactions(), tags(database), events, destinations);
	}

	/** All builds go to the only place that there is. */
	static Destinations nowhere() {
		return (team) -> Optional.empty();
	}

	/** The tags of a database. */
	public static Tags tags(TestDatabase database) {
		return new JdbcTags(database.jdbc(), database.transactions());
	}

	/** The orders of a database. */
	public static Orders orders(TestDatabase database) {
		return new JdbcOrders(database.jdbc(), database.transactions());
	}

	/** The turns of queued builds. */
	public static Turns turns(TestDatabase database) {
		return turns(database, nowhere());
	}

	/** The turns of queued builds, which go to some places. */
	public static Turns turns(TestDatabase database, Destinations destinations) {
		return new JdbcTurns(database.jdbc(), database.transactions(), builds(database, (event) -> {
		}), new StandstillLimit(new JdbcTemplate(database.source())), destinations);
	}

}
