package dev.imagefactory.build.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Builds.QueuePlace;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Says where a queued build stands: how many have their turn before it when lanes go on
 * in their order, and why it waits. It reads every lane's length, so it is for people who
 * ask, not for work that goes on by itself.
 */
class QueuePlaces {

	private static final String ITS_TURN = "waiting-for-its-turn";

	private static final String CLOSED = "namespace-closed";

	/**
	 * What is put off is not under way. Written so that H2 reads the index on the state:
	 * it would rather look for all that is not put off, which is the whole history.
	 */
	static final String UNDER_WAY = """
			SELECT t.most, t.most_of_repository,
			    COUNT(CASE WHEN b.id IS NOT NULL AND b.put_off IS NULL THEN 1 END) AS all_builds,
			    COUNT(CASE WHEN b.repository_key = :repository AND b.put_off IS NULL THEN 1 END) AS of_repository
			FROM queue_time t LEFT JOIN build b ON b.state IN ('SUBMITTING', 'WAITING', 'RUNNING', 'VERIFYING')
			WHERE t.priority = 0 GROUP BY t.most, t.most_of_repository
			""";

	private final JdbcClient jdbc;

	private final ClosedPlaces closed;

	QueuePlaces(JdbcClient jdbc, ClosedPlaces closed) {
		this.jdbc = jdbc;
		this.closed = closed;
	}

	Optional<QueuePlace> of(BuildId id) {
		return this.jdbc
			.sql("""
					SELECT b.id, b.priority, b.repository_key, b.queue_reason, o.team, COALESCE(l.start_tag, 0) AS start_tag,
					    COALESCE(l.since, '') AS since, (SELECT COUNT(*) FROM build q WHERE q.state = 'QUEUED' AND q.priority = b.priority
					        AND q.repository_key = b.repository_key AND q.id < b.id) AS ahead
					FROM build b JOIN build_order o ON o.id = b.order_id LEFT JOIN queue_lane l
					    ON l.priority = b.priority AND l.repository_key = b.repository_key
					WHERE b.id = :id AND b.state = 'QUEUED'
					""")
			.param("id", id.value())
			.query((row, number) -> Queued.of(row))
			.optional()
			.map((queued) -> new QueuePlace(position(queued), reason(queued)));
	}

	private int position(Queued queued) {
		return 1 + queued.ahead() + lanes().stream().mapToInt(queued::turnsOf).sum();
	}

	private List<LaneLength> lanes() {
		return this.jdbc.sql("""
				SELECT q.priority, q.repository_key, q.builds, COALESCE(l.start_tag, 0) AS start_tag,
				    COALESCE(l.since, '') AS since
				FROM (SELECT priority, repository_key, COUNT(*) AS builds FROM build WHERE state = 'QUEUED'
				    GROUP BY priority, repository_key) q
				LEFT JOIN queue_lane l ON l.priority = q.priority AND l.repository_key = q.repository_key
				""")
			.query((row, number) -> new LaneLength(row.getInt("priority"), row.getString("repository_key"),
					row.getLong("start_tag"), row.getString("since"), row.getInt("builds")))
			.list();
	}

	/**
	 * Nothing is tried for a place that is closed. Otherwise what the last try said comes
	 * first, and then a limit that is reached.
	 */
	private String reason(Queued queued) {
		if (this.closed.isClosed(queued.team())) {
			return CLOSED;
		}
		if (queued.reason() != null) {
			return queued.reason();
		}
		return this.jdbc.sql(UNDER_WAY)
			.param("repository", queued.repositoryKey())
			.query((row, number) -> limit(row))
			.optional()
			.orElse(ITS_TURN);
	}

	/** The limits are 0 until turns were given for the first time. */
	private static String limit(ResultSet row) throws SQLException {
		int most = row.getInt("most");
		if (most > 0 && row.getInt("of_repository") >= row.getInt("most_of_repository")) {
			return "repository-limit";
		}
		return (most > 0 && row.getInt("all_builds") >= most) ? "limit" : ITS_TURN;
	}

	/**
	 * A queued build.
	 *
	 * @param priority its urgency
	 * @param repositoryKey its repository
	 * @param team whose it is
	 * @param reason what the last try to claim it said
	 * @param startTag its lane's place
	 * @param since the build since which its lane waits
	 * @param ahead how many of its own lane come before it
	 */
	private record Queued(int priority, String repositoryKey, TeamName team, @Nullable String reason, long startTag,
			String since, int ahead) {

		private static Queued of(ResultSet row) throws SQLException {
			return new Queued(row.getInt("priority"), row.getString("repository_key"),
					TeamName.of(row.getString("team")), row.getString("queue_reason"), row.getLong("start_tag"),
					row.getString("since"), row.getInt("ahead"));
		}

		/** How many turns another lane has before this build's. */
		private int turnsOf(LaneLength lane) {
			if (lane.priority() != this.priority) {
				return (lane.priority() < this.priority) ? lane.builds() : 0;
			}
			if (lane.repositoryKey().equals(this.repositoryKey)) {
				return 0;
			}
			boolean first = lane.since().compareTo(this.since) < 0;
			long turns = this.startTag + this.ahead - lane.startTag() + (first ? 1 : 0);
			return Math.clamp(turns, 0, lane.builds());
		}

	}

	/**
	 * A lane.
	 *
	 * @param priority its urgency
	 * @param repositoryKey its repository
	 * @param startTag its place
	 * @param since the build since which it waits
	 * @param builds how many are queued
	 */
	private record LaneLength(int priority, String repositoryKey, long startTag, String since, int builds) {
	}

}
