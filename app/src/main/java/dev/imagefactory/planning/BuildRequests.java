package dev.imagefactory.planning;

import java.util.List;

import dev.imagefactory.build.Build;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** What people and programs may ask for: a build, another attempt, an end. */
public interface BuildRequests {

	/**
	 * Resolves what is asked for and orders it. Asked again under the same request id it
	 * answers with the builds of the first time, without resolving anything anew: that is
	 * how a caller who never saw the answer gets one build and not two.
	 * @param request what is asked for
	 * @return what became of it
	 */
	RequestAnswer request(BuildRequest request);

	/**
	 * Makes the next attempt at a build's order. Joins the caller's transaction.
	 * @param build any build of the order
	 * @param actor who asks
	 * @return what became of it
	 */
	RerunAnswer rerun(BuildId build, String actor);

	/**
	 * Ends a build: at once while it is queued, later by asking its run to stop. Asking
	 * twice is no error. Joins the caller's transaction.
	 * @param build the build
	 * @param actor who asks
	 * @return what became of it
	 */
	CancelAnswer cancel(BuildId build, String actor);

	/**
	 * A build that somebody wants.
	 *
	 * @param repository of this repository
	 * @param target of this branch, tag, commit or release
	 * @param image only this image of the repository; null for all that apply
	 * @param bulk whether everything else goes first
	 * @param actor who asks
	 * @param requestId the {@code request} part of the order's key, a ULID
	 */
	record BuildRequest(RepositoryName repository, Target target, @Nullable ImageName image, boolean bulk, String actor,
			String requestId) {
	}

	/** What to build. */
	sealed interface Target {

		/**
		 * What a branch or tag points at now.
		 *
		 * @param ref the full ref
		 */
		record Ref(GitRef ref) implements Target {
		}

		/**
		 * This very commit.
		 *
		 * @param commit the commit
		 */
		record Commit(CommitSha commit) implements Target {
		}

		/**
		 * A release, with the tags of one.
		 *
		 * @param tag the git tag's own name, which git accepts
		 */
		record Release(String tag) implements Target {
		}

	}

	/** What became of a request for a build. */
	sealed interface RequestAnswer {

		/**
		 * The builds are stored.
		 *
		 * @param builds one for each image, never empty
		 */
		record Accepted(List<Build> builds) implements RequestAnswer {

			public Accepted {
				builds = List.copyOf(builds);
			}

		}

		/** No team has onboarded the repository. */
		record NotOnboarded() implements RequestAnswer {
		}

		/**
		 * The repository answered and has no such branch, tag or commit.
		 *
		 * @param detail what was looked for, in a sentence
		 */
		record RefNotFound(String detail) implements RequestAnswer {
		}

		/**
		 * The repository did not answer.
		 *
		 * @param detail why, in a sentence
		 */
		record RepositoryUnreachable(String detail) implements RequestAnswer {
		}

		/**
		 * A rule says that it cannot be built.
		 *
		 * @param reason one of the contract's words, such as {@code tag-reserved}
		 * @param detail why and what to do, in a sentence
		 */
		record Refused(String reason, String detail) implements RequestAnswer {
		}

	}

	/** What became of a request for another attempt. */
	sealed interface RerunAnswer {

		/**
		 * The new attempt is stored.
		 *
		 * @param build the new build
		 */
		record Accepted(Build build) implements RerunAnswer {
		}

		/** There is no such build. */
		record NotFound() implements RerunAnswer {
		}

		/**
		 * An attempt at the same order is still open.
		 *
		 * @param build that attempt
		 */
		record StillOpen(Build build) implements RerunAnswer {
		}

	}

	/** What became of a request to end a build. */
	sealed interface CancelAnswer {

		/**
		 * It is over now, or was asked to end.
		 *
		 * @param build the build as it is now
		 */
		record Accepted(Build build) implements CancelAnswer {
		}

		/** There is no such build. */
		record NotFound() implements CancelAnswer {
		}

		/**
		 * It was over before.
		 *
		 * @param build the build
		 */
		record Over(Build build) implements CancelAnswer {
		}

	}

}
