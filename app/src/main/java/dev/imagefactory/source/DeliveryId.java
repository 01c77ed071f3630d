package dev.imagefactory.source;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidCreator;

/**
 * Our own id of a received delivery, a ULID in upper case.
 *
 * @param value 26 characters of Crockford's base 32
 */
public record DeliveryId(@JsonValue String value) {

	public DeliveryId {
		if (!Ulid.isValid(value) || !value.equals(Ulid.from(value).toString())) {
			throw new InvalidValue("delivery id", value, "expected a ULID, 26 upper-case characters");
		}
	}

	/**
	 * Reads an id.
	 * @param value the text
	 * @return the id
	 * @throws InvalidValue when the text is no ULID in upper case
	 */
	@JsonCreator
	public static DeliveryId of(String value) {
		return new DeliveryId(value);
	}

	/**
	 * Makes an id that sorts after all that this process made before in the same or an
	 * earlier millisecond.
	 * @param at the time to put into it
	 * @return a fresh id
	 */
	public static DeliveryId next(Instant at) {
		return new DeliveryId(UlidCreator.getMonotonicUlid(at.toEpochMilli()).toString());
	}

	@Override
	public String toString() {
		return this.value;
	}

}
