package dev.imagefactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Opens connections to PostgreSQL. The password is read for each, so that a new one in
 * the file counts from the next connection on.
 */
final class PostgresConnections extends DriverManagerDataSource {

	private static final Duration REACHING = Duration.ofSeconds(3);

	private static final Duration SIGNING_IN = Duration.ofSeconds(5);

	/**
	 * What a session keeps to, whatever the server's defaults are: the isolation that our
	 * statements are written for; what a frozen or vanished process holds becomes free.
	 */
	private static final String SESSION = "-c default_transaction_isolation=read\\ committed "
			+ "-c idle_in_transaction_session_timeout=30000 -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 "
			+ "-c tcp_keepalives_count=3 -c tcp_user_timeout=25000";

	private final ServiceSettings.Database settings;

	private PostgresConnections(ServiceSettings.Database settings, Properties properties) {
		this.settings = settings;
		setDriverClassName("org.postgresql.Driver");
		setUrl(settings.address().orElseThrow().url());
		setUsername(settings.username());
		setConnectionProperties(properties);
	}

	/**
	 * For work whose statements are all short.
	 * @param settings where the database is
	 * @param longest after which a statement is given up, in whole seconds
	 * @param lock after which waiting for somebody else's lock is given up
	 * @return opens such connections
	 */
	static PostgresConnections shortWork(ServiceSettings.Database settings, Duration longest, Duration lock) {
		Properties properties = properties(
				SESSION + " -c statement_timeout=" + longest.toMillis() + " -c lock_timeout=" + lock.toMillis());
		// The server gives up first and says so; this is for one that says nothing.
		properties.setProperty("socketTimeout", Long.toString(longest.toSeconds() + 2));
		return new PostgresConnections(settings, properties);
	}

	/**
	 * For changes of the schema, which may take as long as there are rows.
	 * @param settings where the database is
	 * @return opens such connections
	 */
	static PostgresConnections longWork(ServiceSettings.Database settings) {
		return new PostgresConnections(settings, properties(""));
	}

	private static Properties properties(String session) {
		Properties properties = new Properties();
		properties.setProperty("ApplicationName", "image-factory");
		properties.setProperty("connectTimeout", Long.toString(REACHING.toSeconds()));
		properties.setProperty("loginTimeout", Long.toString(SIGNING_IN.toSeconds()));
		properties.setProperty("tcpKeepAlive", "true");
		// The driver would tell every value of a batch that fails, whole bodies too.
		properties.setProperty("logServerErrorDetail", "false");
		if (!session.isEmpty()) {
			properties.setProperty("options", session);
		}
		return properties;
	}

	@Override
	protected Connection getConnectionFromDriver(Properties properties) throws SQLException {
		Path file = this.settings.password().orElse(null);
		if (file != null) {
			properties.setProperty("password", read(file));
		}
		return super.getConnectionFromDriver(properties);
	}

	/** Without the one line end that editors leave. */
	private static String read(Path file) throws SQLException {
		try {
			return Files.readString(file).replaceFirst("\\r?\\n\\z", "");
		}
		catch (IOException ex) {
			throw new SQLException("The password of the database cannot be read from '%s'".formatted(file), "28000",
					ex);
		}
	}

}
