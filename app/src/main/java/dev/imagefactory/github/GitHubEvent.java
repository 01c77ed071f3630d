package dev.imagefactory.github;

import java.util.Optional;

import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * A webhook event of GitHub, reduced to what we read of it (GitHub documentation,
 * "Webhook events and payloads"). Texts that only become refs, tags or commits later stay
 * texts here, because what GitHub sends there is decided by whoever pushed.
 */
public sealed interface GitHubEvent {

	/**
	 * The event's action.
	 * @return empty for events that have none
	 */
	Optional<String> action();

	/**
	 * The repository the event is about.
	 * @return empty for events about something else
	 */
	Optional<Repository> repository();

	/**
	 * A repository in a payload.
	 *
	 * @param id the provider's identity
	 * @param name its present name
	 * @param defaultBranch its default branch's name
	 * @param archived whether it is read-only
	 */
	record Repository(RepositoryId id, RepositoryName name, String defaultBranch, boolean archived) {
	}

	/**
	 * Event {@code release}.
	 *
	 * @param actionName such as {@code published}
	 * @param tagName the release's tag; anything that git accepts
	 * @param draft whether it is a draft
	 * @param prerelease whether it is marked as not ready for production
	 * @param about the repository
	 */
	record Release(String actionName, String tagName, boolean draft, boolean prerelease,
			Repository about) implements GitHubEvent {

		@Override
		public Optional<String> action() {
			return Optional.of(this.actionName);
		}

		@Override
		public Optional<Repository> repository() {
			return Optional.of(this.about);
		}

	}

	/**
	 * Event {@code push}.
	 *
	 * @param ref the full ref; anything that git accepts
	 * @param after the new head, 40 zeros when the ref was deleted
	 * @param deleted whether the ref was deleted
	 * @param headMessage the head commit's message, null when there is none
	 * @param about the repository
	 */
	record Push(String ref, String after, boolean deleted, @Nullable String headMessage,
			Repository about) implements GitHubEvent {

		@Override
		public Optional<String> action() {
			return Optional.empty();
		}

		@Override
		public Optional<Repository> repository() {
			return Optional.of(this.about);
		}

	}

	/**
	 * Event {@code ping}, sent when a hook is made.
	 *
	 * @param about the repository of a repository's hook
	 */
	record Ping(@Nullable Repository about) implements GitHubEvent {

		@Override
		public Optional<String> action() {
			return Optional.empty();
		}

		@Override
		public Optional<Repository> repository() {
			return Optional.ofNullable(this.about);
		}

	}

	/**
	 * Any other event; it is recorded and starts nothing.
	 *
	 * @param actionName its action, if it has one
	 * @param about its repository, if it has one
	 */
	record Other(@Nullable String actionName, @Nullable Repository about) implements GitHubEvent {

		@Override
		public Optional<String> action() {
			return Optional.ofNullable(this.actionName);
		}

		@Override
		public Optional<Repository> repository() {
			return Optional.ofNullable(this.about);
		}

	}

}
