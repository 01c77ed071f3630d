package dev.imagefactory.image;

import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.imagefactory.source.InvalidValue;

/**
 * An image's repository path without a registry host (OCI distribution-spec, "name").
 *
 * @param value such as {@code payments/app}, at most 200 characters so that host and name
 * stay within the 255 that clients take
 */
public record ImageName(@JsonValue String value) implements Comparable<ImageName> {

	private static final Pattern FORM = Pattern
		.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");

	private static final int LONGEST = 200;

	public ImageName {
		if (value.length() > LONGEST || !FORM.matcher(value).matches()) {
			throw new InvalidValue("image name", value,
					"expected lower-case path components of a-z, 0-9 and single separators '.', '_', '-', joined by '/'");
		}
	}

	/**
	 * Reads an image name.
	 * @param value such as {@code payments/app}
	 * @return the name
	 * @throws InvalidValue when the text has another form
	 */
	@JsonCreator
	public static ImageName of(String value) {
		return new ImageName(value);
	}

	@Override
	public int compareTo(ImageName other) {
		return this.value.compareTo(other.value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
