package dev.imagefactory.build.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.imagefactory.build.Turns;
import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Whose turn a build is, as its row says. The caller holds a transaction. */
class Reservations {

	/** Not someone's turn, and not left alone. */
	static final String FREE = "(turn_until IS NULL OR turn_until <= :now OR turn_until > :longest)";

	/** As long as it lasts, and only so long, a turn is counted as under way. */
	static final String LASTS = "(turn_until > :now AND turn_until <= :longest)";

	/** A turn or a rest beyond this is from a clock that was set back since. */
	private static final Duration LONGEST = Turns.LENGTH.multipliedBy(2);

	private final JdbcClient jdbc;

	Reservations(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** What statements want to know of the time. */
	static Map<String, @Nullable Object> times(Instant now) {
		Map<String, @Nullable Object> times = new LinkedHashMap<>();
		times.put("now", Columns.time(now));
		times.put("longest", Columns.time(now.plus(LONGEST)));
		return times;
	}

	void reserve(BuildId build, String process, Instant now) {
		this.jdbc.sql("UPDATE build SET turn_by = :process, turn_until = :until WHERE id = :id")
			.param("process", process)
			.param("until", Columns.time(now.plus(Turns.LENGTH)))
			.param("id", build.value())
			.update();
	}

}
