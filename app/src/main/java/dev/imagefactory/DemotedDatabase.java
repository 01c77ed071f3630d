package dev.imagefactory;

import java.sql.SQLException;

import com.zaxxer.hikari.SQLExceptionOverride;

/**
 * Makes the pool let go of connections to a server that became a standby: kept, they
 * would refuse every change although another server takes them now.
 */
final class DemotedDatabase implements SQLExceptionOverride {

	/** PostgreSQL, "Error codes": read_only_sql_transaction. */
	private static final String READ_ONLY = "25006";

	@java.lang.Override
	public Override adjudicate(SQLException failure) {
		return READ_ONLY.equals(failure.getSQLState()) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
	}

}
