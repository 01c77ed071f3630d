package dev.imagefactory.build.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.imagefactory.build.Destinations;
import dev.imagefactory.onboarding.TeamName;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The places at which runs are put off until somebody changes something there, and the
 * queued builds that would go there. Most of the time there are none.
 */
class ClosedPlaces {

	/**
	 * Whose the first and the last build of each lane are. Written so that H2, too, takes
	 * them from the ends of the index.
	 */
	static final String ENDS = """
			SELECT l.priority, l.repository_key,
			    (SELECT o.team FROM build b JOIN build_order o ON o.id = b.order_id
			    WHERE b.state = 'QUEUED' AND b.priority = l.priority AND b.repository_key = l.repository_key
			    ORDER BY b.state, b.priority, b.repository_key, b.id LIMIT 1) AS first_team,
			    (SELECT o.team FROM build b JOIN build_order o ON o.id = b.order_id
			    WHERE b.state = 'QUEUED' AND b.priority = l.priority AND b.repository_key = l.repository_key
			    ORDER BY b.state DESC, b.priority DESC, b.repository_key DESC, b.id DESC LIMIT 1) AS last_team
			FROM queue_lane l WHERE l.waiting = TRUE
			""";

	private final JdbcClient jdbc;

	private final Destinations destinations;

	ClosedPlaces(JdbcClient jdbc, Destinations destinations) {
		this.jdbc = jdbc;
		this.destinations = destinations;
	}

	/** Written so that H2, too, reads the index. */
	boolean isClosed(TeamName team) {
		Set<String> places = this.jdbc.sql("SELECT DISTINCT put_off_at FROM build WHERE " + ClaimedTurns.PUT_OFF)
			.query(String.class)
			.set();
		return leadsTo(places, team);
	}

	/**
	 * What waits for closed places. A repository that changes its team keeps the builds
	 * that were ordered before, at the head of its lanes: so a lane is shut when its
	 * first and its last build are, and in the others those of shut teams are passed
	 * over.
	 * @param places the closed places
	 */
	Shut shut(Collection<String> places) {
		Set<String> lanes = new HashSet<>();
		Set<String> teams = new HashSet<>();
		List<Ends> waiting = places.isEmpty() ? List.of() : ends();
		for (Ends lane : waiting) {
			boolean first = isShut(lane.first(), places, teams);
			boolean last = isShut(lane.last(), places, teams);
			if (first && last) {
				lanes.add(lane.key());
			}
		}
		return new Shut(lanes, teams);
	}

	/** A lane that waits may be empty by now. */
	private List<Ends> ends() {
		List<Ends> ends = new ArrayList<>();
		this.jdbc.sql(ENDS).query((row) -> {
			String first = row.getString("first_team");
			if (first != null) {
				ends.add(new Ends(Lanes.key(row.getInt("priority"), row.getString("repository_key")),
						TeamName.of(first), TeamName.of(row.getString("last_team"))));
			}
		});
		return ends;
	}

	private boolean isShut(TeamName team, Collection<String> places, Set<String> shut) {
		boolean leads = shut.contains(team.value()) || leadsTo(places, team);
		if (leads) {
			shut.add(team.value());
		}
		return leads;
	}

	private boolean leadsTo(Collection<String> places, TeamName team) {
		return !places.isEmpty() && this.destinations.of(team).filter(places::contains).isPresent();
	}

	/**
	 * What waits for closed places.
	 *
	 * @param lanes the keys of lanes of which nothing can go
	 * @param teams teams whose builds cannot go
	 */
	record Shut(Set<String> lanes, Set<String> teams) {
	}

	/**
	 * A waiting lane.
	 *
	 * @param key its key
	 * @param first the team of its first build
	 * @param last the team of its last build
	 */
	private record Ends(String key, TeamName first, TeamName last) {
	}

}
