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

	/** Builds that others held up. */
	private final Map<BuildId, Integer> behind = new ConcurrentHashMap<>();

	/** Builds whose runs the engine did not take, or at which we failed ourselves. */
	private final Map<BuildId, Integer> refused = new ConcurrentHashMap<>();

	/**
	 * The next rest of a build that others may have held up, longer than the last one.
	 */
	Duration behindOthers(BuildId build) {
		return next(this.behind, build);
	}

	/** The next rest of a build that nobody's end helps, longer than the last one. */
	Duration refused(BuildId build) {
		return next(this.refused, build);
	}

	private static Duration next(Map<BuildId, Integer> tries, BuildId build) {
		if (tries.size() > MOST_KNOWN) {
			tries.clear();
		}
		int before = tries.merge(build, 1, Integer::sum) - 1;
		Duration length = Duration.ofSeconds(1L << Math.min(before, MOST_DOUBLINGS));
		return (length.compareTo(Turns.LONGEST_REST) < 0) ? length : Turns.LONGEST_REST;
	}

	/** A build led somewhere. */
	void forget(BuildId build) {
		this.behind.remove(build);
		this.refused.remove(build);
	}

	/** A build ended: what others held up may be free. An engine is no different now. */
	void ended() {
		this.behind.clear();
	}

}
