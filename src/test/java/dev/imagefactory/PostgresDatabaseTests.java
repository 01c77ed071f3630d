package dev.imagefactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

import javax.sql.DataSource;

import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.intake.Patience;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Resources.SYSTEM_OUT)
class PostgresDatabaseTests {

	private static final Duration SOON = Duration.ofMillis(1500);

	private static PostgresServer server;

	@TempDir
	private Path folder;

	private Path password;

	@BeforeAll
	static void start() {
		server = PostgresServer.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void writePassword() throws IOException {
		this.password = Files.writeString(this.folder.resolve("password"), server.password() + "\r\n");
	}

	@AfterEach
	void restoreDefaults() {
		server.administer("ALTER ROLE " + server.user() + " RESET ALL");
		server.administer("ALTER ROLE %s PASSWORD '%s'".formatted(server.user(), server.password()));
	}

	private ServiceSettings.Database settings(String url) {
		return new ServiceSettings.Database(url, server.user(), this.password.toString());
	}

	private PostgresDatabase open() {
		return PostgresDatabase.open(settings(server.url()));
	}

	private static String setting(DataSource database, String name) {
		return JdbcClient.create(database).sql("SELECT current_setting(?)").param(name).query(String.class).single();
	}

	@Test
	void openWhenRoleAnswersCommitsBeforeTheyAreStoredWaitsForThemAllTheSame() {
		server.administer("ALTER ROLE " + server.user() + " SET synchronous_commit = off");
		server.administer("ALTER ROLE " + server.user() + " SET default_transaction_isolation = serializable");
		try (PostgresDatabase database = open()) {
			assertThat(setting(database, "synchronous_commit")).isEqualTo("on");
			assertThat(setting(database, "transaction_isolation")).isEqualTo("read committed");
		}
	}

	@Test
	void openWhenRoleWaitsForStandbysLeavesItAtThat() {
		server.administer("ALTER ROLE " + server.user() + " SET synchronous_commit = remote_apply");
		try (PostgresDatabase database = open()) {
			assertThat(setting(database, "synchronous_commit")).isEqualTo("remote_apply");
		}
	}

	@Test
	void openWhenOpenedGivesUpWhatWouldHoldOthersAndSaysWhatItIs(CapturedOutput output) {
		try (PostgresDatabase database = open()) {
			assertThat(setting(database, "statement_timeout")).isEqualTo("10s");
			assertThat(setting(database, "lock_timeout")).isEqualTo("5s");
			assertThat(setting(database, "idle_in_transaction_session_timeout")).isEqualTo("30s");
			assertThat(setting(database, "application_name")).isEqualTo("image-factory");
			assertThat(output).contains("Database PostgreSQL 17")
				.contains("fsync=off")
				.doesNotContain(server.password());
		}
	}

	@Test
	void openWhenDatabaseKeepsTextInAnotherEncodingRefuses() {
		server.administer("CREATE DATABASE latin ENCODING LATIN1 LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0");
		assertRefused(server.url().replaceFirst("[^/]+$", "latin"), "keeps text as LATIN1", "ENCODING 'UTF8'");
	}

	@Test
	void openWhenDatabaseCanOnlyBeReadRefuses() {
		server.administer("ALTER ROLE " + server.user() + " SET default_transaction_read_only = on");
		assertRefused(server.url(), "can only be read", "targetServerType=primary");
	}

	@Test
	void openWhenUserHasNoSchemaRefuses() {
		assertRefused(server.url() + "?currentSchema=nowhere", "has no schema", "currentSchema");
	}

	@Test
	void openWhenNothingListensSaysWhere() {
		assertRefused("jdbc:postgresql://127.0.0.1:1/image_factory", "127.0.0.1:1", "Check that it runs");
	}

	@Test
	void openWhenPasswordIsWrongSaysSoWithoutIt() throws IOException {
		Files.writeString(this.password, "hunter2");
		assertRefused(server.url(), "password authentication failed", "image-factory.database");
	}

	private void assertRefused(String url, String problem, String action) {
		assertThatExceptionOfType(UnusableDatabase.class).isThrownBy(() -> PostgresDatabase.open(settings(url)))
			.withMessageContaining(problem)
			.satisfies((ex) -> assertThat(ex.action()).contains(action))
			.satisfies((ex) -> assertThat(ex).message().doesNotContain("hunter2").doesNotContain(server.password()));
	}

	@Test
	void connectionWhenPasswordWasChangedTakesTheNewOneFromTheFile() throws IOException, SQLException {
		PostgresConnections connections = PostgresConnections.longWork(settings(server.url()));
		connections.getConnection().close();
		server.administer("ALTER ROLE " + server.user() + " PASSWORD 'the next one'");
		assertThatThrownBy(connections::getConnection).isInstanceOf(SQLException.class)
			.hasMessageNotContaining(server.password());
		Files.writeString(this.password, "the next one\n");
		connections.getConnection().close();
	}

	@Test
	void connectionWhenPasswordFileIsGoneNamesTheFile() throws IOException {
		Files.delete(this.password);
		assertThatThrownBy(() -> PostgresConnections.longWork(settings(server.url())).getConnection())
			.hasMessageContaining(this.password.toString());
	}

	@Test
	void batchWhenItFailsTellsNothingOfWhatItWasGiven() throws SQLException {
		try (PostgresDatabase database = open(); Connection connection = database.getConnection()) {
			JdbcClient.create(new SingleConnectionDataSource(connection, true))
				.sql("CREATE TEMPORARY TABLE told (name TEXT UNIQUE, bytes BYTEA)")
				.update();
			try (PreparedStatement insert = connection.prepareStatement("INSERT INTO told VALUES (?, ?)")) {
				for (int i = 0; i < 2; i++) {
					insert.setString(1, "hunter2");
					insert.setBytes(2, "hunter2".getBytes(StandardCharsets.UTF_8));
					insert.addBatch();
				}
				assertThatThrownBy(insert::executeBatch).hasMessageContaining("duplicate key")
					.satisfies((ex) -> assertThat(ex).message()
						.doesNotContain("hunter2",
								HexFormat.of().formatHex("hunter2".getBytes(StandardCharsets.UTF_8))));
			}
		}
	}

	@Test
	void workWhenServerIsFrozenIsGivenUpSoonAndGoesOnAfterwards() {
		try (PostgresDatabase database = open()) {
			warm(database);
			server.pause();
			try {
				for (int i = 0; i < 10; i++) {
					assertToldSoon(database);
				}
			}
			finally {
				server.resume();
			}
			assertGoesOn(database);
		}
	}

	@Test
	void workWhenServerWasKilledIsGivenUpSoonAndGoesOnAfterwards() {
		try (PostgresDatabase database = open()) {
			warm(database);
			server.kill();
			for (int i = 0; i < 3; i++) {
				assertToldSoon(database);
			}
			server.restart();
			assertGoesOn(database);
		}
	}

	@Test
	void workWhenServerFreezesWhileARequestWaitsIsGivenUpSoon() {
		try (PostgresDatabase database = open()) {
			warm(database);
			server.pause();
			try {
				for (int i = 0; i < 3; i++) {
					assertToldSoon(() -> duringRequest(() -> one(database)));
				}
			}
			finally {
				server.resume();
			}
			assertGoesOn(database);
		}
	}

	@Test
	void transactionWhenServerFreezesWhileARequestWaitsSaysThatItDoesNotAnswer() {
		try (PostgresDatabase database = open()) {
			TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(database));
			try {
				assertToldSoon(() -> duringRequest(() -> transaction.execute((status) -> {
					warm(database);
					server.pause();
					return one(database);
				})));
			}
			finally {
				server.resume();
			}
			assertGoesOn(database);
		}
	}

