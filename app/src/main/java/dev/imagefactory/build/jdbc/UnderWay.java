package dev.imagefactory.build.jdbc;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.imagefactory.build.Turns.Limits;

import org.springframework.jdbc.core.simple.JdbcClient;

/** How much is under way while turns are given, and where nothing can be begun. */
final class UnderWay {

	/**
	 * How many builds of each repository run, or have their turn; only queued and claimed
	 * builds ever have one. Those that are put off run only while they have their turn.
	 * Written so that H2, too, reads the index on the state, and those on the turn and on
	 * what is put off. One that was cancelled closes its place no more: nobody tries it
	 * again.
	 */
	static final String SQL = """
			SELECT repository_key, '' AS place, COUNT(*) AS builds FROM build
			WHERE state IN ('SUBMITTING', 'WAITING', 'RUNNING', 'VERIFYING')
			GROUP BY repository_key
			UNION ALL
			SELECT repository_key, '' AS place, COUNT(*) AS builds FROM build
			WHERE %1$s AND turn_by IS NOT NULL AND state <> 'SUBMITTING'
			GROUP BY repository_key
			UNION ALL
			SELECT repository_key, CASE WHEN cancel_requested_at IS NULL THEN put_off_at ELSE '' END AS place,
			    CASE WHEN turn_by IS NOT NULL AND %1$s THEN 0 ELSE -1 END
			    AS builds FROM build
			WHERE put_off = TRUE
			""".formatted(Reservations.LASTS);

	private final Limits limits;

	private final Map<String, Integer> builds = new HashMap<>();

	private final Set<String> closed = new HashSet<>();

	private UnderWay(Limits limits) {
		this.limits = limits;
	}

	static UnderWay read(JdbcClient jdbc, Limits limits, Instant now) {
		UnderWay underWay = new UnderWay(limits);
		jdbc.sql(SQL).params(Reservations.times(now)).query((row) -> {
			underWay.closed.add(row.getString("place"));
			underWay.builds.merge(row.getString("repository_key"), row.getInt("builds"), Integer::sum);
		});
		underWay.closed.remove("");
		return underWay;
	}

	/** The places at which builds are put off. */
	Set<String> closed() {
		return this.closed;
	}

	/** How many more may begin in all. */
	int free() {
		return this.limits.all() - this.builds.values().stream().mapToInt(Integer::intValue).sum();
	}

	/** The repositories of which no more may begin. */
	Set<String> full() {
		return this.builds.keySet().stream().filter(this::isFull).collect(Collectors.toSet());
	}

	boolean isFull(String repositoryKey) {
		return this.builds.getOrDefault(repositoryKey, 0) >= this.limits.ofRepository();
	}

	/** One more has its turn. */
	void begun(String repositoryKey) {
		this.builds.merge(repositoryKey, 1, Integer::sum);
	}

}
