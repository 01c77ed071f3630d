package dev.imagefactory;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Lets PostgreSQL answer some commits before they are on its disk: those of transactions
 * that are named {@value #NAME}. What they store, who has what in hand, may be forgotten
 * when the server falls: it ends with a lease anyway, and whoever acts on it stores his
 * intent in a transaction that waits, and that checks again.
 */
final class ForgettableCommits implements TransactionExecutionListener {

	private static final Logger log = LoggerFactory.getLogger(ForgettableCommits.class);

	/** Of transactions; whoever stores such things names his so. */
	static final String NAME = "forgettable";

	private final DataSource database;

	ForgettableCommits(DataSource database) {
		this.database = database;
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
		if (failure != null || !transaction.getTransactionName().equals(NAME)) {
			return;
		}
		Connection connection = DataSourceUtils.getConnection(this.database);
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET LOCAL synchronous_commit = off");
		}
		// Spring would leave the thread in the transaction; its own statements fail, too.
		catch (SQLException ex) {
			log.debug("The database refused a setting of a transaction: {}", ex.getMessage());
		}
	}

}
