package dev.imagefactory.planning;

import java.util.List;
import java.util.Objects;

import dev.imagefactory.image.Digest;
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
 * @param digest the published image that is to gain the tags; null when one is to be
 * built
 */
record Wish(OnboardedRepository repository, RepositoryId id, Trigger trigger, @Nullable GitRef ref, CommitSha commit,
		List<ImageTag> tags, Asked asked, boolean bulk, @Nullable Digest digest) {

	/** What stands in an order's key for a re-tag, so that there is one. */
	static final String PROMOTION = "promotion";

	/** What comes before the image's digest in the key of a re-tag after a reset. */
	private static final String RESET = "reset-";

	static Wish build(OnboardedRepository repository, RepositoryId id, Trigger trigger, @Nullable GitRef ref,
			CommitSha commit, List<ImageTag> tags, Asked asked, boolean bulk) {
		return new Wish(repository, id, trigger, ref, commit, tags, asked, bulk, null);
	}

	/** The same release, whose image is there and gains tags; asked for once. */
	Wish promoting(Digest published, List<ImageTag> gained) {
		return retagging(PROMOTION, published, gained);
	}

	/**
	 * The same push, whose image is there and gets tags back; asked for once for each
	 * image, and then once more for each time that the branch comes back to it.
	 */
	Wish returning(Digest published, List<ImageTag> back) {
		return retagging(RESET + published.hex().substring(0, 12), published, back);
	}

	private Wish retagging(String request, Digest published, List<ImageTag> gained) {
		Asked retag = new Asked(this.asked.origin(), this.asked.delivery(), request);
		return new Wish(this.repository, this.id, this.trigger, this.ref, this.commit, gained, retag, this.bulk,
				published);
	}

	/** The git tag of a release. */
	GitRef tag() {
		return Objects.requireNonNull(this.ref, "A release has a tag");
	}

	/**
	 * Who asked for something, and how.
	 *
	 * @param origin by which way
	 * @param delivery the delivery, if one asked
	 * @param request empty for webhooks, {@code promotion} for a release's re-tag,
	 * {@code reset-<12 hex>} of the image for a branch's, a fresh ULID for an API call
	 */
	record Asked(Origin origin, @Nullable DeliveryId delivery, String request) {
	}

}
