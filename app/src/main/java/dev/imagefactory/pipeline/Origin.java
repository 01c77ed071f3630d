package dev.imagefactory.pipeline;

import java.util.Locale;

/** By which way an order reached us. */
public enum Origin {

	/** A verified delivery. */
	WEBHOOK,

	/** A call of the API. */
	API,

	/** Our own comparison with the provider. */
	SWEEP;

	/**
	 * The name used in rows and answers.
	 * @return this constant in lower case
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
