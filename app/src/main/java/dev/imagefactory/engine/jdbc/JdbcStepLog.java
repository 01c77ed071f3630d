package dev.imagefactory.engine.jdbc;

import java.io.ByteArrayOutputStream;
import java.time.Clock;
import java.util.concurrent.locks.ReentrantLock;

import dev.imagefactory.engine.LogLines;
import dev.imagefactory.engine.StepLogs.StepLog;
import dev.imagefactory.engine.jdbc.LogTable.Key;
import dev.imagefactory.engine.jdbc.LogTable.Opened;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * One step's log while it is written. Lines wait in memory until they are stored, so that
 * neither a build nor its log hangs on a database that does not answer for a while.
 */
class JdbcStepLog implements StepLog {

	private static final Logger logger = LoggerFactory.getLogger(JdbcStepLog.class);

	private final Key key;

	private final LogTable table;

	private final Clock clock;

	/** Held while storing; lines are taken in meanwhile. */
	private final ReentrantLock storing = new ReentrantLock();

	private ByteArrayOutputStream waiting = new ByteArrayOutputStream();

	private @Nullable LogLines lines;

	private @Nullable Opened opened;

	private int stored;

	private boolean lost;

	private boolean closed;

	private boolean done;

	/**
	 * Creates a log that is not stored yet.
	 * @param key the log
	 * @param table where it is stored
	 * @param clock gives each line its time
	 */
	JdbcStepLog(Key key, LogTable table, Clock clock) {
		this.key = key;
		this.table = table;
		this.clock = clock;
	}

	/**
	 * Which log it is.
	 * @return the build and the step
	 */
	Key key() {
		return this.key;
	}

	/**
	 * Whether it is closed and all of it stored.
	 * @return true when nothing is left to do
	 */
	boolean isDone() {
		this.storing.lock();
		try {
			return this.done;
		}
		finally {
			this.storing.unlock();
		}
	}

	@Override
	public synchronized void line(String text) {
		if (!this.closed && !this.lost) {
			this.waiting.writeBytes(lines().next(this.clock.instant(), text));
		}
	}

	private LogLines lines() {
		LogLines now = this.lines;
		if (now == null) {
			// Not opened yet, because the database is away: counted from there.
			now = new LogLines((this.opened != null) ? this.opened.size() : 0);
			this.lines = now;
		}
		return now;
	}

	@Override
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		store();
	}

	/**
	 * Stores what waits; what cannot be stored now waits on.
	 * @return false when something still waits
	 */
	boolean store() {
		// An interrupt is meant for the build's work, not for its log.
		boolean interrupted = Thread.interrupted();
		this.storing.lock();
		try {
			return this.done || attempt();
		}
		finally {
			this.storing.unlock();
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean attempt() {
		byte[] text = new byte[0];
		try {
			Opened writer = open();
			boolean ends = isClosed();
			text = take();
			if (text.length > 0 && !this.table.append(this.key, writer.writer(), this.stored, text)) {
				lose();
			}
			this.stored += text.length;
			text = new byte[0];
			if (ends) {
				this.table.complete(this.key, writer.writer(), this.clock.instant());
				this.done = true;
			}
			return true;
		}
		catch (DataAccessException | TransactionException ex) {
			giveBack(text);
			logger.warn("Cannot store the log of step {} of {}, trying again: {}", this.key.step().wireName(),
					this.key.build(), ex.getMessage());
			return false;
		}
	}

	private Opened open() {
		Opened now = this.opened;
		if (now == null) {
			now = this.table.open(this.key);
			synchronized (this) {
				this.opened = now;
				this.stored = now.size();
			}
		}
		return now;
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	private synchronized byte[] take() {
		byte[] text = this.waiting.toByteArray();
		this.waiting = new ByteArrayOutputStream();
		return text;
	}

	private synchronized void giveBack(byte[] text) {
		ByteArrayOutputStream again = new ByteArrayOutputStream();
		again.writeBytes(text);
		again.writeBytes(this.waiting.toByteArray());
		this.waiting = again;
	}

	/** Another process took the run over and writes this log now. */
	private synchronized void lose() {
		this.lost = true;
		logger.info("The log of step {} of {} is another process's now", this.key.step().wireName(), this.key.build());
	}

}
