package dev.imagefactory.engine.jdbc;

import java.util.List;
import java.util.Set;

import dev.imagefactory.engine.jdbc.LogTable.Key;
import dev.imagefactory.pipeline.BuildId;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The tables {@code step_follow} and {@code step_source}. */
class FollowTable {

	private static final List<String> TABLES = List.of("step_follow", "step_source", "step_log_part", "step_log");

	private final JdbcClient jdbc;

	/**
	 * Creates the tables' reader and writer.
	 * @param jdbc the database
	 */
	FollowTable(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Makes a process the follower of a log.
	 * @param log the log
	 * @param process the process
	 * @return false when another living process follows it
	 */
	boolean take(Key log, String process) {
		this.jdbc.sql("""
				INSERT INTO step_follow (build_id, step, follower) VALUES (:build, :step, :process)
				ON CONFLICT DO NOTHING""")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.param("process", process)
			.update();
		return this.jdbc.sql("""
				UPDATE step_follow SET follower = :process
				WHERE build_id = :build AND step = :step AND (follower = :process OR NOT EXISTS (
				    SELECT 1 FROM replica
				    WHERE replica.id = step_follow.follower AND replica.lease_until > CURRENT_TIMESTAMP))""")
			.param("process", process)
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.update() == 1;
	}

	/**
	 * Lets a log go, if it is this process's.
	 * @param log the log
	 * @param process the process
	 */
	void giveBack(Key log, String process) {
		this.jdbc.sql("DELETE FROM step_follow WHERE build_id = :build AND step = :step AND follower = :process")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.param("process", process)
			.update();
	}

	/**
	 * The sources that were stored whole.
	 * @param log the log
	 * @return their names
	 */
	Set<String> sources(Key log) {
		return this.jdbc.sql("SELECT source FROM step_source WHERE build_id = :build AND step = :step")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.query(String.class)
			.set();
	}

	/**
	 * Notes that a source is stored whole.
	 * @param log the log
	 * @param writer who opened it last; nothing is noted for others
	 * @param source the source's name
	 * @return whether it is noted
	 */
	boolean store(Key log, String writer, String source) {
		this.jdbc.sql("""
				INSERT INTO step_source (build_id, step, source)
				SELECT build_id, step, CAST(:source AS VARCHAR(128)) FROM step_log
				WHERE build_id = :build AND step = :step AND writer = :writer
				ON CONFLICT DO NOTHING""")
			.param("source", source)
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.param("writer", writer)
			.update();
		return sources(log).contains(source);
	}

	/**
	 * Deletes the logs of runs that began so long ago that they are over, although nobody
	 * noted their end: somebody took them away while no replica looked.
	 * @param before the lowest id of a younger build
	 */
	void forgetLost(BuildId before) {
		for (String table : TABLES) {
			this.jdbc.sql("DELETE FROM " + table + " WHERE build_id < :before")
				.param("before", before.value())
				.update();
		}
	}

	/**
	 * Forgets a run that is over.
	 * @param build its build
	 */
	void forget(BuildId build) {
		this.jdbc.sql("DELETE FROM step_follow WHERE build_id = :build").param("build", build.value()).update();
		this.jdbc.sql("DELETE FROM step_source WHERE build_id = :build").param("build", build.value()).update();
	}

}
