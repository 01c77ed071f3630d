package dev.imagefactory.onboarding;

import java.util.List;

import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

/** The webhook secrets that are live now. */
public interface WebhookSecrets {

	/** The most secrets that one delivery is tried against. */
	int MOST = 8;

	/**
	 * Picks the secrets to try: those of the hinted repository first, then the shared
	 * ones, then other repositories' own.
	 * @param hinted the repository that unverified headers name, if any
	 * @return at most {@link #MOST} secrets
	 */
	List<WebhookSecret> candidates(@Nullable RepositoryId hinted);

}
