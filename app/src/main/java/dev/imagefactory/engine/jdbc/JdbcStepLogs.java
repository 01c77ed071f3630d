package dev.imagefactory.engine.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.jdbc.LogTable.Header;
import dev.imagefactory.engine.jdbc.LogTable.Key;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;

/**
 * Step logs in the database, where every replica reads them, also while they are written:
 * new lines are stored within a moment.
 */
class JdbcStepLogs implements StepLogs, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(JdbcStepLogs.class);

	private static final Duration STORE_EVERY = Duration.ofMillis(300);

	/** The most bytes that one read returns. */
	private static final int MOST_READ = 256 * 1024;

	private final LogTable table;

	private final Clock clock;

	private final Set<JdbcStepLog> open = ConcurrentHashMap.newKeySet();

	/** Runs that are over, which could not be stored yet. */
	private final Set<BuildId> over = ConcurrentHashMap.newKeySet();

	private final ScheduledThreadPoolExecutor timer;

	/**
	 * Creates the logs.
	 * @param table where they are stored
	 * @param clock gives each line its time
	 */
	JdbcStepLogs(LogTable table, Clock clock) {
		this.table = table;
		this.clock = clock;
		this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("step-logs").factory());
		this.timer.scheduleWithFixedDelay(this::storeAll, STORE_EVERY.toMillis(), STORE_EVERY.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	@Override
	public StepLog open(BuildId build, Step step) {
		JdbcStepLog log = new JdbcStepLog(new Key(build, step), this.table, this.clock);
		log.store();
		this.open.add(log);
		return log;
	}

	private void storeAll() {
		this.open.forEach(this::store);
		this.over.forEach(this::storeEnd);
	}

	/** No build waits for this: its end is worth more than its log's. */
	private void storeEnd(BuildId build) {
		try {
			this.table.completeRun(build, this.clock.instant());
			this.over.remove(build);
		}
		catch (DataAccessException ex) {
			logger.warn("Cannot mark the logs of {} as complete, trying again: {}", build, ex.getMessage());
		}
	}

	private void store(JdbcStepLog log) {
		if (log.store() && log.isDone()) {
			this.open.remove(log);
		}
	}

	@Override
	public void complete(BuildId build) {
		this.open.stream().filter((log) -> log.key().build().equals(build)).forEach(this::store);
		this.over.add(build);
		storeEnd(build);
	}

	@Override
	public Part read(BuildId build, Step step, long offset) {
		Key key = new Key(build, step);
		this.open.stream().filter((log) -> log.key().equals(key)).forEach(this::store);
		boolean isOpen = this.open.stream().anyMatch((log) -> log.key().equals(key));
		boolean runOver = this.table.isRunComplete(build);
		Optional<Header> header = this.table.find(key);
		int from = (int) Math.min(Math.max(0, offset), Integer.MAX_VALUE);
		if (header.isEmpty() || from >= header.get().size()) {
			boolean over = !isOpen && (runOver || header.filter(Header::complete).isPresent());
			return new Part("", Math.max(0, offset), over);
		}
		boolean over = !isOpen && (runOver || header.get().complete());
		return part(this.table.texts(key, from), from, over ? header.get().size() : Integer.MAX_VALUE);
	}

	/** Parts hold whole lines, and a line never fills a whole read. */
	private static Part part(List<Text> parts, int from, int end) {
		if (parts.isEmpty()) {
			return new Part("", from, false);
		}
		byte[] all = Text.joined(parts);
		int start = from - parts.getFirst().start();
		int most = Math.min(all.length - start, MOST_READ);
		int length = (most < all.length - start) ? afterLastLine(all, start, most) : most;
		String text = new String(all, start, length, StandardCharsets.UTF_8);
		return new Part(text, (long) from + length, from + length >= end);
	}

	private static int afterLastLine(byte[] bytes, int start, int most) {
		int length = most;
		while (length > 0 && bytes[start + length - 1] != '\n') {
			length--;
		}
		return (length > 0) ? length : most;
	}

	@Override
	public List<Step> steps(BuildId build) {
		List<String> names = this.table.steps(build);
		return Arrays.stream(Step.values()).filter((step) -> names.contains(step.wireName())).toList();
	}

	/** Stores what still waits; the database goes away after this. */
	@Override
	public void close() {
		this.timer.shutdownNow();
		storeAll();
	}

}
