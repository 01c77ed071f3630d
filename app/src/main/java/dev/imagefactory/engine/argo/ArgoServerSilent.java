package dev.imagefactory.engine.argo;

/** The Argo Server gave no answer that can be used; another try may get one. */
final class ArgoServerSilent extends RuntimeException {

	/**
	 * Creates the exception.
	 * @param reason what was wrong, as the end of a sentence about the server
	 * @param cause what it was found by
	 */
	ArgoServerSilent(String reason, Throwable cause) {
		super(reason, cause);
	}

	/**
	 * Creates the exception.
	 * @param reason what was wrong, as the end of a sentence about the server
	 */
	ArgoServerSilent(String reason) {
		super(reason);
	}

}
