package dev.imagefactory.intake;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.imagefactory.source.InvalidValue;

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
	@JsonValue
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Reads a wire name.
	 * @param value such as {@code accepted}
	 * @return the outcome
	 * @throws InvalidValue when no outcome has that name
	 */
	public static DeliveryOutcome of(String value) {
		for (DeliveryOutcome outcome : values()) {
			if (outcome.wireName().equals(value)) {
				return outcome;
			}
		}
		throw new InvalidValue("delivery outcome", value, "expected accepted, built, ignored, duplicate or failed");
	}

}
