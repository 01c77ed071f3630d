package dev.imagefactory.registry;

/** A tag that is written once already points at another image. */
public class ReleaseTagTaken extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public ReleaseTagTaken(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public ReleaseTagTaken(String message, Throwable cause) {
		super(message, cause);
	}

}
