package dev.imagefactory.pipeline;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.imagefactory.image.ImageTag;

/**
 * Everything an engine needs to carry out one build, fixed at the claim: every later
 * attempt to submit sends the same run under the same name.
 *
 * @param build the build, whose id names the run
 * @param attempt which attempt at the order it is, from 1
 * @param order what was asked for
 * @param tags the tags to push, never empty
 * @param cloneUrl where to clone from
 * @param sourceUrl the repository's page, for the image's label
 * @param buildUrl the build's page, for the image's label
 * @param limits how long and how large
 */
public record Run(BuildId build, int attempt, BuildOrder order, List<ImageTag> tags, URI cloneUrl, URI sourceUrl,
		URI buildUrl, Limits limits) {

	public Run {
		tags = List.copyOf(tags);
	}

	/**
	 * How long a run may take and how large its source may be.
	 *
	 * @param timeout from its start to its end
	 * @param maxSourceBytes of the checked out tree
	 */
	public record Limits(Duration timeout, long maxSourceBytes) {
	}

}
