package dev.imagefactory.intake;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * Tells a database that does not answer now, or not in time, from everything else that
 * may go wrong: whoever asked may ask again, and nobody has made a mistake.
 */
public final class SilentDatabase {

	private SilentDatabase() {
	}

	/**
	 * Whether a failure means that.
	 * @param failure what work with the database threw
	 * @return false when asking again would end in the same way
	 */
	public static boolean isMeantBy(Throwable failure) {
		return failure instanceof DataAccessResourceFailureException || failure instanceof TransientDataAccessException
				|| failure instanceof RecoverableDataAccessException
				|| failure instanceof CannotCreateTransactionException || failure instanceof TransactionSystemException;
	}

}
