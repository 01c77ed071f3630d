package dev.imagefactory.intake;

import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.UnexpectedRollbackException;

import static org.assertj.core.api.Assertions.assertThat;

class SilentDatabaseTests {

	@ParameterizedTest
	@MethodSource("silences")
	void isMeantByWhenAskingAgainMayHelpIsTrue(RuntimeException failure) {
		assertThat(SilentDatabase.isMeantBy(failure)).isTrue();
	}

	static Stream<RuntimeException> silences() {
		return Stream.of(new CannotGetJdbcConnectionException("no connection within 1 s"),
				new DataAccessResourceFailureException("the connection is broken"),
				new RecoverableDataAccessException("the connection was closed"),
				new QueryTimeoutException("longer than a second"), new CannotAcquireLockException("somebody holds it"),
				new CannotCreateTransactionException("no connection"), new TransactionSystemException("no commit"));
	}

	@ParameterizedTest
	@MethodSource("answers")
	void isMeantByWhenTheDatabaseHasAnsweredIsFalse(Throwable failure) {
		assertThat(SilentDatabase.isMeantBy(failure)).isFalse();
	}

	static Stream<Throwable> answers() {
		return Stream.of(new DuplicateKeyException("twice"),
				new InvalidDataAccessResourceUsageException("no such column"),
				new UnexpectedRollbackException("undone with its group"), new IllegalStateException("ours"),
				new OutOfMemoryError());
	}

}
