package dev.imagefactory.engine.jdbc;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The tables {@code step_log} and {@code step_log_part}. Only the last one who opened a
 * log may write to it: a process that lost its run writes nothing into it any more.
 */
class LogTable {

	/** Far below the 1,000,000 bytes that a row may hold, also where nothing shrinks. */
	private static final int LARGEST_PART = 512 * 1024;

	private static final int MOST_PARTS = 64;

	private static final String RUN = "";

	private final JdbcClient jdbc;

	private final TransactionTemplate transactions;

	/**
	 * Creates the tables' reader and writer.
	 * @param jdbc the database
	 * @param transactions its transactions
	 */
	LogTable(JdbcClient jdbc, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.transactions = new TransactionTemplate(transactions);
	}

	/**
	 * Makes somebody the writer of a log, which is open from then on.
	 * @param log the log
	 * @return the writer's name and how many bytes were written before
	 */
	Opened open(Key log) {
		String writer = UlidCreator.getMonotonicUlid().toString();
		return this.transactions.execute((status) -> {
			this.jdbc.sql("DELETE FROM step_log WHERE build_id = :build AND step = :run")
				.param("build", log.build().value())
				.param("run", RUN)
				.update();
			this.jdbc.sql("""
					INSERT INTO step_log (build_id, step, writer, size) VALUES (:build, :step, :writer, 0)
					ON CONFLICT DO NOTHING""")
				.param("build", log.build().value())
				.param("step", log.step().wireName())
				.param("writer", writer)
				.update();
			this.jdbc.sql("""
					UPDATE step_log SET writer = :writer, completed_at = NULL
					WHERE build_id = :build AND step = :step""")
				.param("writer", writer)
				.param("build", log.build().value())
				.param("step", log.step().wireName())
				.update();
			return new Opened(writer, find(log).orElseThrow().size());
		});
	}

	/**
	 * Appends to a log.
	 * @param log the log
	 * @param writer who opened it
	 * @param at how many bytes were written before
	 * @param text whole lines
	 * @return false when somebody else opened it since; nothing is written then
	 */
	boolean append(Key log, String writer, int at, byte[] text) {
		return this.transactions.execute((status) -> {
			int mine = this.jdbc.sql("""
					UPDATE step_log SET size = :size
					WHERE build_id = :build AND step = :step AND writer = :writer AND size = :at""")
				.param("size", at + text.length)
				.param("build", log.build().value())
				.param("step", log.step().wireName())
				.param("writer", writer)
				.param("at", at)
				.update();
			if (mine == 1) {
				insert(log, at, text);
			}
			return mine == 1 || holds(log, writer, at + text.length);
		});
	}

	/** It was appended before, and only the answer was lost. */
	private boolean holds(Key log, String writer, int size) {
		return this.jdbc.sql("""
				SELECT COUNT(*) FROM step_log
				WHERE build_id = :build AND step = :step AND writer = :writer AND size = :size""")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.param("writer", writer)
			.param("size", size)
			.query(Integer.class)
			.single() == 1;
	}

	private void insert(Key log, int start, byte[] text) {
		this.jdbc
			.sql("INSERT INTO step_log_part (build_id, step, start_at, bytes) VALUES (:build, :step, :start, :bytes)")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.param("start", start)
			.param("bytes", Compressed.of(text))
			.update();
	}

	/**
	 * Ends a log and puts its many small parts together.
	 * @param log the log
	 * @param writer who opened it; others change nothing
	 * @param now now
	 */
	void complete(Key log, String writer, Instant now) {
		this.transactions.executeWithoutResult((status) -> {
			int mine = this.jdbc.sql("""
					UPDATE step_log SET completed_at = :now
					WHERE build_id = :build AND step = :step AND writer = :writer""")
				.param("now", utc(now))
				.param("build", log.build().value())
				.param("step", log.step().wireName())
				.param("writer", writer)
				.update();
			if (mine == 1) {
				merge(log);
			}
		});
	}

	private void merge(Key log) {
		List<Text> parts = texts(log, 0, Integer.MAX_VALUE);
		if (parts.size() < 2) {
			return;
		}
		delete("step_log_part", log);
		byte[] all = Text.joined(parts);
		for (int from = 0; from < all.length; from += LARGEST_PART) {
			insert(log, from, Arrays.copyOfRange(all, from, Math.min(all.length, from + LARGEST_PART)));
		}
	}

