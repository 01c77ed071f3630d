package dev.imagefactory.planning;

import java.util.List;

import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants built, with the commit pinned.
 *
 * @param repository the repository with all that applies to it
 * @param id its identity
 * @param trigger what made somebody want it
 * @param ref the branch or tag; null for a bare commit
 * @param commit the pinned commit
 * @param tags the tags that are wanted
 * @param asked who asked, and how
 * @param bulk whether it is one of many and can wait
 */
record Wish(OnboardedRepository repository, RepositoryId id, Trigger trigger, @Nullable GitRef ref, CommitSha commit,
		List<ImageTag> tags, Asked asked, boolean bulk) {

	/**
	 * Who asked for something, and how.
	 *
	 * @param origin by which way
	 * @param delivery the delivery, if one asked
	 * @param request empty for webhooks, a fresh ULID for an API call
	 */
	record Asked(Origin origin, @Nullable DeliveryId delivery, String request) {
	}

}
