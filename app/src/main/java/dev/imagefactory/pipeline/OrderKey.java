package dev.imagefactory.pipeline;

import dev.imagefactory.image.ImageName;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import org.jspecify.annotations.Nullable;

/**
 * What makes two requests the same order: asked twice, built once.
 *
 * @param repository the repository's identity
 * @param trigger what made somebody want it
 * @param ref the branch or tag; null for a bare commit
 * @param commit the pinned commit
 * @param image the image to make
 * @param request empty for webhook and sweep, {@code promotion} for a release's re-tag,
 * {@code reset-<12 hex>} of the image for a branch's, a fresh ULID for an API call
 */
public record OrderKey(RepositoryId repository, Trigger trigger, @Nullable GitRef ref, CommitSha commit,
		ImageName image, String request) {

}
