package dev.imagefactory.engine.local;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import dev.imagefactory.engine.local.StopSignal.Cause;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * A run that this process owns. Whatever changes is written first and told afterwards; a
 * database that does not answer is asked again for as long as the lease lasts.
 */
final class LiveRun implements RecordedCommands.Ledger {

	private static final Logger logger = LoggerFactory.getLogger(LiveRun.class);

	private static final Duration ASK_AGAIN = Duration.ofMillis(500);

	private final Run run;

	private final String owner;

	private final LocalRuns runs;

	private final Clock clock;

	private final Consumer<BuildId> changed;

	private final StopSignal signal = new StopSignal();

	private final AtomicBoolean claimed = new AtomicBoolean();

	private volatile Instant leaseUntil;

	private RunProgress progress;

	/**
	 * Takes a stored run into memory.
	 * @param row the run, owned by this process
	 * @param runs where it is stored
	 * @param clock the time
	 * @param changed told after every change
	 */
	LiveRun(LocalRun row, LocalRuns runs, Clock clock, Consumer<BuildId> changed) {
		this.run = row.run();
		this.owner = row.owner();
		this.leaseUntil = row.leaseUntil();
		this.progress = row.progress();
		this.runs = runs;
		this.clock = clock;
		this.changed = changed;
	}

	/**
	 * What to run.
	 * @return the run
	 */
	Run run() {
		return this.run;
	}

	/**
	 * The run's name.
	 * @return the build's id
	 */
	BuildId build() {
		return this.run.build();
	}

	/**
	 * What ends it early.
	 * @return the signal
	 */
	StopSignal signal() {
		return this.signal;
	}

	/**
	 * Makes the caller the one who carries the run out or ends it.
	 * @return false when somebody else is that already
	 */
	boolean claim() {
		return this.claimed.compareAndSet(false, true);
	}

	/**
	 * How far it has come.
	 * @return the progress as it was written last
	 */
	synchronized RunProgress progress() {
		return this.progress;
	}

	/**
	 * Notes that the lease was renewed.
	 * @param until its new end
	 */
	void renewed(Instant until) {
		this.leaseUntil = until;
	}

	/**
	 * Whether the lease is over, as far as this process knows.
	 * @param now the time
	 * @return true when nothing may be written any more
	 */
	boolean isLeaseOver(Instant now) {
		return !this.leaseUntil.isAfter(now);
	}

	/**
	 * Writes a change, and thereby checks that the run is still ours.
	 * @param change the change
	 * @throws RunGivenUp when it is not ours any more
	 */
	void update(UnaryOperator<RunProgress> change) {
		this.signal.shielded(() -> {
			write(change);
			this.changed.accept(build());
		});
	}

	/**
	 * Checks that the run is still ours.
	 * @throws RunGivenUp when it is not
	 */
	void confirm() {
		this.signal.shielded(() -> write(UnaryOperator.identity()));
	}

	@Override
	public void began(ChildProcess child) {
		this.signal.shielded(() -> write((now) -> now.with(child)));
	}

	@Override
	public void ended(ChildProcess child) {
		this.signal.shielded(() -> write((now) -> now.without(child)));
	}

	private synchronized void write(UnaryOperator<RunProgress> change) {
		RunProgress next = change.apply(this.progress);
		while (!isSaved(next)) {
			LockSupport.parkNanos(ASK_AGAIN.toNanos());
		}
		this.progress = next;
	}

	private boolean isSaved(RunProgress next) {
		Instant now = this.clock.instant();
		if (isLeaseOver(now)) {
			throw givenUp();
		}
		try {
			if (!this.runs.save(build(), this.owner, next, now)) {
				throw givenUp();
			}
			return true;
		}
		catch (DataIntegrityViolationException ex) {
			throw ex;
		}
		catch (DataAccessException ex) {
			if (this.signal.cause() == Cause.SHUTDOWN) {
				throw givenUp();
			}
			logger.warn("Cannot store the progress of {}, trying again: {}", build(), ex.getMessage());
			return false;
		}
	}

	private RunGivenUp givenUp() {
		this.signal.raise(Cause.LEASE_LOST);
		return new RunGivenUp("The lease of " + build() + " is over: this process goes on with it no more");
	}

}
