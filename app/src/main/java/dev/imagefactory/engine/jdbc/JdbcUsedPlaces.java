package dev.imagefactory.engine.jdbc;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.engine.UsedPlaces;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Used places in the table {@code run_place}, which has a row for each, so a few. */
class JdbcUsedPlaces implements UsedPlaces {

	private static final Logger logger = LoggerFactory.getLogger(JdbcUsedPlaces.class);

	/** Each process notes each place at every list: most of that is known already. */
	private static final Duration EXACT = Duration.ofMinutes(10);

	/** A process with other settings, or one that was frozen, may begin a run yet. */
	private static final Duration EMPTY = Duration.ofHours(1);

	/** A place that does not even answer may be gone. */
	private static final Duration SILENT = Duration.ofDays(7);

	/**
	 * So long this process asks, too: all others may have stood still, or its clock may
	 * have been set ahead.
	 */
	private static final Duration ASKED = Duration.ofHours(1);

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	private final Clock clock;

	/** Since when this process has found places silent for too long. */
	private final Map<String, Instant> overdue = new ConcurrentHashMap<>();

	JdbcUsedPlaces(JdbcClient jdbc, PlatformTransactionManager transactions, Clock clock) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactions);
		this.clock = clock;
	}

	/** {@inheritDoc} A time that lies ahead is from a clock that was set back since. */
	@Override
	public Set<String> all() {
		Instant now = this.clock.instant();
		Map<String, Instant> times = times();
		this.overdue.keySet().retainAll(times.keySet());
		times.forEach((place, at) -> {
			if (at.isAfter(now.plus(EXACT))) {
				write(place, now);
			}
			else if (at.plus(SILENT).isAfter(now)) {
				this.overdue.remove(place);
			}
			else if (!this.overdue.computeIfAbsent(place, (one) -> now).plus(ASKED).isAfter(now)) {
				giveUp(place, now.minus(SILENT));
			}
		});
		return times.keySet();
	}

	private void giveUp(String place, Instant silentSince) {
		if (delete(place, silentSince)) {
			logger.warn("Nobody could look into {} for {} days, and nothing leads there any more: it is not asked "
					+ "about any longer. Where that namespace is still there, our finalizers may be, too: give the "
					+ "service its rights there, name it in the settings of a team again, and take it out a day later.",
					place, SILENT.toDays());
		}
	}

	private Map<String, Instant> times() {
		Map<String, Instant> times = new TreeMap<>();
		this.jdbc.sql("SELECT place, used_at FROM run_place").query((row) -> {
			times.put(row.getString("place"), row.getObject("used_at", OffsetDateTime.class).toInstant());
		});
		return times;
	}

	@Override
	public void used(Collection<String> places) {
		Instant now = this.clock.instant();
		Map<String, Instant> times = times();
		places.stream()
			.filter((place) -> !times.getOrDefault(place, Instant.MIN).isAfter(now.minus(EXACT)))
			.forEach((place) -> write(place, now));
	}

	@Override
	public void unused(Collection<String> places) {
		places.forEach((place) -> delete(place, this.clock.instant().minus(EMPTY)));
	}

	private void write(String place, Instant at) {
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.sql("INSERT INTO run_place (place, used_at) VALUES (:place, :at) ON CONFLICT DO NOTHING")
				.param("place", place)
				.param("at", utc(at))
				.update();
			this.jdbc.sql("UPDATE run_place SET used_at = :at WHERE place = :place")
				.param("place", place)
				.param("at", utc(at))
				.update();
		});
	}

	private boolean delete(String place, Instant unusedSince) {
		return this.transaction
			.execute((status) -> this.jdbc.sql("DELETE FROM run_place WHERE place = :place AND used_at <= :since")
				.param("place", place)
				.param("since", utc(unusedSince))
				.update() == 1);
	}

	private static OffsetDateTime utc(Instant instant) {
		return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
	}

}
