package dev.imagefactory.intake;

import java.util.Locale;

/** What became of a delivery. */
public enum DeliveryOutcome {

	/** Stored; it is being planned. */
	ACCEPTED,

	/** Its orders are stored. */
	BUILT,

	/** A rule says that nothing is to be built. */
	IGNORED,

	/** Everything it asks for was ordered before. */
	DUPLICATE,

	/** Planning found out that it cannot be built. */
	FAILED;

	/**
	 * The name used in rows and answers.
	 * @return such as {@code accepted}
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
