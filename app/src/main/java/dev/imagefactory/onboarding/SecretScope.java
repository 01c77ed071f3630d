package dev.imagefactory.onboarding;

import dev.imagefactory.source.RepositoryId;

/** For whom a webhook secret may speak. */
public sealed interface SecretScope {

	/** Every repository that has no secret of its own. */
	record Shared() implements SecretScope {
	}

	/**
	 * One repository only.
	 *
	 * @param repository that repository
	 */
	record OwnedBy(RepositoryId repository) implements SecretScope {
	}

}
