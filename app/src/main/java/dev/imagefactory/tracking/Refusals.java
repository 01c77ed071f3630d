package dev.imagefactory.tracking;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.pipeline.BuildId;

/**
 * How often in a row, and since when, the registry has refused to point a build's tags.
 * Only this process knows, and a restart costs no more than the patience anew.
 */
class Refusals {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	/** Two may lie far apart, and be one hiccup each. */
	private static final int TIMES = 3;

	private final Map<BuildId, Row> rows = new ConcurrentHashMap<>();

	/**
	 * Counts a refusal.
	 * @param build whose tags
	 * @param at now
	 * @return whether it has lasted for so long that it is believed
	 */
	boolean isLasting(BuildId build, Instant at) {
		Row row = this.rows.merge(build, new Row(at, 1), (before, one) -> new Row(before.since(), before.times() + 1));
		return row.times() >= TIMES && !at.isBefore(row.since().plus(PATIENCE));
	}

	/** What comes next is counted anew. */
	void forget(BuildId build) {
		this.rows.remove(build);
	}

	/** Others do not ask any more. */
	void keepOnly(Collection<BuildId> builds) {
		this.rows.keySet().retainAll(builds);
	}

	/**
	 * Refusals in a row.
	 *
	 * @param since when the first came
	 * @param times how many came
	 */
	private record Row(Instant since, int times) {
	}

}
