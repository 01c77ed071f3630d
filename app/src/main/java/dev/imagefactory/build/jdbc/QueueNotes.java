package dev.imagefactory.build.jdbc;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.imagefactory.build.Builds.Unanswered;
import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Why queued builds are not claimed. Notes are no changes: the row's version stays. Joins
 * the caller's transaction.
 */
class QueueNotes {

	private static final int LONGEST_REASON = 64;

	private final JdbcClient jdbc;

	QueueNotes(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	void reason(BuildId id, @Nullable String reason) {
		Map<String, @Nullable Object> params = new LinkedHashMap<>();
		params.put("id", id.value());
		params.put("reason", Columns.text(reason, LONGEST_REASON));
		this.jdbc.sql("""
				UPDATE build SET queue_reason = :reason, unanswered_since = NULL, unanswered = 0
				WHERE id = :id AND state = 'QUEUED'
				    AND (COALESCE(queue_reason, '') <> COALESCE(:reason, '') OR unanswered > 0)
				""").params(params).update();
	}

	/** Leaves the count of unanswered questions alone. */
	void silence(BuildId id, String reason) {
		this.jdbc.sql("UPDATE build SET queue_reason = :reason WHERE id = :id AND state = 'QUEUED'")
			.param("reason", Columns.text(reason, LONGEST_REASON))
			.param("id", id.value())
			.update();
	}

	Unanswered unanswered(BuildId id, String reason, Instant at) {
		this.jdbc.sql("""
				UPDATE build SET queue_reason = :reason, unanswered = unanswered + 1,
				    unanswered_since = COALESCE(unanswered_since, :at)
				WHERE id = :id AND state = 'QUEUED'
				""")
			.param("reason", Columns.text(reason, LONGEST_REASON))
			.param("at", Columns.time(at))
			.param("id", id.value())
			.update();
		return this.jdbc.sql("""
				SELECT unanswered_since, unanswered FROM build WHERE id = :id AND unanswered_since IS NOT NULL
				""")
			.param("id", id.value())
			.query((row, number) -> new Unanswered(Columns.time(row, "unanswered_since"), row.getInt("unanswered")))
			.optional()
			.orElseGet(() -> new Unanswered(at, 1));
	}

}
