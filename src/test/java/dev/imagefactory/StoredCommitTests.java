package dev.imagefactory;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;
import org.h2.api.ErrorCode;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A commit between the first step with which H2 closes its store after a failed write and
 * the last one. The window is short, so it is made here by hand: with the steps that
 * {@code MVStore.panic} and {@code MVStore.closeStore} take first.
 */
class StoredCommitTests {

	@TempDir
	private Path folder;

	private ShieldedDataSource database;

	@BeforeEach
	void open() {
		HikariDataSource pool = EmbeddedDatabase.open(this.folder);
		this.database = new ShieldedDataSource(pool);
		// Each new connection turns on the writing at each commit.
		Awaitility.await().until(() -> pool.getHikariPoolMXBean().getIdleConnections() == pool.getMaximumPoolSize());
		JdbcClient.create(this.database).sql("CREATE TABLE written (id INT PRIMARY KEY)").update();
	}

	@AfterEach
	void close() {
		this.database.close();
	}

	@Test
	void commitWhenTheStoreIsWellIsStored() throws Exception {
		try (Connection connection = this.database.getConnection()) {
			insert(connection);
			connection.commit();
		}
		assertThat(JdbcClient.create(this.database).sql("SELECT id FROM written").query(Integer.class).list())
			.containsExactly(1);
	}

	@Test
	void commitWhenTheStoreBeginsToCloseAfterAFailedWriteIsRefused() throws Exception {
		try (Connection connection = this.database.getConnection()) {
			insert(connection);
			beginToClose(connection);
			assertThatExceptionOfType(SQLException.class).isThrownBy(connection::commit)
				.withMessageContaining("Cannot tell whether the commit was stored")
				.satisfies((failure) -> assertThat(failure.getErrorCode()).isEqualTo(ErrorCode.DATABASE_IS_CLOSED));
		}
	}

	@Test
	void updateWhenItCommitsItselfAndTheStoreBeginsToCloseIsRefused() throws Exception {
		try (Connection connection = this.database.getConnection();
				var insert = connection.prepareStatement("INSERT INTO written VALUES (1)")) {
			beginToClose(connection);
			assertThatExceptionOfType(SQLException.class).isThrownBy(insert::executeUpdate)
				.withMessageContaining("Cannot tell whether the commit was stored");
		}
	}

	private static void insert(Connection connection) throws SQLException {
		connection.setAutoCommit(false);
		try (var insert = connection.prepareStatement("INSERT INTO written VALUES (1)")) {
			insert.executeUpdate();
		}
	}

	private static void beginToClose(Connection connection) throws SQLException {
		SessionLocal session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
		MVStore store = session.getDatabase().getStore().getMvStore();
		ReflectionTestUtils.setField(store, "panicException",
				DataUtils.newMVStoreException(DataUtils.ERROR_WRITING_FAILED, "No space left on device"));
		store.setAutoCommitDelay(-1);
	}

}
