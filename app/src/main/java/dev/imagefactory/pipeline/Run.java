package dev.imagefactory.pipeline;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.imagefactory.image.ImageTag;
import org.jspecify.annotations.Nullable;

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
 * @param place where the engine has it, by the settings of the claim; null when the
 * engine has one place only, and in runs that were stored before there were places
 */
public record Run(BuildId build, int attempt, BuildOrder order, List<ImageTag> tags, URI cloneUrl, URI sourceUrl,
		URI buildUrl, Limits limits, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String place) {

	public Run {
		tags = List.copyOf(tags);
	}

	/**
	 * A run of an engine that has one place only.
	 * @param build the build, whose id names the run
	 * @param attempt which attempt at the order it is, from 1
	 * @param order what was asked for
	 * @param tags the tags to push, never empty
	 * @param cloneUrl where to clone from
	 * @param sourceUrl the repository's page, for the image's label
	 * @param buildUrl the build's page, for the image's label
	 * @param limits how long and how large
	 */
	public Run(BuildId build, int attempt, BuildOrder order, List<ImageTag> tags, URI cloneUrl, URI sourceUrl,
			URI buildUrl, Limits limits) {
		this(build, attempt, order, tags, cloneUrl, sourceUrl, buildUrl, limits, null);
	}

	/**
	 * The same run at a place.
	 * @param where the engine's name of the place; null for none
	 * @return the run
	 */
	public Run at(@Nullable String where) {
		return new Run(this.build, this.attempt, this.order, this.tags, this.cloneUrl, this.sourceUrl, this.buildUrl,
				this.limits, where);
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
