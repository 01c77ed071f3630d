package dev.imagefactory.engine.jdbc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the step logs of runs that ended longer ago than logs are kept. */
final class JdbcLogRetention {

	private static final Logger logger = LoggerFactory.getLogger(JdbcLogRetention.class);

	private static final int BATCH = 50;

	/** No run takes longer. */
	private static final Duration LONGEST_RUN = Duration.ofDays(30);

	private final LogTable table;

	private final FollowTable follows;

	private final Duration kept;

	private final Clock clock;

	JdbcLogRetention(LogTable table, FollowTable follows, Duration kept, Clock clock) {
		this.table = table;
		this.follows = follows;
		this.kept = kept;
		this.clock = clock;
	}

	/**
	 * Deletes what is due.
	 * @return how many builds' logs were deleted
	 */
	int forget() {
		Instant before = this.clock.instant().minus(this.kept);
		int deleted = 0;
		for (int last = BATCH; last == BATCH; deleted += last) {
			last = this.table.forget(before, BATCH);
		}
		if (deleted > 0) {
			logger.info("Deleted the logs of {} builds that ended before {}", deleted, before);
		}
		this.follows.forgetLost(BuildId.earliest(before.minus(LONGEST_RUN)));
		return deleted;
	}

}
