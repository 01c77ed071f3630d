package dev.imagefactory.pipeline;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.source.InvalidValue;

/**
 * An order's id, a ULID in upper case.
 *
 * @param value 26 characters of Crockford's base 32
 */
public record OrderId(@JsonValue String value) {

	public OrderId {
		if (!Ulid.isValid(value)) {
			throw new InvalidValue("order id", value, "expected a ULID");
		}
	}

	/**
	 * Reads an order's id.
	 * @param value the text
	 * @return the id
	 * @throws InvalidValue when the text is no ULID
	 */
	@JsonCreator
	public static OrderId of(String value) {
		return new OrderId(value);
	}

	/**
	 * Makes a fresh id.
	 * @param at the time to put into it
	 * @return the id
	 */
	public static OrderId next(Instant at) {
		return new OrderId(UlidCreator.getMonotonicUlid(at.toEpochMilli()).toString());
	}

	@Override
	public String toString() {
		return this.value;
	}

}
