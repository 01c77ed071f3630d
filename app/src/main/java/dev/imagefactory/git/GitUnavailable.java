package dev.imagefactory.git;

/** A repository did not answer, or not with what was asked; trying again may help. */
public class GitUnavailable extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public GitUnavailable(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public GitUnavailable(String message, Throwable cause) {
		super(message, cause);
	}

}
