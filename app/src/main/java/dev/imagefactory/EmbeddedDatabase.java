package dev.imagefactory;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.h2.store.fs.FilePath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The H2 database in the data directory. How it is opened is not for the settings,
 * because the promise that nothing acknowledged is lost hangs on it.
 */
final class EmbeddedDatabase {

	private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);

	/**
	 * No write after a failed one; and the asynchronous file system, because a thread
	 * that is interrupted while it writes through a plain file channel closes the
	 * channel, and the database with it.
	 */
	static final String FILE_SYSTEM = HaltingFilePath.PREFIX + "async:";

	/**
	 * Why each: the compatibility that our SQL is written for; every commit is in the
	 * file before it returns; the file's free space is used again after 2 s (H2 alone
	 * takes 45 s, at about 25 KB a commit); Spring closes the database, in order, not a
	 * hook of H2's; waiting writers wait; no trace file, because errors reach us as
	 * exceptions and a trace shows values; a query is always run, because H2 takes a kept
	 * result for good although a commit came in between; each connection keeps the
	 * statements that it parsed.
	 */
	private static final Map<String, String> OPTIONS = Map.of("MODE", "PostgreSQL", "DATABASE_TO_LOWER", "TRUE",
			"DEFAULT_NULL_ORDERING", "HIGH", "WRITE_DELAY", "0", "RETENTION_TIME", "2000", "DB_CLOSE_ON_EXIT", "FALSE",
			"LOCK_TIMEOUT", "5000", "TRACE_LEVEL_FILE", "0", "OPTIMIZE_REUSE_RESULTS", "0", "QUERY_CACHE_SIZE", "64");

	private static final int CONNECTIONS = 16;

	private static final Duration WAIT_FOR_CONNECTION = Duration.ofSeconds(2);

	static {
		FilePath.register(new HaltingFilePath());
	}

	private EmbeddedDatabase() {
	}

	/**
	 * Opens the database, which creates it the first time.
	 * @param dataDirectory the data directory, which this process holds
	 * @return the pool of its connections
	 * @throws IllegalStateException when it was not opened as it must be
	 */
	static HikariDataSource open(Path dataDirectory) {
		HikariDataSource dataSource = connect(url(FILE_SYSTEM, dataDirectory));
		try {
			check(dataSource);
		}
		catch (RuntimeException ex) {
			dataSource.close();
			throw ex;
		}
		log.info("Embedded database (H2) in {}: it survives a killed process, but not a power cut", dataDirectory);
		return dataSource;
	}

	/**
	 * How the database is addressed.
	 * @param fileSystem H2's prefix of a file system
	 * @param dataDirectory the data directory
	 * @return the JDBC URL
	 */
	static String url(String fileSystem, Path dataDirectory) {
		return "jdbc:h2:" + fileSystem + dataDirectory.resolve("db").resolve("image-factory")
				+ OPTIONS.entrySet()
					.stream()
					.map((option) -> ";" + option.getKey() + "=" + option.getValue())
					.sorted()
					.collect(Collectors.joining());
	}

	/**
	 * Opens a pool without looking further.
	 * @param url the JDBC URL
	 * @return the pool
	 */
	static HikariDataSource connect(String url) {
		HikariConfig config = new HikariConfig();
		config.setPoolName("database");
		config.setDriverClassName("org.h2.Driver");
		config.setJdbcUrl(url);
		config.setUsername("sa");
		config.setPassword("");
		config.setMaximumPoolSize(CONNECTIONS);
		config.setConnectionTimeout(WAIT_FOR_CONNECTION.toMillis());
		// Nothing between us and an embedded database cuts connections off.
		config.setMaxLifetime(0);
		// H2 calls a connection valid when its database is closed: only a query tells.
		config.setConnectionTestQuery("SELECT 1");
		config.setExceptionOverride(new ClosedDatabase());
		return new HikariDataSource(config);
	}

	/**
	 * Refuses a database that would lose what it acknowledged.
	 * @param dataSource the pool
	 * @throws IllegalStateException when commits are delayed or the files are not written
	 * through the asynchronous file system
	 */
	static void check(DataSource dataSource) {
		expect(dataSource, "SELECT setting_value FROM information_schema.settings WHERE setting_name = 'WRITE_DELAY'",
				"0", "commits are written later than they are acknowledged");
		expect(dataSource, "SELECT SUBSTRING(database_path() FROM 1 FOR %d)".formatted(FILE_SYSTEM.length()),
				FILE_SYSTEM, "an interrupted thread would close it, or a write after a failed one spoil it");
	}

	private static void expect(DataSource dataSource, String query, String expected, String otherwise) {
		try (Connection connection = dataSource.getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(query)) {
			String actual = result.next() ? result.getString(1) : "nothing";
			if (!expected.equals(actual)) {
				throw new IllegalStateException("The embedded database is not safe to use, %s: '%s' gave %s, not %s"
					.formatted(otherwise, query, actual, expected));
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Cannot check the embedded database with '%s'".formatted(query), ex);
		}
	}

}
