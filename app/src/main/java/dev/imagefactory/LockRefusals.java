package dev.imagefactory;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Tells a lock that somebody else holds from a database that is in trouble. Both
 * databases report it in their own way, and Spring takes PostgreSQL's for an unknown
 * failure and H2's for a silent database.
 */
final class LockRefusals implements SQLExceptionTranslator {

	/**
	 * {@code lock_not_available}, PostgreSQL's word for a lock that was not had in time.
	 */
	private static final String POSTGRES_NOT_AVAILABLE = "55P03";

	/** H2's {@code LOCK_TIMEOUT_1}. */
	private static final int H2_LOCK_TIMEOUT = 50200;

	private final SQLExceptionTranslator others = new SQLExceptionSubclassTranslator();

	@Override
	public @Nullable DataAccessException translate(String task, @Nullable String sql, SQLException ex) {
		if (POSTGRES_NOT_AVAILABLE.equals(ex.getSQLState()) || ex.getErrorCode() == H2_LOCK_TIMEOUT) {
			return new CannotAcquireLockException(task + ": somebody else held a row for too long: " + ex.getMessage(),
					ex);
		}
		return this.others.translate(task, sql, ex);
	}

}
