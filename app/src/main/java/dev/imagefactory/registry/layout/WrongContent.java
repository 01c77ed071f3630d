package dev.imagefactory.registry.layout;

import java.io.IOException;

/** Content that was read, and is not what it should be. */
final class WrongContent extends IOException {

	/**
	 * Creates the failure.
	 * @param message what the content is, and what it should be
	 */
	WrongContent(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what the content is, and what it should be
	 * @param cause what was behind it
	 */
	WrongContent(String message, Throwable cause) {
		super(message, cause);
	}

}
