package dev.imagefactory.build;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

/**
 * Gives turns to queued builds: the most urgent first, now and then a less urgent one so
 * that it does not wait for ever, in turn between repositories, within limits that hold
 * for all processes on the database together. A build that was given its turn stays where
 * it is; it is the process's own for {@link #LENGTH}, and counts as under way, until the
 * turn is given back or the build moves on.
 */
public interface Turns {

	/** For how long a turn lasts when its process shows no sign of life. */
	Duration LENGTH = Duration.ofSeconds(30);

	/** For how long a build may be left alone at most. */
	Duration LONGEST_REST = Duration.ofSeconds(15);

	/**
	 * Gives turns, first to claimed builds that were put off and may be taken by now.
	 * Queued builds that would go to a place where others are put off get none. Only one
	 * process does so at a time; another one that tries meanwhile gets none.
	 * @param process who carries the builds out
	 * @param limits how much may be under way
	 * @param room the most turns that the process can use
	 * @param now now
	 * @return the builds that now have a turn, in their order
	 */
	List<Build> give(String process, Limits limits, int room, Instant now);

	/**
	 * Gives turns to claimed builds whose submission nobody is finishing, and to those
	 * that were put off and cancelled.
	 * @param process who finishes it
	 * @param limit the most
	 * @param now now
	 * @return those builds
	 */
	List<Build> unfinished(String process, int limit, Instant now);

	/**
	 * Prolongs turns that last; one that is over does not come back.
	 * @param process whose turns
	 * @param builds the builds; those that are not its own any more are left alone
	 * @param now now
	 */
	void renew(String process, Collection<BuildId> builds, Instant now);

	/**
	 * Does something about a build while its turn is a process's own for a while yet, and
	 * nobody else can be given it.
	 * @param build the build
	 * @param process the process's name
	 * @param now the time
	 * @param work joins the transaction
	 * @return false when it is not its turn any more, and nothing was done
	 */
	boolean whileOwn(BuildId build, String process, Instant now, Runnable work);

	/**
	 * Gives a turn back, unless it is somebody else's by now.
	 * @param build the build
	 * @param process whose turn it was
	 * @param rest until when the build is to be left alone, at most
	 * {@link #LONGEST_REST}; null when it may go at once
	 */
	void giveBack(BuildId build, String process, @Nullable Instant rest);

	/**
	 * Lets all builds that are left alone go at once.
	 * @param now now
	 */
	void wake(Instant now);

	/**
	 * How much may be under way.
	 *
	 * @param all builds in all
	 * @param ofRepository builds of one repository
	 */
	record Limits(int all, int ofRepository) {
	}

}
