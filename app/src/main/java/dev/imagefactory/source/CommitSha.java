package dev.imagefactory.source;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A commit's full SHA-1 name.
 *
 * @param value 40 lower-case hexadecimal digits
 */
public record CommitSha(@JsonValue String value) {

	private static final Pattern FORM = Pattern.compile("[0-9a-f]{40}");

	private static final String ZERO = "0".repeat(40);

	private static final int SHORT = 12;

	public CommitSha {
		if (!FORM.matcher(value).matches() || value.equals(ZERO)) {
			throw new InvalidValue("commit", value, "expected 40 lower-case hexadecimal digits, not all zero");
		}
	}

	/**
	 * Reads a commit's name.
	 * @param value 40 hexadecimal digits
	 * @return the commit
	 * @throws InvalidValue when the text has another form, or is the all-zero "no object"
	 */
	@JsonCreator
	public static CommitSha of(String value) {
		return new CommitSha(value);
	}

	/**
	 * The part of the name that goes into tags.
	 * @return the first 12 digits
	 */
	public String sha12() {
		return this.value.substring(0, SHORT);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
