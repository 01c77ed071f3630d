package dev.imagefactory.engine;

/**
 * The engine did not answer, so the outcome is unknown: look by name before asking again.
 */
public class EngineUnavailable extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public EngineUnavailable(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public EngineUnavailable(String message, Throwable cause) {
		super(message, cause);
	}

}
