package dev.imagefactory;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class EmbeddedDatabaseTests {

	private static final int THREADS = 100;

	private static final int INTERRUPTS = 300;

	@TempDir
	private Path folder;

	@Test
	void openWhenNewWritesEveryCommitAtOnceThroughAsynchronousFiles() {
		try (HikariDataSource database = EmbeddedDatabase.open(this.folder)) {
			assertThat(setting(database, "WRITE_DELAY")).isEqualTo("0");
			assertThat(setting(database, "RETENTION_TIME")).isEqualTo("2000");
			assertThat(setting(database, "MODE")).isEqualTo("PostgreSQL");
			assertThat(this.folder.resolve("db/image-factory.mv.db")).isNotEmptyFile();
		}
	}

	@Test
	void checkWhenCommitsAreDelayedRefuses() {
		String url = EmbeddedDatabase.url(EmbeddedDatabase.FILE_SYSTEM, this.folder)
			.replace("WRITE_DELAY=0", "WRITE_DELAY=500");
		try (HikariDataSource database = EmbeddedDatabase.connect(url)) {
			assertThatIllegalStateException().isThrownBy(() -> EmbeddedDatabase.check(database))
				.withMessageContaining("later than they are acknowledged")
				.withMessageContaining("500");
		}
	}

	@Test
	void checkWhenPlainFilesRefuses() {
		try (HikariDataSource database = EmbeddedDatabase.connect(EmbeddedDatabase.url("file:", this.folder))) {
			assertThatIllegalStateException().isThrownBy(() -> EmbeddedDatabase.check(database))
				.withMessageContaining("an interrupted thread would close it, or a write after a failed one spoil it");
		}
	}

	@Test
	void writeWhenThreadsAreInterruptedKeepsDatabaseUpAndEveryCommittedRow() {
		Set<String> committed;
		// With "file:" the first interrupt that meets a write closes the database.
		try (ShieldedDataSource database = new ShieldedDataSource(
				EmbeddedDatabase.connect(EmbeddedDatabase.url(EmbeddedDatabase.FILE_SYSTEM, this.folder)))) {
			committed = writeWhileInterrupting(database);
			assertThat(committed).hasSizeGreaterThan(THREADS);
			assertThat(rows(database)).containsAll(committed);
			assertThat(JdbcClient.create(database).sql("INSERT INTO written VALUES ('after')").update()).isOne();
		}
		try (HikariDataSource reopened = EmbeddedDatabase.open(this.folder)) {
			assertThat(rows(reopened)).contains("after").containsAll(committed);
		}
	}

	@Test
	void poolWhenTheDatabaseClosedItselfOpensItAgain() {
		try (HikariDataSource database = EmbeddedDatabase.open(this.folder)) {
			JdbcClient client = JdbcClient.create(database);
			client.sql("CREATE TABLE written (id VARCHAR(40) PRIMARY KEY)").update();
			client.sql("INSERT INTO written VALUES ('before')").update();
			Awaitility.await().until(() -> database.getHikariPoolMXBean().getIdleConnections(), (idle) -> idle > 3);
			closeAsH2DoesWhenItCannotWrite(client);
			Awaitility.await()
				.ignoreExceptions()
				.until(() -> client.sql("INSERT INTO written VALUES ('after')").update(), (rows) -> rows == 1);
			assertThat(rows(database)).containsExactlyInAnyOrder("before", "after");
		}
	}

	private static void closeAsH2DoesWhenItCannotWrite(JdbcClient client) {
		try {
			client.sql("SHUTDOWN IMMEDIATELY").update();
		}
		catch (DataAccessException ex) {
			// It may say that it is closed now.
		}
	}

	private static Set<String> writeWhileInterrupting(DataSource database) {
		JdbcClient.create(database).sql("CREATE TABLE written (id VARCHAR(40) PRIMARY KEY)").update();
		Set<String> committed = ConcurrentHashMap.newKeySet();
		AtomicBoolean stop = new AtomicBoolean();
		AtomicInteger interrupts = new AtomicInteger();
		List<Thread> writers = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			int number = i;
			writers.add(Thread.ofPlatform().start(() -> write(database, number, committed, stop)));
		}
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(2)).until(() -> {
			Thread victim = writers.get(ThreadLocalRandom.current().nextInt(THREADS));
			victim.interrupt();
			return interrupts.incrementAndGet() >= INTERRUPTS && allWroteThree(committed);
		});
		writers.forEach(Thread::interrupt);
		stop.set(true);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> writers.stream().noneMatch(Thread::isAlive));
		return committed;
	}

	private static boolean allWroteThree(Set<String> committed) {
		return IntStream.range(0, THREADS).allMatch((number) -> committed.contains(number + "-2"));
	}

	private static void write(DataSource database, int number, Set<String> committed, AtomicBoolean stop) {
		int i = 0;
		while (!stop.get()) {
			String id = number + "-" + i;
			try (Connection connection = database.getConnection();
					var insert = connection.prepareStatement("INSERT INTO written VALUES (?)")) {
				connection.setAutoCommit(false);
				insert.setString(1, id);
				insert.executeUpdate();
				if (i % 3 == 1) {
					// Certain for every thread; the others come at any moment.
					Thread.currentThread().interrupt();
				}
				connection.commit();
				committed.add(id);
				i++;
			}
			catch (SQLException ex) {
				// An interrupted wait for a connection: what counts is what was
				// committed.
				Thread.interrupted();
			}
		}
	}

	private static List<String> rows(DataSource database) {
		return JdbcClient.create(database).sql("SELECT id FROM written").query(String.class).list();
	}

	private static String setting(DataSource database, String name) {
		return JdbcClient.create(database)
			.sql("SELECT setting_value FROM information_schema.settings WHERE setting_name = ?")
			.params(name)
			.query(String.class)
			.single();
	}

}
