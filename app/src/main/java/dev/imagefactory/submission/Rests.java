package dev.imagefactory.submission;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.build.Turns;
import dev.imagefactory.pipeline.BuildId;

/**
 * For how long builds are left alone because the last try led nowhere: longer each time,
 * so that a registry, a repository or an engine is not asked every second. How often was
 * tried is known to this process only, and is lost at a restart, which costs a try.
 */
class Rests {

	private static final int MOST_DOUBLINGS = 5;

	private static final int MOST_KNOWN = 10_000;

	private final Map<BuildId, Integer> tries = new ConcurrentHashMap<>();

	/** The next rest of a build, longer than the last one. */
	Duration next(BuildId build) {
		if (this.tries.size() > MOST_KNOWN) {
			this.tries.clear();
		}
		int before = this.tries.merge(build, 1, Integer::sum) - 1;
		Duration length = Duration.ofSeconds(1L << Math.min(before, MOST_DOUBLINGS));
		return (length.compareTo(Turns.LONGEST_REST) < 0) ? length : Turns.LONGEST_REST;
	}

	/** A build led somewhere. */
	void forget(BuildId build) {
		this.tries.remove(build);
	}

	/** Everything may be different now. */
	void forgetAll() {
		this.tries.clear();
	}

}
