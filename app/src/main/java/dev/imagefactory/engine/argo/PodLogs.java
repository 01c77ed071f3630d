package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.argo.PodApi.LogsRefused;
import dev.imagefactory.engine.argo.StepFollow.Progress;
import dev.imagefactory.pipeline.BuildId;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what the pods of our runs write, while they write it and before they may go.
 * Which replica does so for a step is settled in the store. Only so many logs are
 * followed at a time; the others are read in turns, and those of ended pods first.
 */
final class PodLogs implements RunLogs {

	private static final Logger logger = LoggerFactory.getLogger(PodLogs.class);

	private static final Duration QUIET = Duration.ofSeconds(10);

	/** For what is in hand when this process ends. */
	private static final Duration LAST_WORK = Duration.ofSeconds(3);

	private final FollowedLogs store;

	private final TryReader reader;

	private final Limits limits;

	private final LongSupplier nanos;

	private final CountDownLatch closed;

	private final Map<BuildId, RunItem> runs = new ConcurrentHashMap<>();

	private final Semaphore follows;

	private final Semaphore reads;

	/** Namespaces in which the account may not read logs, as was said already. */
	private final Set<String> forbidden = ConcurrentHashMap.newKeySet();

	private volatile long told;

	private volatile Consumer<BuildId> listener = (build) -> {
	};

	/**
	 * Creates the work; nothing happens before {@link #start()}.
	 * @param store where logs are stored
	 * @param pods where they come from
	 * @param archive where they are when the pods are gone
	 * @param limits how many at a time
	 * @param nanos a clock that only goes forward
	 */
	PodLogs(FollowedLogs store, PodApi pods, ArchivedLog archive, Limits limits, LongSupplier nanos) {
		this.closed = new CountDownLatch(1);
		this.store = new GentleLogs(store);
		this.reader = new TryReader(pods, archive, this.closed);
		this.limits = limits;
		this.nanos = nanos;
		this.follows = new Semaphore(limits.follows());
		this.reads = new Semaphore(limits.reads());
		this.told = nanos.getAsLong() - QUIET.toNanos() - 1;
	}

	/**
	 * Registers who wants to know that all logs of a run that is over are stored.
	 * @param listener called on any thread, and must return at once
	 */
	void onStored(Consumer<BuildId> listener) {
		this.listener = listener;
	}

	@Override
	public void start() {
		Thread.ofVirtual().name("pod-logs").start(() -> {
			while (!isClosed()) {
				attempt();
			}
		});
	}

