package dev.imagefactory.git;

/** A checked out tree would be larger than allowed. */
public class SourceTooLarge extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public SourceTooLarge(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public SourceTooLarge(String message, Throwable cause) {
		super(message, cause);
	}

}
