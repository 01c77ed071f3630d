package dev.imagefactory;

import java.sql.Connection;
import java.sql.SQLException;

import org.h2.api.ErrorCode;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;

/**
 * Tells whether a commit that H2 reported as done is in the file. When a write fails, on
 * a full disk for example, H2 closes its store, and its first step is to turn off the
 * writing at each commit ({@code MVStore.closeStore}). A commit of another thread that
 * comes between that step and the last one returns without an error and without being
 * stored.
 */
final class StoredCommit {

	private StoredCommit() {
	}

	/**
	 * Refuses a commit that came while the store was closing.
	 * @param connection an open connection to the embedded database, whose commit has
	 * returned, or is closed with it
	 * @throws SQLException when the commit may not have been stored
	 */
	static void check(Connection connection) throws SQLException {
		if (connection.isClosed()) {
			return;
		}
		MVStore store = storeOf(connection);
		// Set before the closing begins and never reset.
		if (store.getPanicException() != null) {
			throw new SQLException("Cannot tell whether the commit was stored: the embedded database could not write"
					+ " and closed itself meanwhile. Look for a full disk; what was asked for may be asked again.",
					"HY000", ErrorCode.DATABASE_IS_CLOSED, store.getPanicException());
		}
	}

	private static MVStore storeOf(Connection connection) throws SQLException {
		SessionLocal session = (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
		return session.getDatabase().getStore().getMvStore();
	}

}
