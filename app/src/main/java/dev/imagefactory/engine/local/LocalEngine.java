package dev.imagefactory.engine.local;

import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.engine.local.StopSignal.Cause;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Runs builds on this host, a few at a time. The stored rows are the truth: a run that
 * this process does not end is taken up again by the next one.
 */
final class LocalEngine implements Engine, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LocalEngine.class);

	private final LocalRuns runs;

	private final Tools tools;

	private final Tenancy tenancy;

	private final Clock clock;

	private final Map<BuildId, LiveRun> live = new ConcurrentHashMap<>();

	private final List<Consumer<BuildId>> listeners = new CopyOnWriteArrayList<>();

	private final ExecutorService slots;

	private final int slotCount;

	private final ScheduledThreadPoolExecutor timer;

	private volatile boolean open;

	/**
	 * Creates the engine; it takes runs after {@link #start()}.
	 * @param runs the stored runs
	 * @param tools what the steps work with
	 * @param tenancy who this process is and for how long runs belong to it
	 * @param slots how many runs are carried out at a time
	 */
	LocalEngine(LocalRuns runs, Tools tools, Tenancy tenancy, int slots) {
		this.runs = runs;
		this.tools = tools;
		this.tenancy = tenancy;
		this.clock = tools.clock();
		this.slotCount = slots;
		this.slots = Executors.newFixedThreadPool(slots, Thread.ofPlatform().name("local-run-", 1).factory());
		this.timer = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("local-lease").factory());
		this.timer.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
		this.timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public String name() {
		return "local";
	}

	/**
	 * Takes up the runs that an earlier process left, their children dead, and begins to
	 * take new ones.
	 */
	void start() {
		this.open = true;
		takeOver();
		long period = this.tenancy.renewEvery().toMillis();
		this.timer.scheduleWithFixedDelay(this::tick, period, period, TimeUnit.MILLISECONDS);
	}

	@Override
	public Submission submit(Run run) {
		if (run.order().recipe().kind() != OrderKind.BUILD) {
			return new Submission.Refused(new RunResult.Errored("retag-unsupported",
					"This version of the local engine cannot add tags to an image that is already published"));
		}
		if (!this.open) {
			throw new EngineUnavailable("Cannot start " + run.build() + ": the local engine is not running");
		}
		LocalRun row = new LocalRun(run, this.tenancy.process(), leaseEnd(), false, 0,
				RunProgress.fresh(waiting("Waits for one of the " + this.slotCount + " build slots of this host")));
		boolean inserted = asked("start", run.build(), () -> this.runs.insert(row));
		if (inserted) {
			enqueue(row);
		}
		return new Submission.Accepted();
	}

	private static RunPhase.Waiting waiting(String detail) {
		return new RunPhase.Waiting("local-slots", detail);
	}

	private Instant leaseEnd() {
		return this.clock.instant().plus(this.tenancy.lease());
	}

	@Override
	public Optional<RunStatus> find(BuildId build) {
		return asked("find", build, () -> this.runs.find(build).map(LocalRun::status));
	}

	@Override
	public List<RunStatus> list() {
		return asked("list", "the runs", this.runs::statuses);
	}

	@Override
	public void stop(BuildId build) {
		asked("stop", build, () -> {
			this.runs.askStop(build);
			return build;
		});
		LiveRun run = this.live.get(build);
		if (run != null) {
			stopNow(run);
		}
	}

	@Override
	public void release(BuildId build) {
		asked("release", build, () -> {
			Optional<LocalRun> row = this.runs.find(build);
			if (row.isEmpty() || row.get().progress().isEnded()) {
				WorkFolder.of(this.tools.dataDirectory(), build).delete();
				this.runs.deleteEnded(build);
			}
			return build;
		});
	}

	@Override
	public void onChange(Consumer<BuildId> listener) {
		this.listeners.add(listener);
	}

	private <T> T asked(String action, Object subject, Supplier<T> work) {
		try {
			return work.get();
		}
		catch (DataAccessException | UncheckedIOException ex) {
			throw new EngineUnavailable(
					"Cannot " + action + " " + subject
							+ " in the local engine, because its database or its files do not answer; ask again later",
					ex);
		}
	}

	private void tell(BuildId build) {
		for (Consumer<BuildId> listener : this.listeners) {
			try {
				listener.accept(build);
			}
			catch (RuntimeException ex) {
				logger.warn("A listener failed on the change of {}; the next listing tells it again", build, ex);
			}
		}
	}

	private void enqueue(LocalRun row) {
		LiveRun run = new LiveRun(row, this.runs, this.clock, this::tell);
		this.live.put(row.build(), run);
		tell(row.build());
		if (row.stopAsked()) {
			stopNow(run);
			return;
		}
		try {
			this.slots.execute(() -> carryOut(run));
		}
		catch (RejectedExecutionException ex) {
			this.live.remove(row.build());
		}
	}

	private void carryOut(LiveRun run) {
		if (!this.open || !run.claim()) {
			return;
		}
		ScheduledFuture<?> timeout = this.timer.schedule(() -> run.signal().raise(Cause.TIMED_OUT),
				run.run().limits().timeout().toMillis(), TimeUnit.MILLISECONDS);
		try {
			finished(run, execution(run)::carryOut);
		}
		finally {
			timeout.cancel(false);
		}
	}

	private RunExecution execution(LiveRun run) {
		return new RunExecution(run, this.tools,
				new RecordedCommands(run.build(), run, this.tools.grace(), RecordedCommands.findSetsid()));
	}

	/** A run that still waits is ended here and now; any other ends itself. */
	private void stopNow(LiveRun run) {
		run.signal().raise(Cause.ASKED);
		if (run.claim()) {
			finished(run, () -> execution(run).end(new RunResult.Stopped("Stopped before its first step")));
		}
	}

	private void finished(LiveRun run, Runnable work) {
		try {
			work.run();
		}
		catch (RunGivenUp ex) {
			logger.info("{}", ex.getMessage());
		}
		catch (RuntimeException ex) {
			logger.error("The end of {} cannot be stored; it is taken up again when its lease is over", run.build(),
					ex);
		}
		finally {
			this.live.remove(run.build(), run);
		}
	}

	/**
	 * Every part runs although another failed: a listing that fails must not end leases.
	 */
	private void tick() {
		attempt("renew its leases", this::renew);
		attempt("take over runs", this::takeOver);
		this.live.values().forEach((run) -> run.signal().remind());
	}

	private void attempt(String what, Runnable work) {
		try {
			work.run();
		}
		catch (RuntimeException ex) {
			logger.warn("The local engine cannot {}: {}", what, ex.getMessage());
		}
		Instant now = this.clock.instant();
		this.live.values().stream().filter((run) -> run.isLeaseOver(now)).forEach(LocalEngine::lose);
	}

	private static void lose(LiveRun run) {
		run.signal().raise(Cause.LEASE_LOST);
	}

	private void renew() {
		List<LiveRun> before = List.copyOf(this.live.values());
		Instant now = this.clock.instant();
		Instant until = now.plus(this.tenancy.lease());
		this.runs.renew(this.tenancy.process(), now, until);
		Map<BuildId, Boolean> owned = this.runs.owned(this.tenancy.process(), now);
		for (LiveRun run : before) {
			Boolean stop = owned.get(run.build());
			if (stop == null) {
				lose(run);
				continue;
			}
			run.renewed(until);
			if (stop) {
				stopNow(run);
			}
		}
	}

	private void takeOver() {
		for (LocalRun row : this.runs.unended()) {
			boolean mine = this.live.containsKey(row.build());
			if (this.open && !mine
					&& this.tenancy.takeover().allows(row, this.tenancy.process(), this.clock.instant())) {
				takeOver(row);
			}
		}
	}

	/** The children go first: what they hold or write would spoil the next start. */
	private void takeOver(LocalRun row) {
		Instant until = leaseEnd();
		if (!this.runs.take(row, this.tenancy.process(), until)) {
			return;
		}
		logger.info("Taking up {} again, which {} left", row.build(), row.owner());
		new ChildTree(row.progress().children(), RecordedCommands.marker(row.build())).end(Duration.ZERO);
		RunProgress progress = row.progress()
			.waiting(waiting("The service was interrupted; the run is taken up again when a build slot is free"));
		this.runs.save(row.build(), this.tenancy.process(), progress, this.clock.instant());
		enqueue(new LocalRun(row.run(), this.tenancy.process(), until, row.stopAsked(), row.version(), progress));
	}

	/**
	 * Ends the runs' children and leaves the runs as they are, for the next process to
	 * take up; new runs are refused.
	 */
	@Override
	public void close() {
		this.open = false;
		this.live.values().forEach((run) -> run.signal().raise(Cause.SHUTDOWN));
		this.slots.shutdown();
		boolean ended = awaitSlots();
		this.timer.close();
		if (ended) {
			attempt("end its leases", () -> this.runs.giveUp(this.tenancy.process(), this.clock.instant()));
		}
	}

	/** A run that does not end keeps its lease to the end, but not its children. */
	private boolean awaitSlots() {
		try {
			if (this.slots.awaitTermination(this.tenancy.patience().toMillis(), TimeUnit.MILLISECONDS)) {
				return true;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.live.keySet()
			.forEach((build) -> new ChildTree(List.of(), RecordedCommands.marker(build)).end(Duration.ZERO));
		return false;
	}

}
