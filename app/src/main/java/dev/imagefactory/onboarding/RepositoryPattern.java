package dev.imagefactory.onboarding;

import dev.imagefactory.source.InvalidValue;
import dev.imagefactory.source.RepositoryName;

/** Which repositories a rule is for. */
public sealed interface RepositoryPattern {

	/**
	 * Reads {@code owner/name} or {@code owner/*}.
	 * @param value the text
	 * @return the pattern
	 * @throws InvalidValue when the text has another form
	 */
	static RepositoryPattern of(String value) {
		if (value.endsWith("/*")) {
			return new AllOf(new RepositoryName(value.substring(0, value.length() - 2), "any").owner());
		}
		return new Exactly(RepositoryName.of(value));
	}

	/**
	 * Whether a repository is meant.
	 * @param name the repository
	 * @return true when the pattern covers it
	 */
	boolean matches(RepositoryName name);

	/**
	 * One repository by name.
	 *
	 * @param name the repository
	 */
	record Exactly(RepositoryName name) implements RepositoryPattern {

		@Override
		public boolean matches(RepositoryName other) {
			return this.name.isSameAs(other);
		}

		@Override
		public String toString() {
			return this.name.toString();
		}

	}

	/**
	 * Every repository of an owner.
	 *
	 * @param owner the account or organization
	 */
	record AllOf(String owner) implements RepositoryPattern {

		@Override
		public boolean matches(RepositoryName other) {
			return this.owner.equalsIgnoreCase(other.owner());
		}

		@Override
		public String toString() {
			return this.owner + "/*";
		}

	}

}
