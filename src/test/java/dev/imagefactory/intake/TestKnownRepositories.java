package dev.imagefactory.intake;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;

/** Seen repositories, in memory. */
public final class TestKnownRepositories implements KnownRepositories {

	private final Map<RepositoryId, Known> known = new ConcurrentHashMap<>();

	@Override
	public Identity identify(RepositoryId id, RepositoryName name) {
		Optional<Known> owner = find(name).filter((found) -> !found.id().equals(id));
		if (owner.isPresent()) {
			return new Identity.Conflict(owner.get());
		}
		Known same = this.known.get(id);
		return (same != null) ? new Identity.Same(same) : new Identity.Unseen();
	}

	@Override
	public void remember(RepositoryId id, RepositoryName name, String defaultBranch, Instant at) {
		this.known.put(id, new Known(id, name, defaultBranch, at));
	}

	@Override
	public Optional<Known> find(RepositoryName name) {
		return this.known.values().stream().filter((found) -> found.name().isSameAs(name)).findFirst();
	}

}
