package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.pipeline.OrderKind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a build waits for its repository to say something. Then it goes on without:
 * its run will find out what is wrong, and says so. What counts is for how long the
 * repository has been asked in vain, not how old the build is: after a long wait in the
 * queue one lost answer must not cost it a tag. A re-tag waits for ever, because without
 * the answer nothing is left to do for it.
 */
class Patience {

	private static final Logger logger = LoggerFactory.getLogger(Patience.class);

	private static final Duration LIMIT = Duration.ofSeconds(30);

	/** Two lost answers may lie far apart, when others took the turns between them. */
	private static final int TIMES = 3;

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
			return unanswered(build, "repository-unreachable", ex);
		}
		catch (Histories.Unclear ex) {
			return unanswered(build, "history-unclear", ex);
		}
	}

	private Answer unanswered(Build build, String reason, RuntimeException ex) {
		Instant now = this.clock.instant();
		Builds.Unanswered unanswered = this.builds.noteUnanswered(build.id(), reason, now);
		boolean lasting = unanswered.times() >= TIMES && !now.isBefore(unanswered.since().plus(LIMIT));
		if (!lasting || build.order().recipe().kind() == OrderKind.RETAG) {
			throw ex;
		}
		logger.warn("{} goes on without what its repository does not tell: {}", build.id(), ex.getMessage());
		return new Answer(false, String.valueOf(ex.getMessage()));
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
