package dev.imagefactory.submission;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.pipeline.BuildId;

/**
 * Notices that builds ended. Those of this process are told at once; those of others are
 * found by comparing what is under way, which costs more the more there is, and so is
 * done once a second only.
 */
class Ends {

	private static final Set<StateName> UNDER_WAY = EnumSet.of(StateName.SUBMITTING, StateName.WAITING,
			StateName.RUNNING, StateName.VERIFYING);

	private static final int MOST_UNDER_WAY = 10_000;

	private final Builds builds;

	private final AtomicBoolean told = new AtomicBoolean();

	private final Interval comparison = new Interval(Duration.ofSeconds(1));

	/** Builds that were under way at the last look. */
	private Set<BuildId> before = Set.of();

	Ends(Builds builds) {
		this.builds = builds;
	}

	/** Tells of one. */
	void note() {
		this.told.set(true);
	}

	/**
	 * Tells that builds ended since it was told last, as far as is known; one thread at a
	 * time. What cannot be told now, because a database does not answer, is told the next
	 * time.
	 * @param now the time
	 * @param listener is told
	 */
	void tell(Instant now, Runnable listener) {
		compare(now);
		if (!this.told.getAndSet(false)) {
			return;
		}
		try {
			listener.run();
		}
		catch (RuntimeException ex) {
			note();
			throw ex;
		}
	}

	private void compare(Instant now) {
		if (this.comparison.isOver(now)) {
			Set<BuildId> underWay = this.builds.openIds(UNDER_WAY, MOST_UNDER_WAY);
			if (!underWay.containsAll(this.before)) {
				note();
			}
			this.before = underWay;
			this.comparison.begin(now);
		}
	}

}
