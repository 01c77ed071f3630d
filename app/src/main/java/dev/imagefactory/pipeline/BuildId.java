package dev.imagefactory.pipeline;

import java.time.Instant;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.github.f4b6a3.ulid.Ulid;
import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.source.InvalidValue;

/**
 * A build's id, which is the name of its run and of its Workflow too.
 *
 * @param value {@code build-} and a ULID in lower case
 */
public record BuildId(@JsonValue String value) implements Comparable<BuildId> {

	private static final String PREFIX = "build-";

	/** A ULID has 48 bits for the time. */
	private static final long LATEST = (1L << 48) - 1;

	private static final int LENGTH = PREFIX.length() + 26;

	public BuildId {
		if (!isWellFormed(value)) {
			throw new InvalidValue("build id", value, "expected build- and a ULID in lower case");
		}
	}

	/** By hand, because every row and every object that is read asks this. */
	private static boolean isWellFormed(String value) {
		if (value.length() != LENGTH || !value.startsWith(PREFIX) || value.charAt(PREFIX.length()) > '7') {
			return false;
		}
		for (int i = PREFIX.length(); i < LENGTH; i++) {
			if (!isDigit(value.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	/** Crockford's digits leave out those letters that are mistaken for others. */
	private static boolean isDigit(char character) {
		return character >= '0' && character <= '9' || character >= 'a' && character <= 'z' && character != 'i'
				&& character != 'l' && character != 'o' && character != 'u';
	}

	/**
	 * Reads a build's id.
	 * @param value the text
	 * @return the id
	 * @throws InvalidValue when the text has another form
	 */
	@JsonCreator
	public static BuildId of(String value) {
		return new BuildId(value);
	}

	/**
	 * Makes an id that sorts after all that this process made before in the same or an
	 * earlier millisecond.
	 * @param at the time to put into it
	 * @return a fresh id
	 */
	public static BuildId next(Instant at) {
		return new BuildId(
				PREFIX + UlidCreator.getMonotonicUlid(at.toEpochMilli()).toString().toLowerCase(Locale.ROOT));
	}

	/**
	 * Makes the lowest id of a time: ids made earlier sort before it, all others do not.
	 * @param at the time
	 * @return an id that no build has
	 */
	public static BuildId earliest(Instant at) {
		Instant first = at.isBefore(Instant.EPOCH) ? Instant.EPOCH : at;
		Instant latest = Instant.ofEpochMilli(LATEST);
		long millis = first.isAfter(latest) ? LATEST : first.toEpochMilli();
		return new BuildId(PREFIX + Ulid.min(millis).toLowerCase());
	}

	@Override
	public int compareTo(BuildId other) {
		return this.value.compareTo(other.value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
