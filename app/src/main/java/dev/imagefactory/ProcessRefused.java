package dev.imagefactory;

/**
 * This process may not work beside another on its database, so the service does not
 * start.
 */
class ProcessRefused extends RuntimeException {

	private final String action;

	/**
	 * Creates the failure.
	 * @param message which process is in the way, and why
	 * @param action what to do about it
	 */
	ProcessRefused(String message, String action) {
		super(message);
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
