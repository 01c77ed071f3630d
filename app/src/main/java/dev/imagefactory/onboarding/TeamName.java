package dev.imagefactory.onboarding;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.imagefactory.source.InvalidValue;

/**
 * A team's name; it goes into labels, so it follows Kubernetes' rule for label values of
 * one DNS label (RFC 1123).
 *
 * @param value 1 to 63 of a-z, 0-9 and inner '-'
 */
public record TeamName(@JsonValue String value) {

	private static final Pattern FORM = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

	public TeamName {
		if (!FORM.matcher(value).matches()) {
			throw new InvalidValue("team name", value, "expected 1 to 63 of a-z, 0-9 and inner '-'");
		}
	}

	/**
	 * Reads a team's name.
	 * @param value the text
	 * @return the name
	 * @throws InvalidValue when the text has another form
	 */
	@JsonCreator
	public static TeamName of(String value) {
		return new TeamName(value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
