package dev.imagefactory.intake;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Forgets the bodies of old deliveries, a few at a time, so that no delivery waits. */
final class BodyRetention {

	private static final Logger logger = LoggerFactory.getLogger(BodyRetention.class);

	private static final int BATCH = 50;

	private final Deliveries deliveries;

	private final Duration kept;

	private final Clock clock;

	BodyRetention(Deliveries deliveries, Duration kept, Clock clock) {
		this.deliveries = deliveries;
		this.kept = kept;
		this.clock = clock;
	}

	/**
	 * Forgets everything that is due.
	 * @return how many bodies were forgotten
	 */
	int forget() {
		Instant before = this.clock.instant().minus(this.kept);
		int forgotten = 0;
		try {
			for (int last = BATCH; last == BATCH; forgotten += last) {
				last = this.deliveries.forgetBodies(before, BATCH);
			}
		}
		catch (DataAccessException | TransactionException ex) {
			logger.warn("Old delivery bodies could not be deleted; it is tried again later", ex);
		}
		if (forgotten > 0) {
			logger.info("Deleted the bodies of {} deliveries received before {}", forgotten, before);
		}
		return forgotten;
	}

}
