package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;

import dev.imagefactory.build.Build;
import dev.imagefactory.git.GitUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long a build waits for its repository to say something. Then it goes on without:
 * its run will find out what is wrong, and says so.
 */
class Patience {

	private static final Logger logger = LoggerFactory.getLogger(Patience.class);

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final Clock clock;

	Patience(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Asks a repository.
	 * @param build the build that wants to know
	 * @param question what is asked
	 * @return the answer; false when there was none for too long
	 * @throws GitUnavailable when the repository did not answer and the build can wait
	 * @throws Histories.Unclear when the repository does not show enough yet, and the
	 * build can wait
	 */
	boolean ask(Build build, BooleanSupplier question) {
		try {
			return question.getAsBoolean();
		}
		catch (GitUnavailable | Histories.Unclear ex) {
			if (this.clock.instant().isBefore(build.times().createdAt().plus(LIMIT))) {
				throw ex;
			}
			logger.warn("{} goes on without what its repository does not tell: {}", build.id(), ex.getMessage());
			return false;
		}
	}

}
