package dev.imagefactory.registry.content;

import java.io.IOException;

/** Content that was read, and is not what it should be. */
public final class WrongContent extends IOException {

	/**
	 * Creates the failure.
	 * @param message what the content is, and what it should be
	 */
	public WrongContent(String message) {
		super(message);
	}

	/**
	 * Creates the failure.
	 * @param message what the content is, and what it should be
	 * @param cause what was behind it
	 */
	public WrongContent(String message, Throwable cause) {
		super(message, cause);
	}

}
