package dev.imagefactory.intake.web;

import dev.imagefactory.intake.DeliveryRefused;

/**
 * The ways in which a webhook request is refused, each with its status and problem type.
 */
enum Problem {

	/** 405. */
	METHOD(405, "method-not-allowed", "This method is not allowed here"),

	/** 413. */
	TOO_LARGE(413, "body-too-large", "The body is too large"),

	/** 408. */
	TIMEOUT(408, "body-timeout", "The body did not arrive in time"),

	/** 400. */
	TRUNCATED(400, "body-truncated", "The body ended too early"),

	/** 503. */
	BUSY(503, "webhook-busy", "Too many large bodies at once"),

	/** 401. */
	SIGNATURE(401, "signature-invalid", "The delivery is not signed by a live secret"),

	/** 415. */
	CONTENT_TYPE(415, "content-type-unsupported", "The body is not plain JSON"),

	/** 400. */
	HEADERS(400, "header-invalid", "A required header is missing or malformed"),

	/** 400. */
	JSON(400, "json-malformed", "The body is not strict JSON"),

	/** 401. */
	SCOPE(401, "secret-out-of-scope", "The secret may not speak for this repository"),

	/** 422. */
	SHAPE(422, "payload-shape", "The payload is not what its event promises"),

	/** 422. */
	IDENTITY(422, "repository-identity", "The repository's name belongs to another repository"),

	/** 503. */
	NOT_STORED(503, "delivery-not-stored", "The delivery could not be stored"),

	/** 500. */
	INTERNAL(500, "internal-error", "Something went wrong inside");

	private final int status;

	private final String slug;

	private final String title;

	Problem(int status, String slug, String title) {
		this.status = status;
		this.slug = slug;
		this.title = title;
	}

	int status() {
		return this.status;
	}

	String slug() {
		return this.slug;
	}

	String title() {
		return this.title;
	}

	/**
	 * Whether sending the same again later may help.
	 * @return true when the answer says when to try again
	 */
	boolean isTemporary() {
		return this.status == 503;
	}

	/**
	 * Finds the problem that a refusal is.
	 * @param cause the refusal
	 * @return the problem
	 */
	static Problem of(DeliveryRefused.Cause cause) {
		return switch (cause) {
			case SIGNATURE -> SIGNATURE;
			case CONTENT_TYPE -> CONTENT_TYPE;
			case HEADERS -> HEADERS;
			case JSON -> JSON;
			case SCOPE -> SCOPE;
			case SHAPE -> SHAPE;
			case IDENTITY -> IDENTITY;
		};
	}

}
