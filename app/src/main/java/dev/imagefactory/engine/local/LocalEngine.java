package dev.imagefactory.engine.local;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.Submission;
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

	private final int slotCount;

	private final RunSlots slots;

	private final RunLeases leases;

	private final List<Consumer<BuildId>> listeners = new CopyOnWriteArrayList<>();

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
		this.slotCount = slots;
		this.slots = new RunSlots(runs, tools, slots, this::tell);
		this.leases = new RunLeases(runs, this.slots, tenancy, tools.clock());
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
		this.leases.start();
		this.open = true;
	}

	@Override
	public Submission submit(Run run) {
		if (!this.open) {
			throw new EngineUnavailable("Cannot start " + run.build() + ": the local engine is not running");
		}
		return refusal(run).orElseGet(() -> take(run));
	}

	/**
	 * The start refuses such settings; an order keeps those that it was planned with.
	 */
	private static Optional<Submission> refusal(Run run) {
		String waivers = run.order().recipe().gate().waiversConfigMap();
		if (waivers == null || run.order().recipe().kind() != OrderKind.BUILD) {
			return Optional.empty();
		}
		return Optional.of(new Submission.Refused(new RunResult.Errored("waivers-unusable",
				("The gate that this was ordered with takes waivers from the ConfigMap %s, and the local engine cannot "
						+ "read ConfigMaps: what is waived there would stop the image. Take "
						+ "gate.waivers-config-map out of the team's settings, and ask for a new build.")
					.formatted(waivers))));
	}

	private Submission take(Run run) {
		RunPhase waiting = new RunPhase.Waiting("local-slots",
				"Waits for one of the " + this.slotCount + " build slots of this host");
		LocalRun row = new LocalRun(run, this.tenancy.process(), this.leases.leaseEnd(), false, 0,
				RunProgress.fresh(waiting, run.order().recipe().kind()));
		if (asked("start", run.build(), () -> this.runs.insert(row))) {
			this.slots.add(row);
		}
		return new Submission.Accepted();
	}

	/** {@inheritDoc} For each slot one run waits, so that no slot is ever idle. */
	@Override
	public int room() {
		return this.open ? Math.max(0, 2 * this.slotCount - this.slots.live().size()) : 0;
	}

	@Override
	public Optional<RunStatus> find(BuildId build) {
		return asked("find", build, () -> this.runs.find(build).map(LocalRun::status));
	}

	/** {@inheritDoc} The table is this installation's own, so every run in it is. */
	@Override
	public Optional<Run> kept(BuildId build) {
		return asked("read", build, () -> this.runs.find(build).map(LocalRun::run));
	}

	@Override
	public List<RunStatus> list() {
		return asked("list", "the runs", this.runs::statuses);
	}

	/**
	 * {@inheritDoc} A run of another process is stopped when that process renews its
	 * lease next.
	 */
	@Override
	public void stop(BuildId build) {
		asked("stop", build, () -> {
			this.runs.askStop(build);
			return build;
		});
		LiveRun run = this.slots.find(build);
		if (run != null) {
			this.slots.stop(run);
		}
	}

	/** {@inheritDoc} A run that has not ended is left alone. */
	@Override
	public void release(BuildId build) {
		asked("release", build, () -> {
			Optional<LocalRun> row = this.runs.find(build);
			if (row.isEmpty() || row.get().progress().isEnded()) {
				WorkFolder.of(this.tools.dataDirectory(), build, this.tools.removal()).delete();
				this.runs.deleteEnded(build);
			}
			return build;
		});
	}

	@Override
	public void onChange(Consumer<BuildId> listener) {
		this.listeners.add(listener);
	}

	private static <T> T asked(String action, Object subject, Supplier<T> work) {
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

	/**
	 * Ends the runs' children and leaves the runs as they are, for the next process to
	 * take up; new runs are refused.
	 */
	@Override
	public void close() {
		this.open = false;
		this.leases.keepOnly();
		boolean ended = this.slots.close(this.tenancy.patience());
		this.leases.close(ended);
	}

}
