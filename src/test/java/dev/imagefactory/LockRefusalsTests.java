package dev.imagefactory;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.junit.jupiter.api.Test;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LockRefusalsTests {

	@EachDatabase
	void statementWhenSomebodyElseHoldsTheRowIsARaceThatMayBeTriedAgain(TestDatabase database) {
		database.jdbc().sql("CREATE TABLE held (id INTEGER NOT NULL PRIMARY KEY)").update();
		database.jdbc().sql("INSERT INTO held (id) VALUES (1)").update();
		JdbcTemplate template = new JdbcTemplate(database.source());
		template.setExceptionTranslator(new StorageConfiguration().exceptionTranslator());
		JdbcClient client = JdbcClient.create(template);
		whileHeld(database, () -> assertThatExceptionOfType(CannotAcquireLockException.class)
			.isThrownBy(() -> database.inTransaction().executeWithoutResult((status) -> {
				client.sql("SET lock_timeout = 50").update();
				client.sql("SELECT id FROM held WHERE id = 1 FOR UPDATE").query(Integer.class).single();
			}))
			.withMessageContaining("somebody else held a row for too long"));
	}

	@EachDatabase
	void batchWhenSomebodyElseHoldsARowIsTheSameRace(TestDatabase database) {
		database.jdbc().sql("CREATE TABLE held (id INTEGER NOT NULL PRIMARY KEY)").update();
		database.jdbc().sql("INSERT INTO held (id) VALUES (1)").update();
		JdbcTemplate template = new JdbcTemplate(database.source());
		template.setExceptionTranslator(new StorageConfiguration().exceptionTranslator());
		NamedParameterJdbcTemplate batches = new NamedParameterJdbcTemplate(template);
		SqlParameterSource[] rows = { new MapSqlParameterSource("id", 1) };
		whileHeld(database, () -> assertThatExceptionOfType(CannotAcquireLockException.class)
			.isThrownBy(() -> database.inTransaction().executeWithoutResult((status) -> {
				template.execute("SET lock_timeout = 50");
				batches.batchUpdate("UPDATE held SET id = 2 WHERE id = :id", rows);
			})));
	}

	private static void whileHeld(TestDatabase database, Runnable work) {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		try (ExecutorService other = Executors.newSingleThreadExecutor()) {
			TransactionTemplate transaction = database.inTransaction();
			other.execute(() -> transaction.executeWithoutResult((status) -> {
				database.jdbc().sql("SELECT id FROM held WHERE id = 1 FOR UPDATE").query(Integer.class).single();
				held.countDown();
				await(done);
			}));
			await(held);
			try {
				work.run();
			}
			finally {
				done.countDown();
			}
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void translateWhenAStatementTookTooLongIsStillASilentDatabase() {
		SQLException slow = new SQLTimeoutException("slow", "57014");
		assertThat(new LockRefusals().translate("reading", "SELECT 1", slow)).isInstanceOf(QueryTimeoutException.class);
	}

}
