package dev.imagefactory.intake;

/**
 * A delivery that is not taken; nothing of it is stored. The message is for the person
 * who looks at the hook's page at GitHub, and shows neither secret nor signature.
 */
public class DeliveryRefused extends RuntimeException {

	private final Cause cause;

	/**
	 * Creates a refusal.
	 * @param cause what kind of refusal it is
	 * @param detail what is wrong and what to do
	 */
	DeliveryRefused(Cause cause, String detail) {
		super(detail);
		this.cause = cause;
	}

	/**
	 * What kind of refusal it is.
	 * @return the kind
	 */
	public Cause kind() {
		return this.cause;
	}

	/** The kinds of refusal, in the order in which they are looked for. */
	public enum Cause {

		/** No live secret signed the body. */
		SIGNATURE,

		/** The body is not declared as plain JSON. */
		CONTENT_TYPE,

		/** A required header is missing, malformed or sent twice. */
		HEADERS,

		/** The body is not strict JSON. */
		JSON,

		/** The secret may not speak for the payload's repository. */
		SCOPE,

		/** The payload is not what its event promises. */
		SHAPE,

		/** The repository's name belongs to another identity. */
		IDENTITY

	}

}
