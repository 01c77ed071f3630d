package dev.imagefactory.onboarding;

import java.time.Instant;
import java.util.Optional;

import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;

/**
 * The repositories seen so far, each with the provider's id it was pinned to. A known id
 * under a new name is the same repository, renamed; a known name with another id is
 * somebody else.
 */
public interface KnownRepositories {

	/**
	 * Says who a delivery's repository is, without storing anything.
	 * @param id the provider's id
	 * @param name the name it has in the delivery
	 * @return what is known
	 */
	Identity identify(RepositoryId id, RepositoryName name);

	/**
	 * Pins an id to a name, or records a new name of a known id; idempotent. A name that
	 * belongs to another id stays with it.
	 * @param id the provider's id
	 * @param name the present name
	 * @param defaultBranch the default branch
	 * @param at when it was seen
	 */
	void remember(RepositoryId id, RepositoryName name, String defaultBranch, Instant at);

	/**
	 * Finds the id a name was pinned to.
	 * @param name the repository's present name
	 * @return empty when no verified delivery named it yet
	 */
	Optional<Known> find(RepositoryName name);

	/**
	 * A repository that was seen.
	 *
	 * @param id the provider's id
	 * @param name its present name
	 * @param defaultBranch its default branch when last seen
	 * @param firstSeen when its id was pinned
	 */
	record Known(RepositoryId id, RepositoryName name, String defaultBranch, Instant firstSeen) {
	}

	/** Who a delivery's repository is. */
	sealed interface Identity {

		/** Neither the id nor the name was seen before. */
		record Unseen() implements Identity {
		}

		/**
		 * The id is known.
		 *
		 * @param known the repository, perhaps under an older name
		 */
		record Same(Known known) implements Identity {
		}

		/**
		 * The name belongs to another id.
		 *
		 * @param pinned the repository that owns the name
		 */
		record Conflict(Known pinned) implements Identity {
		}

	}

}
