package dev.imagefactory.engine.local;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.local.StopSignal.Cause;
import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the runs of this process its own, sees what was asked of them elsewhere, and
 * takes up the runs of processes that are gone.
 */
final class RunLeases {

	private static final Logger logger = LoggerFactory.getLogger(RunLeases.class);

	private static final Duration PATIENCE_FOR_DATABASE = Duration.ofSeconds(2);

	private final LocalRuns runs;

	private final RunSlots slots;

	private final Tenancy tenancy;

	private final Clock clock;

	private final ScheduledThreadPoolExecutor timer;

	private volatile boolean closing;

	/**
	 * Creates the leases; nothing happens before {@link #start()}.
	 * @param runs the stored runs
	 * @param slots the runs of this process
	 * @param tenancy who this process is and for how long runs belong to it
	 * @param clock the time
	 */
	RunLeases(LocalRuns runs, RunSlots slots, Tenancy tenancy, Clock clock) {
		this.runs = runs;
		this.slots = slots;
		this.tenancy = tenancy;
		this.clock = clock;
		this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("local-lease").factory());
		this.timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
	}

	/** Takes up what an earlier process left, and goes on watching. */
	void start() {
		takeOver();
		long period = this.tenancy.renewEvery().toMillis();
		this.timer.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
	}

	/**
	 * A fresh lease.
	 * @return its end
	 */
	Instant leaseEnd() {
		return this.clock.instant().plus(this.tenancy.lease());
	}

	/** Takes up no more runs, but keeps those of this process. */
	void keepOnly() {
		this.closing = true;
	}

	/**
	 * Stops watching.
	 * @param giveUp whether the runs may be taken up by others at once
	 */
	void close(boolean giveUp) {
		this.timer.shutdown();
		try {
			this.timer.awaitTermination(PATIENCE_FOR_DATABASE.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (giveUp) {
			attempt("end its leases", () -> this.runs.giveUp(this.tenancy.process(), this.clock.instant()));
		}
	}

	/** Every part runs although another failed. */
	private void tick() {
		attempt("renew its leases", this::renew);
		Instant now = this.clock.instant();
		this.slots.live().stream().filter((run) -> run.isLeaseOver(now)).forEach(RunLeases::lose);
		attempt("take up runs of others", this::takeOver);
		this.slots.live().forEach((run) -> run.signal().remind());
	}

	private static void attempt(String what, Runnable work) {
		try {
			work.run();
		}
		catch (RuntimeException ex) {
			logger.warn("The local engine cannot {}, trying again later", what, ex);
		}
	}

	private static void lose(LiveRun run) {
		run.signal().raise(Cause.LEASE_LOST);
	}

	/**
	 * A row that is ours while nothing here knows its run would never move again, so only
	 * what is in hand is renewed.
	 */
	private void renew() {
		Collection<LiveRun> before = this.slots.live();
		Instant now = this.clock.instant();
		Instant until = now.plus(this.tenancy.lease());
		this.runs.renew(this.tenancy.process(),
				before.stream().map(LiveRun::build).collect(Collectors.toUnmodifiableSet()), now, until);
		Map<BuildId, Boolean> owned = this.runs.owned(this.tenancy.process(), now);
		for (LiveRun run : before) {
			Boolean stop = owned.get(run.build());
			if (stop == null) {
				lose(run);
				continue;
			}
			run.renewed(until);
			if (stop) {
				this.slots.stop(run);
			}
		}
	}

	private void takeOver() {
		for (LocalRun row : this.runs.unended()) {
			if (!this.closing && this.slots.find(row.build()) == null
					&& this.tenancy.takeover().allows(row, this.tenancy.process(), this.clock.instant())) {
				takeOver(row);
			}
		}
	}

	/**
	 * The children go first: what they hold or write would spoil the next start. Those of
	 * another host are not seen here; their process ends them when it finds its lease
	 * over.
	 */
	private void takeOver(LocalRun row) {
		String process = this.tenancy.process();
		Instant until = leaseEnd();
		if (!this.runs.take(row, process, until)) {
			return;
		}
		logger.info("Taking up {}, which process {} left", row.build(), row.owner());
		if (!new ChildTree(row.progress().children(), RecordedCommands.marker(row.build())).end(Duration.ZERO)) {
			this.runs.giveBack(row.build(), process, this.clock.instant());
			return;
		}
		RunProgress progress = row.progress()
			.waiting(new RunPhase.Waiting("local-slots",
					"The service was interrupted; the build goes on when a build slot is free"));
		if (this.runs.save(row.build(), process, progress, this.clock.instant())) {
			this.slots.add(new LocalRun(row.run(), process, until, row.stopAsked(), row.version(), progress));
		}
	}

}
