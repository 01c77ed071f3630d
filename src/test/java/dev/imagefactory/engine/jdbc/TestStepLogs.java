package dev.imagefactory.engine.jdbc;

import java.time.Clock;

import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.StepLogs;

/** Gives tests of other packages the step logs in a database. */
public final class TestStepLogs {

	private TestStepLogs() {
	}

	/** Step logs in a database. */
	public static StepLogs in(TestDatabase database, Clock clock) {
		return new JdbcStepLogs(new LogTable(database.jdbc(), database.transactions()), clock);
	}

}
