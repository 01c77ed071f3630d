package dev.imagefactory.source;

import java.util.regex.Pattern;

/**
 * A repository's identity: the provider and the provider's own id, which survives renames
 * and transfers.
 *
 * @param provider the host
 * @param value GitHub: a number; Azure DevOps: a UUID
 */
public record RepositoryId(Provider provider, String value) {

	private static final Pattern VALUE = Pattern.compile("[0-9a-fA-F-]{1,36}");

	public RepositoryId {
		if (!VALUE.matcher(value).matches()) {
			throw new InvalidValue("repository id", value, "expected the provider's number or UUID");
		}
	}

	/**
	 * The identity of a GitHub repository.
	 * @param id GitHub's number, at least 1
	 * @return the identity
	 */
	public static RepositoryId github(long id) {
		if (id < 1) {
			throw new InvalidValue("repository id", Long.toString(id), "expected a positive number");
		}
		return new RepositoryId(Provider.GITHUB, Long.toString(id));
	}

	@Override
	public String toString() {
		return this.provider.wireName() + ":" + this.value;
	}

}
