package dev.imagefactory.registry;

/** The registry did not answer; trying again may help. */
public class RegistryUnavailable extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public RegistryUnavailable(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public RegistryUnavailable(String message, Throwable cause) {
		super(message, cause);
	}

}
