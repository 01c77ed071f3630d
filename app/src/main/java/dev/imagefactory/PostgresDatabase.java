package dev.imagefactory;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.imagefactory.intake.Patience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.web.context.request.RequestContextHolder;

/**
 * The PostgreSQL that the settings name, for one or many processes. A server that is
 * dead, frozen or out of reach costs nobody more than its patience: connections that do
 * not answer are closed, and new ones are opened when it is back.
 */
final class PostgresDatabase extends DelegatingDataSource implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(PostgresDatabase.class);

	/** The oldest that its makers still mend. */
	private static final int OLDEST = 15;

	private static final int CONNECTIONS = 14;

	/** For those who wait for an answer: no other work takes their connections. */
	private static final int BRISK_CONNECTIONS = 6;

	/** With the next two, a sender is told within 2 s that nothing can be stored. */
	private static final Duration WAIT_FOR_CONNECTION = Duration.ofMillis(500);

	private static final Duration WAIT_FOR_SIGN_OF_LIFE = Duration.ofMillis(250);

	private static final Duration SHORT_PATIENCE = Duration.ofMillis(700);

	/** A page or the API may take longer than a probe, but its caller waits too. */
	private static final Duration PATIENCE_OF_A_REQUEST = Duration.ofSeconds(1);

	private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(10);

	private static final Duration LONGEST_LOCK = Duration.ofSeconds(5);

	/**
	 * Two groups of deliveries may wait for each other's rows. The server would find out
	 * after a second, which is too late for them.
	 */
	private static final Duration BRISK_LOCK = Duration.ofMillis(300);

	/**
	 * A commit that is answered before it is on disk would be a promise that is not kept,
	 * whatever the server or the role have as their default.
	 */
	private static final String KEEP_COMMITS = """
			SELECT set_config('synchronous_commit', 'on', FALSE) WHERE current_setting('synchronous_commit') = 'off'""";

	private final HikariDataSource pool;

	private final HikariDataSource brisk;

	private PostgresDatabase(HikariDataSource pool, HikariDataSource brisk) {
		super(pool);
		this.pool = pool;
		this.brisk = brisk;
	}

	/**
	 * Opens the database.
	 * @param settings where it is
	 * @return the pool of its connections
	 * @throws UnusableDatabase when it is out of reach or not fit
	 */
	static PostgresDatabase open(ServiceSettings.Database settings) {
		PostgresConnections connections = PostgresConnections.shortWork(settings, LONGEST_STATEMENT, LONGEST_LOCK);
		String where = settings.address().orElseThrow().url();
		try (Connection connection = connections.getConnection()) {
			check(where, connection);
		}
		catch (SQLException ex) {
			throw new UnusableDatabase("The database at '%s' cannot be used: %s".formatted(where, ex.getMessage()),
					"Check that it runs and can be reached from here, and image-factory.database with its user and password",
					ex);
		}
		return new PostgresDatabase(new HikariDataSource(pool("database", CONNECTIONS, connections)),
				new HikariDataSource(pool("database-brisk", BRISK_CONNECTIONS,
						PostgresConnections.shortWork(settings, LONGEST_STATEMENT, BRISK_LOCK))));
	}

	private static HikariConfig pool(String name, int size, DataSource connections) {
		HikariConfig config = new HikariConfig();
		config.setPoolName(name);
		config.setDataSource(connections);
		config.setMaximumPoolSize(size);
		config.setConnectionTimeout(WAIT_FOR_CONNECTION.toMillis());
		config.setValidationTimeout(WAIT_FOR_SIGN_OF_LIFE.toMillis());
		config.setConnectionInitSql(KEEP_COMMITS);
		config.setExceptionOverride(new DemotedDatabase());
		return config;
	}

	private static void check(String where, Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery("""
				SELECT current_setting('server_version_num')::integer / 10000 AS version,
				    current_setting('server_version') AS version_name, current_setting('server_encoding') AS encoding,
				    current_setting('transaction_read_only') AS read_only, current_setting('fsync') AS fsync,
				    current_schema() AS schema""")) {
			row.next();
			int version = row.getInt("version");
			refuse(version < OLDEST, where, "is PostgreSQL " + row.getString("version_name"),
					"Use PostgreSQL " + OLDEST + " or later");
			refuse(!"UTF8".equals(row.getString("encoding")), where,
					"keeps text as " + row.getString("encoding") + ", which cannot hold every name",
					"Create a database with ENCODING 'UTF8' and name that one");
			refuse("on".equals(row.getString("read_only")), where, "can only be read, as a standby can",
					"Name the primary, or name all servers and add ?targetServerType=primary");
			refuse(row.getString("schema") == null, where, "has no schema that this user may use",
					"Create one, or name one that exists with ?currentSchema=");
			if ("off".equals(row.getString("fsync"))) {
				log.warn("The database runs with fsync=off: a power cut can lose what was answered as stored");
			}
			log.info("Database PostgreSQL {} at {}", row.getString("version_name"), where);
		}
	}

	private static void refuse(boolean unfit, String where, String problem, String action) {
		if (unfit) {
			throw new UnusableDatabase("The database at '%s' cannot be used: it %s".formatted(where, problem), action,
					null);
		}
	}

	/**
	 * A connection; one that is taken for somebody who waits for an answer is given up
	 * soon when the server falls silent.
	 */
	@Override
	public Connection getConnection() throws SQLException {
		if (Patience.isShort()) {
			return patient(this.brisk.getConnection(), SHORT_PATIENCE);
		}
		Connection connection = this.pool.getConnection();
		return isForRequest() ? patient(connection, PATIENCE_OF_A_REQUEST) : connection;
	}

	/** Spring says so of a thread from before the sign-in until after the answer. */
	private static boolean isForRequest() {
		return RequestContextHolder.getRequestAttributes() != null;
	}

	/** The pool sets it back when it gets the connection back. */
	private static Connection patient(Connection connection, Duration patience) throws SQLException {
		try {
			connection.setNetworkTimeout(Runnable::run, (int) patience.toMillis());
			return connection;
		}
		catch (SQLException ex) {
			connection.close();
			throw ex;
		}
	}

	@Override
	public void close() {
		this.brisk.close();
		this.pool.close();
	}

}
