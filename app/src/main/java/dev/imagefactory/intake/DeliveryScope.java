package dev.imagefactory.intake;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.github.GitHubEvent.Repository;
import dev.imagefactory.github.Payload;
import dev.imagefactory.intake.DeliveryRefused.Cause;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.KnownRepositories.Identity;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.SecretScope;
import dev.imagefactory.onboarding.WebhookSecret;
import dev.imagefactory.source.RepositoryId;

/**
 * Who may speak for whom: a secret for the payload's repository, a name for an identity.
 */
final class DeliveryScope {

	private final Onboarding onboarding;

	private final KnownRepositories known;

	DeliveryScope(Onboarding onboarding, KnownRepositories known) {
		this.onboarding = onboarding;
		this.known = known;
	}

	/**
	 * Requires that one of the secrets may speak for the payload's repository. A payload
	 * that names none is anybody's.
	 * @param payload the payload, whose shape may be wrong
	 * @param matching the secrets that signed it
	 * @throws DeliveryRefused when none of them may
	 */
	void requireSpeaker(Payload payload, List<WebhookSecret> matching) {
		Optional<RepositoryId> id = payload.claimedRepository();
		Optional<RepositoryRule> rule = payload.claimedName()
			.flatMap(this.onboarding::find)
			.map(OnboardedRepository::rule);
		boolean ownSecrets = hasOwnSecrets(id, rule);
		boolean may = matching.stream().anyMatch((secret) -> switch (secret.scope()) {
			case SecretScope.Shared() -> !ownSecrets;
			case SecretScope.OwnedBy(RepositoryId owner) -> speaksFor(owner, id, rule);
		});
		if (!may) {
			throw new DeliveryRefused(Cause.SCOPE,
					ownSecrets ? "The payload's repository has webhook secrets of its own: set one of them on the hook"
							: "The secret on the hook belongs to another repository than the payload's");
		}
	}

	/**
	 * Whoever holds a repository's own secret could write any name beside its id, so the
	 * name must not be covered by somebody else's rule.
	 */
	private static boolean speaksFor(RepositoryId owner, Optional<RepositoryId> id, Optional<RepositoryRule> rule) {
		return id.map(owner::equals).orElse(true) && rule.map((covering) -> owner.equals(covering.id())).orElse(true);
	}

	private boolean hasOwnSecrets(Optional<RepositoryId> id, Optional<RepositoryRule> named) {
		// A renamed repository keeps its secrets: the settings may still know the old
		// name.
		return named.filter(RepositoryRule::hasOwnSecrets).isPresent() || id.isPresent() && this.onboarding.teams()
			.stream()
			.flatMap((team) -> team.repositories().stream())
			.anyMatch((rule) -> rule.hasOwnSecrets() && id.get().equals(rule.id()));
	}

	/**
	 * Requires that the repository's name does not belong to another identity.
	 * @param repository the payload's repository
	 * @throws DeliveryRefused when settings or an earlier delivery pinned the name to
	 * another id
	 */
	void requireIdentity(Repository repository) {
		RepositoryId pinned = this.onboarding.find(repository.name()).map((found) -> found.rule().id()).orElse(null);
		if (pinned != null && !pinned.equals(repository.id())) {
			throw mismatch(repository, pinned,
					"is pinned to %s in the settings: correct the id there if the repository was replaced");
		}
		if (this.known.identify(repository.id(), repository.name()) instanceof Identity.Conflict conflict) {
			throw mismatch(repository, conflict.pinned().id(),
					"was pinned to %s when it was first seen: if the repository was replaced, name its new id in the settings");
		}
	}

	private static DeliveryRefused mismatch(Repository repository, RepositoryId pinned, String where) {
		return new DeliveryRefused(Cause.IDENTITY, "The payload says that %s has the id %s, but the name "
			.formatted(repository.name(), repository.id().value()) + where.formatted(pinned.value()));
	}

}
