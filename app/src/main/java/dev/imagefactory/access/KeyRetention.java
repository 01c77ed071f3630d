package dev.imagefactory.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Forgets old idempotency keys, a few at a time, so that nobody waits. */
final class KeyRetention {

	/** A caller that never saw an answer asks again within minutes, not weeks. */
	static final Duration KEPT = Duration.ofDays(7);

	private static final Logger logger = LoggerFactory.getLogger(KeyRetention.class);

	private static final int BATCH = 200;

	private final IdempotencyKeys keys;

	private final Clock clock;

	KeyRetention(IdempotencyKeys keys, Clock clock) {
		this.keys = keys;
		this.clock = clock;
	}

	/**
	 * Forgets everything that is due.
	 * @return how many keys were forgotten
	 */
	int forget() {
		Instant before = this.clock.instant().minus(KEPT);
		int forgotten = 0;
		for (int last = BATCH; last == BATCH; forgotten += last) {
			last = this.keys.forget(before, BATCH);
		}
		if (forgotten > 0) {
			logger.info("Forgot {} idempotency keys taken before {}", forgotten, before);
		}
		return forgotten;
	}

}