	@Test
	void workWhenRequestIsOverIsGivenTimeAgain() {
		try (PostgresDatabase database = open()) {
			assertThat(patience(database)).isEqualTo(12000);
			int asked = duringRequest(() -> patience(database));
			assertThat(asked).isEqualTo(1000);
			assertThat(patience(database)).isEqualTo(12000);
		}
	}

	private static int patience(PostgresDatabase database) {
		try (Connection connection = database.getConnection()) {
			return connection.getNetworkTimeout();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static <T> T duringRequest(Supplier<T> work) {
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest()));
		try {
			return work.get();
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
		}
	}

	private static int one(PostgresDatabase database) {
		return JdbcClient.create(database).sql("SELECT 1").query(Integer.class).single();
	}

	/** The pool has connections that were used a moment ago: nobody tries those first. */
	private static void warm(PostgresDatabase database) {
		assertThat(one(database)).isOne();
	}

	private static void assertToldSoon(PostgresDatabase database) {
		assertToldSoon(() -> Patience.shortly(() -> one(database)));
	}

	private static void assertToldSoon(ThrowableAssert.ThrowingCallable work) {
		long began = System.nanoTime();
		assertThatThrownBy(work).isInstanceOfAny(DataAccessException.class, TransactionSystemException.class);
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
	}

	private static void assertGoesOn(PostgresDatabase database) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.ignoreExceptions()
			.until(() -> one(database), (answer) -> answer == 1);
	}

	@Test
	void connectionWhenSomebodyWaitsIsNotTakenByOtherWork() throws SQLException {
		List<Connection> all = new ArrayList<>();
		try (PostgresDatabase database = open()) {
			assertThatThrownBy(() -> {
				while (true) {
					all.add(database.getConnection());
				}
			}).isInstanceOf(SQLTransientConnectionException.class);
			assertThat(Patience.<String>shortly(() -> setting(database, "lock_timeout"))).isEqualTo("300ms");
			assertThat(all).hasSize(14);
			for (Connection connection : all) {
				connection.close();
			}
		}
	}

}
