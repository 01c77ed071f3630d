package dev.imagefactory;

import java.sql.SQLException;

import com.zaxxer.hikari.SQLExceptionOverride;

/**
 * Makes the pool let go of connections to a database that closed itself, as H2 does when
 * it cannot write, on a full disk for example. Only when the last of them is gone is the
 * database opened again; kept, they would fail until a restart.
 */
final class ClosedDatabase implements SQLExceptionOverride {

	/** H2, "Error codes": DATABASE_IS_CLOSED. */
	private static final int CLOSED = 90098;

	/** H2, "Error codes": DATABASE_CALLED_AT_SHUTDOWN. */
	private static final int SHUTTING_DOWN = 90121;

	@java.lang.Override
	public Override adjudicate(SQLException failure) {
		return switch (failure.getErrorCode()) {
			case CLOSED, SHUTTING_DOWN -> Override.MUST_EVICT;
			default -> Override.CONTINUE_EVICT;
		};
	}

}
