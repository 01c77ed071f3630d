package dev.imagefactory.tracking;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

import dev.imagefactory.build.Build;

/**
 * Asks about builds one after the other: an engine that says nothing is not waited for as
 * often as there are builds.
 *
 * @param clock the time
 */
record Asking(Clock clock) {

	/** For so long in all the engine is waited for in vain, until it is listed again. */
	private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

	/**
	 * Asks about builds; which come first is left to chance, so that each has its turn.
	 * @param builds the builds
	 * @param question asks about one, and says whether there was an answer
	 */
	void inTurn(Collection<Build> builds, Predicate<Build> question) {
		List<Build> shuffled = new ArrayList<>(builds);
		Collections.shuffle(shuffled);
		Duration silence = Duration.ZERO;
		for (Build build : shuffled) {
			if (isEnding() || silence.compareTo(LONGEST_SILENCE) >= 0) {
				return;
			}
			Instant asked = this.clock.instant();
			if (!question.test(build)) {
				silence = silence.plus(Duration.between(asked, this.clock.instant()));
			}
		}
	}

	/** Whoever goes on asking when this process ends only gets no answers. */
	static boolean isEnding() {
		return Thread.currentThread().isInterrupted();
	}

}
