package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a build waits for its repository to say something. Then it goes on without:
 * its run will find out what is wrong, and says so. What counts is for how long the
 * repository has been asked in vain, not how old the build is: after a long wait in the
 * queue one lost answer must not cost it a tag. A re-tag has nothing else to do, so it
 * waits until its repository answers; a promotion waits a day for an answer that shows
 * both commits.
 */
class Patience {

	private static final Logger logger = LoggerFactory.getLogger(Patience.class);

	private static final String SILENT = "repository-unreachable";

	/** Two lost answers may lie far apart, when others took the turns between them. */
	private static final Limit OF_A_BUILD = new Limit(Duration.ofSeconds(30), 3, "half a minute");

	/** Most of a day may have been silence, which is no answer. */
	private static final Limit OF_A_PROMOTION = new Limit(Duration.ofHours(24), 20, "a day");

	private final Builds builds;

	private final Clock clock;

	Patience(Builds builds, Clock clock) {
		this.builds = builds;
		this.clock = clock;
	}

	/**
	 * Asks a repository; what it does not say is noted with the build.
	 * @param build the build that wants to know
	 * @param question what is asked
	 * @return the answer, or why there was none for too long
	 * @throws GitUnavailable when the repository did not answer and the build can wait
	 * @throws Histories.Unclear when the repository does not show enough yet, and the
	 * build can wait
	 */
	Answer ask(Build build, BooleanSupplier question) {
		try {
			return new Answer(question.getAsBoolean(), null);
		}
		catch (GitUnavailable ex) {
			if (isRetag(build)) {
				this.builds.noteSilence(build.id(), SILENT);
				throw ex;
			}
			return unanswered(build, SILENT, OF_A_BUILD, ex);
		}
		catch (Histories.Unclear ex) {
			return unanswered(build, ex.doubt().reason(), limit(build, ex.doubt()), ex);
		}
	}

	/** Whoever waits for a commit to come back to its branch waits for another push. */
	private static Limit limit(Build build, Histories.Doubt doubt) {
		return switch (doubt) {
			case HISTORY -> isPromotion(build) ? OF_A_PROMOTION : OF_A_BUILD;
			case BRANCH -> OF_A_BUILD;
		};
	}

	/** What a reset gives back, the next push may give back too. */
	private static boolean isPromotion(Build build) {
		GitRef ref = build.order().key().ref();
		return isRetag(build) && ref != null && ref.isTag();
	}

	private static boolean isRetag(Build build) {
		return build.order().recipe().kind() == OrderKind.RETAG;
	}

	private Answer unanswered(Build build, String reason, Limit limit, RuntimeException ex) {
		Instant now = this.clock.instant();
		Builds.Unanswered unanswered = this.builds.noteUnanswered(build.id(), reason, now);
		if (unanswered.times() < limit.times() || now.isBefore(unanswered.since().plus(limit.length()))) {
			throw ex;
		}
		logger.warn("{} goes on without what its repository does not tell: {}", build.id(), ex.getMessage());
		return new Answer(false, "%s It was asked for %s.".formatted(ex.getMessage(), limit.words()));
	}

	/**
	 * When a build goes on without an answer.
	 *
	 * @param length how long after the first question in vain
	 * @param times and after how many of them
	 * @param words the length in words
	 */
	private record Limit(Duration length, int times, String words) {
	}

	/**
	 * What came of a question.
	 *
	 * @param yes the answer; false when there was none
	 * @param silence why there was no answer; null when there was one
	 */
	record Answer(boolean yes, @Nullable String silence) {
	}

}
