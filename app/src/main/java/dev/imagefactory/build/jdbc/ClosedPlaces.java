package dev.imagefactory.build.jdbc;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

import dev.imagefactory.build.Destinations;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The places at which runs are put off until somebody changes something there, and the
 * repositories whose queued builds would go there. Most of the time there are none.
 */
class ClosedPlaces {

	private final JdbcClient jdbc;

	private final Destinations destinations;

	ClosedPlaces(JdbcClient jdbc, Destinations destinations) {
		this.jdbc = jdbc;
		this.destinations = destinations;
	}

	/** Written so that H2, too, reads the index. */
	boolean isClosed(String repositoryKey) {
		Set<String> places = this.jdbc.sql("SELECT DISTINCT put_off_at FROM build WHERE " + JdbcTurns.PUT_OFF)
			.query(String.class)
			.set();
		return leadsTo(places, repositoryKey);
	}

	/**
	 * The repositories that have queued builds which would go to closed places.
	 * @param places the closed places
	 * @return the keys of those repositories
	 */
	Set<String> waiting(Collection<String> places) {
		return places.isEmpty() ? Set.of()
				: this.jdbc.sql("SELECT DISTINCT repository_key FROM queue_lane WHERE waiting = TRUE")
					.query(String.class)
					.stream()
					.filter((repository) -> leadsTo(places, repository))
					.collect(Collectors.toSet());
	}

	private boolean leadsTo(Collection<String> places, String repositoryKey) {
		return !places.isEmpty() && this.destinations.of(repositoryKey).filter(places::contains).isPresent();
	}

}
