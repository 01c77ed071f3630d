package dev.imagefactory;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The processes that work on this database, in the table {@code replica}. All times are
 * the database's, so that a clock that is wrong on one host ends nobody's lease.
 */
class Replicas {

	private static final Duration FORGET_AFTER = Duration.ofHours(1);

	private static final String FROM_NOW = "CURRENT_TIMESTAMP + INTERVAL '1' SECOND * CAST(:seconds AS INTEGER)";

	private final JdbcClient jdbc;

	/**
	 * Creates the table's reader and writer.
	 * @param jdbc the database
	 */
	Replicas(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Adds a process, or renews its lease. One whose lease was over begins anew, as the
	 * youngest of all: others may have begun meanwhile.
	 * @param replica the process
	 * @param lease how long it counts as living without another sign of life
	 * @return whether it was living until now, for all that others could see
	 */
	boolean renew(Replica replica, Duration lease) {
		boolean living = extend("lease_until = " + FROM_NOW + " WHERE id = :id AND lease_until > CURRENT_TIMESTAMP",
				replica, lease);
		if (!living && !extend("started_at = CURRENT_TIMESTAMP, lease_until = " + FROM_NOW + " WHERE id = :id", replica,
				lease)) {
			add(replica, lease);
		}
		return living;
	}

	private boolean extend(String change, Replica replica, Duration lease) {
		return this.jdbc.sql("UPDATE replica SET " + change)
			.param("seconds", lease.toSeconds())
			.param("id", replica.id())
			.update() > 0;
	}

	private void add(Replica replica, Duration lease) {
		this.jdbc
			.sql("INSERT INTO replica (id, host, pid, registry, started_at, lease_until) "
					+ "VALUES (:id, :host, :pid, :registry, CURRENT_TIMESTAMP, " + FROM_NOW
					+ ") ON CONFLICT DO NOTHING")
			.param("id", replica.id())
			.param("host", replica.host())
			.param("pid", replica.pid())
			.param("registry", replica.registry())
			.param("seconds", lease.toSeconds())
			.update();
	}

	/**
	 * The processes whose lease is not over.
	 * @return the processes, oldest first
	 */
	List<Leased> living() {
		return this.jdbc.sql("""
				SELECT id, host, pid, registry, lease_until FROM replica
				WHERE lease_until > CURRENT_TIMESTAMP ORDER BY started_at, id""")
			.query((row,
					number) -> new Leased(new Replica(row.getString("id"), row.getString("host"), row.getLong("pid"),
							row.getString("registry")), row.getObject("lease_until", OffsetDateTime.class)))
			.list();
	}

	/**
	 * Removes a process, whose work others may take over at once.
	 * @param id its id
	 */
	void remove(String id) {
		this.jdbc.sql("DELETE FROM replica WHERE id = :id").param("id", id).update();
	}

	/**
	 * Removes all other processes, and takes from them what they had picked.
	 * @param id the process that is known to be the only one
	 */
	void removeAllBut(String id) {
		this.jdbc.sql("DELETE FROM replica WHERE id <> :id").param("id", id).update();
		this.jdbc.sql("""
				UPDATE scheduled_tasks SET picked = FALSE, picked_by = NULL, last_heartbeat = NULL,
				    version = version + 1 WHERE picked = TRUE""").update();
	}

	/** Removes processes whose lease was over long ago. */
	void forgetDead() {
		this.jdbc.sql(
				"DELETE FROM replica WHERE lease_until < CURRENT_TIMESTAMP - INTERVAL '1' SECOND * CAST(:seconds AS INTEGER)")
			.param("seconds", FORGET_AFTER.toSeconds())
			.update();
	}

	/**
	 * A process on this database.
	 *
	 * @param id its name, never used again by another
	 * @param host tells its host, as far as processes there see each other
	 * @param pid its number there
	 * @param registry the kind of its registry
	 */
	record Replica(String id, String host, long pid, String registry) {
	}

	/**
	 * A living process.
	 *
	 * @param replica the process
	 * @param until when its lease is over, by the database's clock
	 */
	record Leased(Replica replica, OffsetDateTime until) {
	}

}
