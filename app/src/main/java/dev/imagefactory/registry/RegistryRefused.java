package dev.imagefactory.registry;

/**
 * The registry answered, and will not do what was asked. Unlike silence that seldom
 * passes by itself.
 */
public class RegistryRefused extends RegistryUnavailable {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public RegistryRefused(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public RegistryRefused(String message, Throwable cause) {
		super(message, cause);
	}

}
