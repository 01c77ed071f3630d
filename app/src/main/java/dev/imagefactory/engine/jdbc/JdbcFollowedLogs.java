package dev.imagefactory.engine.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.jdbc.LogTable.Key;
import dev.imagefactory.engine.jdbc.LogTable.Opened;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Followed logs in the database, where every replica reads them. A log belongs to the
 * replica that took it while that one lives; one that was frozen finds that another has
 * opened the log, and writes no more.
 */
class JdbcFollowedLogs implements FollowedLogs {

	private final LogTable table;

	private final FollowTable follows;

	private final TransactionOperations transactions;

	private final String process;

	private final Clock clock;

	/**
	 * Creates the logs.
	 * @param table where they are stored
	 * @param follows who follows them
	 * @param transactions how to do both
	 * @param process this process, as others know it
	 * @param clock the time
	 */
	JdbcFollowedLogs(LogTable table, FollowTable follows, TransactionOperations transactions, String process,
			Clock clock) {
		this.table = table;
		this.follows = follows;
		this.transactions = transactions;
		this.process = process;
		this.clock = clock;
	}

	@Override
	public Set<String> stored(BuildId build, Step step) {
		return this.follows.sources(new Key(build, step));
	}

	@Override
	public Optional<FollowedLog> take(BuildId build, Step step) {
		Key key = new Key(build, step);
		return Optional.ofNullable(this.transactions.execute((status) -> {
			boolean free = !this.table.isRunComplete(build) && this.follows.take(key, this.process);
			return free ? new Followed(key, this.table.open(key)) : null;
		}));
	}

	@Override
	public boolean isComplete(BuildId build) {
		return this.table.isRunComplete(build);
	}

	@Override
	public void complete(BuildId build) {
		this.transactions.executeWithoutResult((status) -> {
			this.table.completeRun(build, this.clock.instant());
			this.follows.forget(build);
		});
	}

	/** A log that was opened; each append is one transaction. */
	private final class Followed implements FollowedLog {

		private final Key key;

		private final String writer;

		private int size;

		Followed(Key key, Opened opened) {
			this.key = key;
			this.writer = opened.writer();
			this.size = opened.size();
		}

		@Override
		public void read(Consumer<String> lines) {
			int next = 0;
			while (next < this.size) {
				List<Text> parts = JdbcFollowedLogs.this.table.texts(this.key, next);
				if (parts.isEmpty()) {
					return;
				}
				byte[] whole = Text.joined(parts);
				new String(whole, StandardCharsets.UTF_8).lines().forEach(lines);
				next = parts.getFirst().start() + whole.length;
			}
		}

		@Override
		public long size() {
			return this.size;
		}

		@Override
		public void append(byte[] lines) {
			requireMine(JdbcFollowedLogs.this.table.append(this.key, this.writer, this.size, lines));
			this.size += lines.length;
		}

		@Override
		public void stored(String source) {
			requireMine(JdbcFollowedLogs.this.follows.store(this.key, this.writer, source));
		}

		@Override
		public void close() {
			JdbcFollowedLogs.this.table.complete(this.key, this.writer, JdbcFollowedLogs.this.clock.instant());
			JdbcFollowedLogs.this.follows.giveBack(this.key, JdbcFollowedLogs.this.process);
		}

		private void requireMine(boolean mine) {
			if (!mine) {
				throw new LogTaken(this.key.build(), this.key.step());
			}
		}

	}

}
