package dev.imagefactory.build.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Makes PostgreSQL end the caller's transaction soon when its process stands still, so
 * that a frozen process does not hold for long what all others need. An embedded database
 * stands still with its process, and nobody else is there to wait.
 */
final class StandstillLimit {

	private static final String STATEMENT = "SET LOCAL idle_in_transaction_session_timeout = 3000";

	private final JdbcOperations jdbc;

	StandstillLimit(JdbcOperations jdbc) {
		this.jdbc = jdbc;
	}

	/** Holds until the end of the transaction. */
	void set() {
		this.jdbc.execute((ConnectionCallback<@Nullable Void>) StandstillLimit::set);
	}

	/** The driver knows the product by heart: asking for its name costs no round trip. */
	private static @Nullable Void set(Connection connection) throws SQLException {
		if (connection.getMetaData().getDatabaseProductName().equals("PostgreSQL")) {
			try (Statement statement = connection.createStatement()) {
				statement.execute(STATEMENT);
			}
		}
		return null;
	}

}
