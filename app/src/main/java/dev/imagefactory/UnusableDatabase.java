package dev.imagefactory;

import org.jspecify.annotations.Nullable;

/** The database cannot be used, so the service does not start. */
class UnusableDatabase extends RuntimeException {

	private final String action;

	/**
	 * Creates the failure.
	 * @param message which database, and why it cannot be used
	 * @param action what to do about it
	 * @param cause what was behind it
	 */
	UnusableDatabase(String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * What to do about it.
	 * @return a sentence for the person who starts the service
	 */
	String action() {
		return this.action;
	}

}
