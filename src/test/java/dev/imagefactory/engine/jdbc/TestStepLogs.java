package dev.imagefactory.engine.jdbc;

import java.time.Clock;

import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.StepLogs;

import org.springframework.transaction.support.TransactionTemplate;

/** Gives tests of other packages the step logs in a database. */
public final class TestStepLogs {

	private TestStepLogs() {
	}

	/** Step logs in a database. */
	public static StepLogs in(TestDatabase database, Clock clock) {
		return new JdbcStepLogs(new LogTable(database.jdbc(), database.transactions()), clock);
	}

	/** Followed logs in a database, as a process that counts as living has them. */
	public static FollowedLogs followed(TestDatabase database, String process) {
		database.jdbc().sql("""
				INSERT INTO replica (id, host, pid, registry, started_at, lease_until)
				VALUES (:id, 'host', 1, 'oci', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP + INTERVAL '1' HOUR)
				ON CONFLICT DO NOTHING""").param("id", process).update();
		return new JdbcFollowedLogs(new LogTable(database.jdbc(), database.transactions()),
				new FollowTable(database.jdbc()), new TransactionTemplate(database.transactions()), process,
				Clock.systemUTC());
	}

	/** The lease of a process is over. */
	public static void lapse(TestDatabase database, String process) {
		database.jdbc().sql("DELETE FROM replica WHERE id = :id").param("id", process).update();
	}

}
