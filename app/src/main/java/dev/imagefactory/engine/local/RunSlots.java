package dev.imagefactory.engine.local;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.imagefactory.engine.local.StopSignal.Cause;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runs of this process, a few of them carried out at a time, the others in line. */
final class RunSlots {

	private static final Logger logger = LoggerFactory.getLogger(RunSlots.class);

	private final LocalRuns runs;

	private final Tools tools;

	private final Consumer<BuildId> changed;

	private final Map<BuildId, LiveRun> live = new ConcurrentHashMap<>();

	private final ExecutorService slots;

	private final ScheduledThreadPoolExecutor timeouts;

	private volatile boolean closed;

	/**
	 * Creates the slots.
	 * @param runs where runs are stored
	 * @param tools what the steps work with
	 * @param slots how many runs are carried out at a time
	 * @param changed told after every change of a run
	 */
	RunSlots(LocalRuns runs, Tools tools, int slots, Consumer<BuildId> changed) {
		this.runs = runs;
		this.tools = tools;
		this.changed = changed;
		this.slots = Executors.newFixedThreadPool(slots, Thread.ofPlatform().name("local-run-", 1).factory());
		this.timeouts = new ScheduledThreadPoolExecutor(1,
				Thread.ofPlatform().daemon().name("local-timeout").factory());
		this.timeouts.setRemoveOnCancelPolicy(true);
	}

	/**
	 * The runs that have not ended.
	 * @return a copy
	 */
	Collection<LiveRun> live() {
		return List.copyOf(this.live.values());
	}

	/**
	 * Looks for a run that has not ended.
	 * @param build its name
	 * @return null when this process has none
	 */
	@Nullable LiveRun find(BuildId build) {
		return this.live.get(build);
	}

	/**
	 * Puts a run into the line.
	 * @param row the run, owned by this process
	 */
	void add(LocalRun row) {
		LiveRun run = new LiveRun(row, this.runs, this.tools.clock(), this.changed);
		this.live.put(row.build(), run);
		this.changed.accept(row.build());
		if (row.stopAsked()) {
			stop(run);
			return;
		}
		try {
			this.slots.execute(() -> carryOut(run));
		}
		catch (RejectedExecutionException ex) {
			// This process ends; the next one takes the row up.
			this.live.remove(row.build());
		}
	}

	private void carryOut(LiveRun run) {
		if (this.closed || !run.claim()) {
			return;
		}
		ScheduledFuture<?> timeout = this.timeouts.schedule(() -> run.signal().raise(Cause.TIMED_OUT),
				run.run().limits().timeout().toMillis(), TimeUnit.MILLISECONDS);
		try {
			finish(run, execution(run)::carryOut);
		}
		finally {
			timeout.cancel(false);
		}
	}

	private RunExecution execution(LiveRun run) {
		return new RunExecution(run, this.tools,
				new RecordedCommands(run.build(), run, this.tools.grace(), RecordedCommands.findSetsid()));
	}

	/**
	 * Stops a run: one that still waits ends here and now, any other ends itself.
	 * @param run the run
	 */
	void stop(LiveRun run) {
		run.signal().raise(Cause.ASKED);
		if (run.claim()) {
			finish(run, () -> execution(run).end(new RunResult.Stopped("Stopped before its first step")));
		}
	}

	private void finish(LiveRun run, Runnable work) {
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
	 * Interrupts all runs without ending them, and waits until their children are dead.
	 * @param patience how long to wait
	 * @return false when a run did not let itself be interrupted in time; its children
	 * are dead all the same
	 */
	boolean close(Duration patience) {
		this.closed = true;
		live().forEach((run) -> run.signal().raise(Cause.SHUTDOWN));
		this.slots.shutdown();
		boolean ended = awaitSlots(patience);
		this.timeouts.shutdownNow();
		if (!ended) {
			live().forEach((run) -> new ChildTree(List.of(), RecordedCommands.marker(run.build())).end(Duration.ZERO));
		}
		return ended;
	}

	private boolean awaitSlots(Duration patience) {
		try {
			return this.slots.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
