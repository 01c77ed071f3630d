package dev.imagefactory.build.jdbc;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.imagefactory.pipeline.BuildId;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Gives turns to claimed builds that nobody has in hand, and that nobody else holds. The
 * caller holds a transaction.
 */
class ClaimedTurns {

	static final String PUT_OFF = "put_off = TRUE AND cancel_requested_at IS NULL";

	static final String UNFINISHED = "(put_off IS NULL OR cancel_requested_at IS NOT NULL)";

	private static final String NOT_FULL = " AND repository_key NOT IN (:full)";

	private final JdbcClient jdbc;

	private final Reservations reservations;

	ClaimedTurns(JdbcClient jdbc) {
		this.jdbc = jdbc;
		this.reservations = new Reservations(jdbc);
	}

	/** Those whose submission somebody has to finish, whatever the limits. */
	List<BuildId> unfinished(String process, int limit, Instant now) {
		List<BuildId> free = free(UNFINISHED, Map.of("limit", limit), now).stream().map(Claimed::id).toList();
		free.forEach((build) -> this.reservations.reserve(build, process, now));
		return free;
	}

	/**
	 * Those that were put off. They take the first places: they count as under way while
	 * they have their turn, so that no limit is passed when the engine takes them.
	 */
	List<BuildId> putOff(String process, int places, UnderWay underWay, Instant now) {
		List<BuildId> given = new ArrayList<>();
		List<Claimed> free = List.of();
		do {
			free = (given.size() < places) ? freePutOff(underWay.full(), places - given.size(), now) : List.of();
			for (Claimed build : free) {
				if (!underWay.isFull(build.repositoryKey())) {
					this.reservations.reserve(build.id(), process, now);
					underWay.begun(build.repositoryKey());
					given.add(build.id());
				}
			}
		}
		while (!free.isEmpty());
		return given;
	}

	private List<Claimed> freePutOff(Set<String> full, int limit, Instant now) {
		return full.isEmpty() ? free(PUT_OFF, Map.of("limit", limit), now)
				: free(PUT_OFF + NOT_FULL, Map.of("limit", limit, "full", full), now);
	}

	static String claimed(String which) {
		return "SELECT id, repository_key FROM build WHERE open = TRUE AND state = 'SUBMITTING' AND " + which + " AND "
				+ Reservations.FREE + " ORDER BY priority, id LIMIT :limit";
	}

	private List<Claimed> free(String which, Map<String, Object> params, Instant now) {
		return this.jdbc.sql(claimed(which) + " FOR UPDATE SKIP LOCKED")
			.params(Reservations.times(now))
			.params(params)
			.query((row, number) -> new Claimed(BuildId.of(row.getString("id")), row.getString("repository_key")))
			.list();
	}

	/**
	 * A claimed build.
	 *
	 * @param id its id
	 * @param repositoryKey its repository
	 */
	private record Claimed(BuildId id, String repositoryKey) {
	}

}
