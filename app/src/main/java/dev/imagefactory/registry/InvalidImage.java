package dev.imagefactory.registry;

/**
 * A local layout, or the registry, does not hold the image it should; trying again does
 * not help.
 */
public class InvalidImage extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 */
	public InvalidImage(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what was attempted, on what, why it failed and what to do
	 * @param cause what was behind it
	 */
	public InvalidImage(String message, Throwable cause) {
		super(message, cause);
	}

}
