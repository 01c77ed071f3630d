package dev.imagefactory.build;

import java.time.Instant;

import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * Which builds to list; null means any.
 *
 * @param repository of this repository
 * @param state in this state
 * @param trigger with this trigger
 * @param commit of this commit
 * @param since created at this time or later
 */
public record BuildFilter(@Nullable RepositoryName repository, @Nullable StateName state, @Nullable Trigger trigger,
		@Nullable CommitSha commit, @Nullable Instant since) {

	/**
	 * Every build.
	 * @return a filter that lets everything through
	 */
	public static BuildFilter any() {
		return new BuildFilter(null, null, null, null, null);
	}

}
