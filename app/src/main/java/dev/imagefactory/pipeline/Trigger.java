package dev.imagefactory.pipeline;

import java.util.Locale;

/** What made somebody want an image. */
public enum Trigger {

	/** A published release. */
	RELEASE,

	/** A push to a built branch. */
	MAIN,

	/** A call of the API. */
	MANUAL;

	/**
	 * The name used in rows and answers.
	 * @return this constant in lower case
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
