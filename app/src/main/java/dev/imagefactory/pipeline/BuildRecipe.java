package dev.imagefactory.pipeline;

import java.util.List;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.GatePolicy;
import org.jspecify.annotations.Nullable;

/**
 * How an order is to be carried out, as it was planned.
 *
 * @param kind a new image, or more tags for one that is there
 * @param context the build context's folder, relative to the repository's root; empty for
 * the root
 * @param dockerfile the Dockerfile's path, relative to the repository's root
 * @param tags the wanted tags; which of them are pushed is decided at the claim
 * @param gate what stops the image
 * @param bulk whether it is one of many and can wait
 * @param digest the published image that gains the tags; null for a new image
 */
public record BuildRecipe(OrderKind kind, String context, String dockerfile, List<ImageTag> tags, GatePolicy gate,
		boolean bulk, @Nullable Digest digest) {

	public BuildRecipe {
		tags = List.copyOf(tags);
		if ((kind == OrderKind.RETAG) != (digest != null)) {
			throw new IllegalArgumentException(
					"A recipe of kind %s cannot have the digest %s: a re-tag names the image that gains the tags, a build has none yet"
						.formatted(kind, digest));
		}
	}

}
