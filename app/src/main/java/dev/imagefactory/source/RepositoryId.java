package dev.imagefactory.source;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
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

	/**
	 * The identity of a repository whose provider has not told us its id yet: made from
	 * its name, recognisable, and handed over when the id is known.
	 * @param provider the host
	 * @param name the repository's name
	 * @return an identity that no repository of the provider has
	 */
	public static RepositoryId provisional(Provider provider, RepositoryName name) {
		String hash = UUID.nameUUIDFromBytes(name.key().getBytes(StandardCharsets.UTF_8)).toString();
		return new RepositoryId(provider, "0-" + hash.substring(2));
	}

	@Override
	public String toString() {
		return this.provider.wireName() + ":" + this.value;
	}

}
