package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.pipeline.BuildId;

/**
 * Which builds are left alone for a while because the last try led nowhere: longer each
 * time, so that a registry, a repository or an engine is not asked every second and a
 * build that cannot go takes no place from one that can. Lost at a restart, which costs a
 * try.
 */
class Rests {

	private static final Duration LONGEST = Duration.ofSeconds(15);

	private static final int MOST_DOUBLINGS = 5;

	private final Clock clock;

	private final Map<BuildId, Rest> rests = new ConcurrentHashMap<>();

	Rests(Clock clock) {
		this.clock = clock;
	}

	/** Leaves a build alone, longer than the last time. */
	void rest(BuildId build) {
		Instant now = this.clock.instant();
		this.rests.values().removeIf((rest) -> rest.until().plus(LONGEST).isBefore(now));
		this.rests.compute(build, (id, last) -> {
			int tries = (last != null) ? last.tries() + 1 : 0;
			Duration length = Duration.ofSeconds(1L << Math.min(tries, MOST_DOUBLINGS));
			return new Rest(now, now.plus((length.compareTo(LONGEST) < 0) ? length : LONGEST), tries);
		});
	}

	/** Not when the clock was set back: nobody rests because of that. */
	boolean isResting(BuildId build) {
		Rest rest = this.rests.get(build);
		Instant now = this.clock.instant();
		return rest != null && !now.isBefore(rest.from()) && now.isBefore(rest.until());
	}

	/** Everything may be tried again at once. */
	void wakeAll() {
		this.rests.clear();
	}

	private record Rest(Instant from, Instant until, int tries) {
	}

}
