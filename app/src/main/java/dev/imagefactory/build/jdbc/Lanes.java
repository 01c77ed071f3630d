package dev.imagefactory.build.jdbc;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Build;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The lanes of the queue: which repositories may have queued builds of which urgency, in
 * the order of start-time fair queueing (Goyal, Vin, Cheng, 1996): each turn moves its
 * lane behind all others that have the same start tag, and a lane that was empty begins
 * at the present virtual time, so that it neither waits for what others had before nor is
 * ahead because of it. The caller holds a transaction.
 */
class Lanes {

	private final JdbcClient jdbc;

	Lanes(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Says that a lane has a queued build, which the same transaction adds. The lane is
	 * held until the end of it, so that nobody closes the lane because the build cannot
	 * be seen yet.
	 */
	void open(Build build) {
		int priority = BuildRows.priority(build.order());
		String repositoryKey = build.order().repository().key();
		this.jdbc.sql("""
				INSERT INTO queue_lane (priority, repository_key, waiting, start_tag, since)
				VALUES (:priority, :repository, NULL, 0, :since) ON CONFLICT DO NOTHING
				""")
			.param("priority", priority)
			.param("repository", repositoryKey)
			.param("since", build.id().value())
			.update();
		boolean waiting = this.jdbc.sql("""
				SELECT waiting FROM queue_lane WHERE priority = :priority AND repository_key = :repository FOR UPDATE
				""")
			.param("priority", priority)
			.param("repository", repositoryKey)
			.query((row, number) -> row.getBoolean("waiting"))
			.single();
		if (!waiting) {
			this.jdbc.sql("""
					UPDATE queue_lane SET waiting = TRUE, since = :since, start_tag = GREATEST(start_tag,
					    (SELECT virtual_time FROM queue_time t WHERE t.priority = :priority))
					WHERE priority = :priority AND repository_key = :repository
					""")
				.param("since", build.id().value())
				.param("priority", priority)
				.param("repository", repositoryKey)
				.update();
		}
	}

	/**
	 * The waiting lane whose turn comes first.
	 * @param full repositories that may have no more
	 * @param idle keys of lanes that have nothing to give just now
	 * @return empty when there is none
	 */
	Optional<Lane> first(Collection<String> full, Collection<String> idle) {
		return first("", full, idle);
	}

	/**
	 * The waiting lane of one urgency whose turn comes first.
	 * @param priority the urgency
	 * @param full repositories that may have no more
	 * @param idle keys of lanes that have nothing to give just now
	 * @return empty when there is none
	 */
	Optional<Lane> first(int priority, Collection<String> full, Collection<String> idle) {
		return first(" AND priority = " + priority, full, idle);
	}

	private Optional<Lane> first(String ofPriority, Collection<String> full, Collection<String> idle) {
		return this.jdbc.sql("""
				SELECT priority, repository_key, start_tag FROM queue_lane
				WHERE waiting = TRUE%s AND repository_key NOT IN (:full)
				    AND CONCAT(priority, ' ', repository_key) NOT IN (:idle)
				ORDER BY priority, start_tag, since LIMIT 1
				""".formatted(ofPriority))
			.param("full", orNone(full))
			.param("idle", orNone(idle))
			.query((row, number) -> new Lane(row.getInt("priority"), row.getString("repository_key"),
					row.getLong("start_tag")))
			.optional();
	}

	/** No repository and no lane has the empty name. */
	private static Collection<String> orNone(Collection<String> names) {
		return names.isEmpty() ? List.of("") : names;
	}

	/** Names a lane. */
	static String key(int priority, String repositoryKey) {
		return priority + " " + repositoryKey;
	}

	/** Moves a lane on after its turn. */
	void advance(Lane lane) {
		this.jdbc.sql("""
				UPDATE queue_lane SET start_tag = :next
				WHERE priority = :priority AND repository_key = :repository
				""")
			.param("next", lane.startTag() + 1)
			.param("priority", lane.priority())
			.param("repository", lane.repositoryKey())
			.update();
		this.jdbc.sql("UPDATE queue_time SET virtual_time = :now WHERE priority = :priority AND virtual_time < :now")
			.param("now", lane.startTag())
			.param("priority", lane.priority())
			.update();
	}

	/**
	 * Closes a lane that has no queued build. A lane that somebody holds is left alone:
	 * he is adding one. What was added until we hold it is seen by the second look.
	 */
	void closeIfEmpty(Lane lane) {
		Optional<Boolean> held = this.jdbc.sql("""
				SELECT waiting FROM queue_lane WHERE priority = :priority AND repository_key = :repository
				FOR UPDATE SKIP LOCKED
				""")
			.param("priority", lane.priority())
			.param("repository", lane.repositoryKey())
			.query((row, number) -> row.getBoolean("waiting"))
			.optional();
		if (held.isPresent() && isEmpty(lane)) {
			this.jdbc.sql("""
					UPDATE queue_lane SET waiting = NULL
					WHERE priority = :priority AND repository_key = :repository
					""").param("priority", lane.priority()).param("repository", lane.repositoryKey()).update();
		}
	}

	private boolean isEmpty(Lane lane) {
		return this.jdbc.sql("""
				SELECT id FROM build
				WHERE state = 'QUEUED' AND priority = :priority AND repository_key = :repository LIMIT 1
				""")
			.param("priority", lane.priority())
			.param("repository", lane.repositoryKey())
			.query(String.class)
			.optional()
			.isEmpty();
	}

	/**
	 * A repository's queued builds of one urgency.
	 *
	 * @param priority the urgency, the most urgent lowest
	 * @param repositoryKey the repository
	 * @param startTag its place among the lanes of that urgency
	 */
	record Lane(int priority, String repositoryKey, long startTag) {

		/** Names the lane. */
		String key() {
			return Lanes.key(this.priority, this.repositoryKey);
		}

	}

}
