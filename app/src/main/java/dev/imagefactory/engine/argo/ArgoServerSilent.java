package dev.imagefactory.engine.argo;

/** The Argo Server gave no answer that can be used; another try may get one. */
final class ArgoServerSilent extends RuntimeException {

	private final int status;

	/**
	 * Creates the exception.
	 * @param reason what was wrong, as the end of a sentence about the server
	 * @param cause what it was found by
	 */
	ArgoServerSilent(String reason, Throwable cause) {
		super(reason, cause);
		this.status = 0;
	}

	/**
	 * Creates the exception.
	 * @param reason what was wrong, as the end of a sentence about the server
	 */
	ArgoServerSilent(String reason) {
		this(0, reason);
	}

	/**
	 * Creates the exception.
	 * @param status the status of the answer that cannot be used
	 * @param reason what was wrong, as the end of a sentence about the server
	 */
	ArgoServerSilent(int status, String reason) {
		super(reason);
		this.status = status;
	}

	/** The status of the answer that cannot be used; 0 where there was no answer. */
	int status() {
		return this.status;
	}

}
