package dev.imagefactory.onboarding;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

/** Webhook secrets that lie in files, one each; changed files are taken over. */
final class FileWebhookSecrets implements WebhookSecrets {

	private final Ring shared;

	private final Map<RepositoryId, Ring> own = new LinkedHashMap<>();

	FileWebhookSecrets(List<Path> sharedFiles, List<Team> teams, Clock clock) {
		this.shared = Ring.of(new SecretScope.Shared(), sharedFiles, clock);
		for (Team team : teams) {
			team.repositories().stream().filter(RepositoryRule::hasOwnSecrets).forEach((rule) -> {
				RepositoryId id = Objects.requireNonNull(rule.id(), "own secrets need the repository's id");
				this.own.put(id, Ring.of(new SecretScope.OwnedBy(id), rule.secretFiles(), clock));
			});
		}
	}

	@Override
	public List<WebhookSecret> candidates(@Nullable RepositoryId hinted) {
		List<WebhookSecret> picked = new ArrayList<>(MOST);
		Ring hintedOwn = (hinted != null) ? this.own.get(hinted) : null;
		if (hintedOwn != null) {
			hintedOwn.addTo(picked);
		}
		this.shared.addTo(picked);
		for (Ring other : this.own.values()) {
			if (picked.size() >= MOST) {
				break;
			}
			if (other != hintedOwn) {
				other.addTo(picked);
			}
		}
		return List.copyOf(picked.subList(0, Math.min(MOST, picked.size())));
	}

	/** The secrets of one scope, current first. */
	private record Ring(SecretScope scope, List<SecretFile> files) {

		static Ring of(SecretScope scope, List<Path> files, Clock clock) {
			return new Ring(scope, files.stream().map((file) -> new SecretFile(file, clock)).toList());
		}

		void addTo(List<WebhookSecret> picked) {
			for (int i = 0; i < this.files.size(); i++) {
				picked.add(new WebhookSecret(this.files.get(i).key(), this.scope, i == 0));
			}
		}

	}

}