	private boolean isClosed() {
		try {
			return this.closed.await(this.limits.beat().toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	@Override
	public void saw(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		attempt(workflow, (run) -> {
		});
	}

	@Override
	public void archived(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		attempt(workflow, RunItem::gone);
	}

	private void attempt(IoArgoprojWorkflowV1alpha1Workflow workflow, Consumer<RunItem> then) {
		try {
			then.accept(see(workflow));
		}
		catch (RuntimeException ex) {
			logger.error("The logs of {} cannot be followed", workflow.getMetadata().getName(), ex);
		}
	}

	private RunItem see(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		BuildId build = BuildId.of(workflow.getMetadata().getName());
		RunItem run = this.runs.computeIfAbsent(build, RunItem::new);
		long now = this.nanos.getAsLong();
		run.saw(StepTries.of(workflow), (tries) -> new StepItem(new StepFollow(this.store, this.reader, tries), now),
				now);
		boolean over = new ArgoRun(workflow, new RunNodes(Map.of())).isTerminal();
		if (over) {
			run.over(now);
		}
		return run;
	}

	@Override
	public void keepOnly(Collection<BuildId> builds) {
		this.runs.values()
			.removeIf((run) -> !builds.contains(run.build()) && !run.isBusy() && !(run.isAwaited() && !isLate(run)));
	}

	@Override
	public boolean mayGo(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		RunItem run = see(workflow);
		boolean late = isLate(run);
		if (late && !run.isStored()) {
			logger.warn("Not all logs of {} are stored, and it is not waited for them any longer", run.build());
			complete(run);
		}
		return late || run.isStored();
	}

	private boolean isLate(RunItem run) {
		return this.nanos.getAsLong() - run.overSince() > this.limits.patience().toNanos();
	}

	/** Not even a beat that fails may be the last: no log would be stored any more. */
	private void attempt() {
		try {
			beat();
		}
		catch (RuntimeException ex) {
			logger.error("Work on the logs of running steps could not be given out, and is again", ex);
		}
	}

	/** Gives work to threads, as many as are free. */
	private void beat() {
		long now = this.nanos.getAsLong();
		List<StepItem> due = this.runs.values()
			.stream()
			.flatMap(RunItem::steps)
			.filter((item) -> item.isDue(now))
			.map(StepItem::turn)
			.sorted()
			.map(StepItem.Turn::item)
			.toList();
		int calm = this.limits.calm();
		for (StepItem item : due) {
			if (!item.isUrgent() && calm-- <= 0) {
				break;
			}
			if (!item.isUrgent() && this.follows.tryAcquire()) {
				begin(item, true, this.follows);
			}
			else if (this.reads.tryAcquire()) {
				begin(item, false, this.reads);
			}
		}
		this.runs.values().stream().filter(RunItem::isToComplete).forEach(this::complete);
	}

	private void begin(StepItem item, boolean follow, Semaphore permit) {
		item.begin(this.nanos.getAsLong());
		Thread.ofVirtual().name("pod-log").start(() -> {
			Duration pause = this.limits.soon();
			try {
				pause = work(item, follow);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				permit.release();
				item.end(this.nanos.getAsLong(), pause);
			}
		});
	}

	/**
	 * Works on a step.
	 * @return when to go on
	 */
	private Duration work(StepItem item, boolean follow) throws InterruptedException {
		try {
			Progress progress = item.follow().work(follow);
			if (progress.isOpen()) {
				giveUpIfLate(item, "it had no end");
			}
			return item.after(progress, follow, this.limits);
		}
		catch (RuntimeException ex) {
			tell(item, ex);
			giveUpIfLate(item, String.valueOf(ex.getMessage()));
			return item.afterFailure(this.limits);
		}
	}

	/** Each trouble once, and few of them, however many logs have it. */
	private void tell(StepItem item, RuntimeException failure) {
		StepTries step = item.follow().seen();
		if (failure instanceof LogsRefused refused && refused.isForbidden()) {
			if (this.forbidden.add(step.namespace())) {
				logger.warn("The logs of steps in the namespace {} cannot be kept: {}. Apply "
						+ "workflow-templates/service-access.yaml, which gives the service's account that right.",
						step.namespace(), failure.getMessage());
			}
		}
		else if (item.isFirstFailure() && this.nanos.getAsLong() - this.told > QUIET.toNanos()) {
			this.told = this.nanos.getAsLong();
			logger.warn("The log of step {} of {} cannot be carried over just now, and is tried again: {}",
					step.step().wireName(), step.build(),
					// What is told of a server stands for itself; of others the kind is
					// worth knowing.
					(failure instanceof EngineUnavailable) ? failure.getMessage() : failure);
		}
	}

	private void giveUpIfLate(StepItem item, String why) {
		if (!item.isUrgentSince(this.nanos.getAsLong(), this.limits.giveUp())) {
			return;
		}
		try {
			item.follow().giveUp(why);
		}
		catch (RuntimeException ex) {
			logger.debug("Not even that the log of {} is given up can be stored", item.follow().seen().build(), ex);
		}
	}

	private void complete(RunItem run) {
		if (!this.reads.tryAcquire()) {
			return;
		}
		Thread.ofVirtual().name("pod-log").start(() -> {
			try {
				this.store.complete(run.build());
				run.stored();
				this.listener.accept(run.build());
			}
			catch (RuntimeException ex) {
				logger.debug("That the logs of {} are complete is stored later", run.build(), ex);
			}
			finally {
				this.reads.release();
			}
		});
	}

	@Override
	public void close() {
		this.closed.countDown();
		try {
			boolean ended = this.follows.tryAcquire(this.limits.follows(), LAST_WORK.toMillis(), TimeUnit.MILLISECONDS)
					&& this.reads.tryAcquire(this.limits.reads(), LAST_WORK.toMillis(), TimeUnit.MILLISECONDS);
			logger.debug("The logs of running steps are left to others, with nothing in hand: {}", ended);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * How many logs at a time, and how often.
	 *
	 * @param follows the most logs that are followed at a time
	 * @param reads how many others are read at a time
	 * @param beat how often work is given out
	 * @param calm to how many logs each time that are in no hurry: thousands of running
	 * steps are asked about no more often than that
	 * @param soon the pause before a log is looked at again where more is expected
	 * @param turn the same where nothing is, or where logs are read in turns
	 * @param later the same where another process does the work, or may not
	 * @param giveUp how long a log of an ended pod is tried for; shorter than Argo keeps
	 * the pod
	 * @param patience how long a Workflow that is over is kept for its logs
	 */
	record Limits(int follows, int reads, Duration beat, int calm, Duration soon, Duration turn, Duration later,
			Duration giveUp, Duration patience) {

		/** Limits for production. */
		static Limits standard() {
			return new Limits(128, 16, Duration.ofMillis(250), 8, Duration.ofMillis(500), Duration.ofSeconds(10),
					Duration.ofSeconds(30), Duration.ofMinutes(8), Duration.ofMinutes(10));
		}

	}

}
