package dev.imagefactory.source;

import java.util.Locale;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A repository's name as people write it, {@code owner/name}. Names are changeable and
 * compared without case, as GitHub does; identity is {@link RepositoryId}.
 *
 * @param owner the account or organization
 * @param name the repository inside it
 */
public record RepositoryName(String owner, String name) implements Comparable<RepositoryName> {

	private static final Pattern OWNER = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?");

	private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}");

	public RepositoryName {
		if (!OWNER.matcher(owner).matches() || !NAME.matcher(name).matches()) {
			throw new InvalidValue("repository name", owner + "/" + name,
					"expected owner/name of letters, digits, '-', '_' and (in the name) '.'");
		}
	}

	/**
	 * Reads {@code owner/name}.
	 * @param value the text
	 * @return the name
	 * @throws InvalidValue when the text has another form
	 */
	@JsonCreator
	public static RepositoryName of(String value) {
		int slash = value.indexOf('/');
		if (slash < 0) {
			throw new InvalidValue("repository name", value, "expected owner/name");
		}
		return new RepositoryName(value.substring(0, slash), value.substring(slash + 1));
	}

	/**
	 * The form in which two names are compared.
	 * @return the whole name in lower case
	 */
	public String key() {
		return toString().toLowerCase(Locale.ROOT);
	}

	/**
	 * Whether both names mean the same repository at the provider.
	 * @param other another name
	 * @return true when they differ in case only
	 */
	public boolean isSameAs(RepositoryName other) {
		return key().equals(other.key());
	}

	@Override
	public int compareTo(RepositoryName other) {
		return key().compareTo(other.key());
	}

	@Override
	@JsonValue
	public String toString() {
		return this.owner + "/" + this.name;
	}

}
