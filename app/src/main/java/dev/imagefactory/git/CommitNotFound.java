package dev.imagefactory.git;

/** A repository does not have the commit; trying again does not help. */
public class CommitNotFound extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public CommitNotFound(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public CommitNotFound(String message, Throwable cause) {
		super(message, cause);
	}

}
