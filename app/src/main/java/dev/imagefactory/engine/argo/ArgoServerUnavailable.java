package dev.imagefactory.engine.argo;

/** What the Argo Server would have told is not known, and is done without. */
final class ArgoServerUnavailable extends RuntimeException {

	private final String reason;

	/**
	 * Creates the exception.
	 * @param what what was attempted, as {@code lint the Workflow x}
	 * @param reason why it failed, as the end of a sentence about the server
	 * @param cause what it was found by
	 */
	ArgoServerUnavailable(String what, String reason, Throwable cause) {
		super("Cannot %s: the Argo Server %s".formatted(what, reason), cause);
		this.reason = reason;
	}

	/** Why it failed, as the end of a sentence about the server. */
	String reason() {
		return this.reason;
	}

}