	private void delete(String table, Key log) {
		this.jdbc.sql("DELETE FROM " + table + " WHERE build_id = :build AND step = :step")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.update();
	}

	/**
	 * Notes that a run is over.
	 * @param build the run's build
	 * @param now now
	 */
	void completeRun(BuildId build, Instant now) {
		this.jdbc.sql("""
				INSERT INTO step_log (build_id, step, writer, size, completed_at)
				VALUES (:build, :run, :run, 0, :now) ON CONFLICT DO NOTHING""")
			.param("build", build.value())
			.param("run", RUN)
			.param("now", utc(now))
			.update();
	}

	/**
	 * Whether a run is over.
	 * @param build the run's build
	 * @return false also when retention removed its logs
	 */
	boolean isRunComplete(BuildId build) {
		return this.jdbc.sql("SELECT COUNT(*) FROM step_log WHERE build_id = :build AND step = :run")
			.param("build", build.value())
			.param("run", RUN)
			.query(Integer.class)
			.single() > 0;
	}

	/**
	 * Looks for a log.
	 * @param log the log
	 * @return empty when there is none
	 */
	Optional<Header> find(Key log) {
		return this.jdbc.sql("SELECT size, completed_at FROM step_log WHERE build_id = :build AND step = :step")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.query((row, number) -> new Header(row.getInt("size"), row.getObject("completed_at") != null))
			.optional();
	}

	/**
	 * Reads the parts of a log from the one that holds an offset.
	 * @param log the log
	 * @param offset the offset
	 * @return a few parts, in order
	 */
	List<Text> texts(Key log, int offset) {
		return texts(log, offset, MOST_PARTS);
	}

	private List<Text> texts(Key log, int offset, int limit) {
		return this.jdbc.sql("""
				SELECT start_at, bytes FROM step_log_part
				WHERE build_id = :build AND step = :step AND start_at >= COALESCE((
				    SELECT MAX(start_at) FROM step_log_part
				    WHERE build_id = :build AND step = :step AND start_at <= :offset), 0)
				ORDER BY start_at LIMIT :limit""")
			.param("build", log.build().value())
			.param("step", log.step().wireName())
			.param("offset", offset)
			.param("limit", limit)
			.query((row, number) -> new Text(row.getInt("start_at"), Compressed.expand(row.getBytes("bytes"))))
			.list();
	}

	/**
	 * The steps that have a log.
	 * @param build the build
	 * @return their names, in any order
	 */
	List<String> steps(BuildId build) {
		return this.jdbc.sql("SELECT step FROM step_log WHERE build_id = :build AND step <> :run")
			.param("build", build.value())
			.param("run", RUN)
			.query(String.class)
			.list();
	}

	/**
	 * Deletes the logs of runs that ended long ago.
	 * @param before runs that ended before this time
	 * @param limit the most runs to look at in one go
	 * @return how many builds' logs were deleted
	 */
	int forget(Instant before, int limit) {
		List<String> builds = this.jdbc.sql("""
				SELECT build_id FROM step_log WHERE step = :run AND completed_at < :before
				ORDER BY completed_at LIMIT :limit""")
			.param("run", RUN)
			.param("before", utc(before))
			.param("limit", limit)
			.query(String.class)
			.list();
		builds.forEach((build) -> this.transactions.executeWithoutResult((status) -> {
			this.jdbc.sql("DELETE FROM step_log_part WHERE build_id = :build").param("build", build).update();
			this.jdbc.sql("DELETE FROM step_log WHERE build_id = :build").param("build", build).update();
		}));
		return builds.size();
	}

	private static OffsetDateTime utc(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	/**
	 * One step's log.
	 *
	 * @param build the build
	 * @param step the step
	 */
	record Key(BuildId build, Step step) {
	}

	/**
	 * A log that somebody opened.
	 *
	 * @param writer the name under which to write
	 * @param size how many bytes were written before
	 */
	record Opened(String writer, int size) {
	}

	/**
	 * What is known of a log.
	 *
	 * @param size how many bytes it has
	 * @param complete whether its step is over
	 */
	record Header(int size, boolean complete) {
	}

}
