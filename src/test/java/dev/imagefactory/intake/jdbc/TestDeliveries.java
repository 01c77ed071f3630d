package dev.imagefactory.intake.jdbc;

import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.intake.Deliveries;

/** The stored deliveries, for tests of other packages. */
public final class TestDeliveries {

	private TestDeliveries() {
	}

	/** The deliveries of a database. */
	public static Deliveries of(TestDatabase database) {
		return new JdbcDeliveries(database.jdbc(), database.batches(), database.transactions());
	}

}
