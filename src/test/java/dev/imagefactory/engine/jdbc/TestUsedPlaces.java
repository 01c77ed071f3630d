package dev.imagefactory.engine.jdbc;

import java.time.Clock;

import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.UsedPlaces;

/** The stored used places, for tests of other packages. */
public final class TestUsedPlaces {

	private TestUsedPlaces() {
	}

	/** Those of a database. */
	public static UsedPlaces on(TestDatabase database, Clock clock) {
		return new JdbcUsedPlaces(database.jdbc(), database.transactions(), clock);
	}

}
