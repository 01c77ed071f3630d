package dev.imagefactory.access;

/**
 * A request that does not get in, and why; the message can be shown to whoever sent it.
 */
public class AccessRefused extends RuntimeException {

	private final Reason reason;

	/**
	 * Creates the refusal.
	 * @param reason the kind
	 * @param message what was wrong and what to do
	 */
	public AccessRefused(Reason reason, String message) {
		super(message);
		this.reason = reason;
	}

	/**
	 * The kind.
	 * @return one of a closed set
	 */
	public Reason reason() {
		return this.reason;
	}

	/** Why a request does not get in. */
	public enum Reason {

		/** Nobody is signed in, or the token is wrong. */
		NOT_SIGNED_IN,

		/** Somebody is signed in, but may not do this. */
		FORBIDDEN,

		/** The Host header names somebody else. */
		WRONG_HOST,

		/** A page of another site asks for a change. */
		FOREIGN_ORIGIN

	}

}
