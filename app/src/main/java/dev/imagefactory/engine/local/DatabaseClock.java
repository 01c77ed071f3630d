package dev.imagefactory.engine.local;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;

/**
 * Tells the time of a database that several hosts share, so that all of them agree when a
 * lease is over, whatever their own clocks say. It asks now and then and counts on by the
 * steady clock of the machine, which nobody sets.
 */
final class DatabaseClock extends Clock {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseClock.class);

	private static final Duration ASK_EVERY = Duration.ofSeconds(20);

	/** An answer that took longer tells too little. */
	private static final Duration SLOWEST_ANSWER = Duration.ofSeconds(2);

	private final Supplier<Instant> database;

	private final Clock own;

	private final LongSupplier steady;

	private @Nullable Answer answer;

	/**
	 * Creates the clock; it asks when it is first used.
	 * @param database asks the database
	 * @param own the clock of this host, used until the database answers
	 * @param steady nanoseconds that nobody sets
	 */
	DatabaseClock(Supplier<Instant> database, Clock own, LongSupplier steady) {
		this.database = database;
		this.own = own;
		this.steady = steady;
	}

	@Override
	public synchronized Instant instant() {
		Answer last = this.answer;
		long now = this.steady.getAsLong();
		if (last == null || now - last.askedAt() > ASK_EVERY.toNanos()) {
			last = ask(last);
			this.answer = last;
			now = this.steady.getAsLong();
		}
		return last.time().plusNanos(now - last.at()).truncatedTo(ChronoUnit.MICROS);
	}

	private Answer ask(@Nullable Answer last) {
		long before = this.steady.getAsLong();
		try {
			Instant time = this.database.get();
			long after = this.steady.getAsLong();
			if (last == null || after - before < SLOWEST_ANSWER.toNanos()) {
				return new Answer(time, before + (after - before) / 2, after);
			}
		}
		catch (DataAccessException ex) {
			logger.debug("The database was asked for its time in vain: {}", ex.getMessage());
		}
		long after = this.steady.getAsLong();
		return (last != null) ? new Answer(last.time(), last.at(), after)
				: new Answer(this.own.instant(), after, after);
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		throw new UnsupportedOperationException("Leases know only UTC");
	}

	/**
	 * What the database said.
	 *
	 * @param time its time
	 * @param at when that was by the steady clock
	 * @param askedAt when it was asked last, also in vain
	 */
	private record Answer(Instant time, long at, long askedAt) {
	}

}
