package dev.imagefactory.spine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

/**
 * An engine in memory that may be down, lose answers, refuse and forget. It is strict:
 * whoever sends another run under a known name, or releases one that lives, fails.
 */
public final class FakeEngine implements Engine {

	/** Every run that was ever sent, as it was sent first. */
	public final Map<BuildId, Run> sent = new ConcurrentHashMap<>();

	/** How often a run was begun. */
	public final Map<BuildId, Integer> starts = new ConcurrentSkipListMap<>();

	/** What runs have scanned and are about to push. */
	public final Map<BuildId, ScannedImage> scanned = new ConcurrentHashMap<>();

	/** What it keeps of runs that carry this installation's mark. */
	public final Map<BuildId, Run> kept = new ConcurrentHashMap<>();

	/** Every stop, in order. */
	public final List<BuildId> stops = new CopyOnWriteArrayList<>();

	/** Every release, in order. */
	public final List<BuildId> releases = new CopyOnWriteArrayList<>();

	/** How many runs may live at a time before it has no room. */
	public volatile int capacity = Integer.MAX_VALUE;

	/** How often it was asked for anything. */
	public final AtomicInteger asked = new AtomicInteger();

	/** Whether nothing is answered and nothing is done. */
	public volatile boolean down;

	/** Whether what is submitted is taken, but the answer is lost. */
	public volatile boolean losingAnswers;

	/** Whether releases fail. */
	public volatile boolean notReleasing;

	/** Whether stopping fails in a way that nobody foresaw. */
	public volatile boolean notStopping;

	/** Whether a run that is asked to stop stops at once. */
	public volatile boolean obeying;

	/** What happens instead of an answer to who asks for one run. */
	public volatile @Nullable Runnable silence;

	/** How every submission is refused. */
	public volatile @Nullable RunResult refusal;

	private final Map<BuildId, RunStatus> runs = new ConcurrentSkipListMap<>();

	private final List<Consumer<BuildId>> listeners = new ArrayList<>();

	@Override
	public String name() {
		return "fake";
	}

	@Override
	public int room() {
		return this.capacity - living().size();
	}

	@Override
	public synchronized Submission submit(Run run) {
		answer();
		Run first = this.sent.putIfAbsent(run.build(), run);
		if (first != null && !first.equals(run)) {
			throw new AssertionError("Another run was sent as " + run.build());
		}
		RunResult refused = this.refusal;
		if (refused != null) {
			return new Submission.Refused(refused);
		}
		if (!this.runs.containsKey(run.build())) {
			this.starts.merge(run.build(), 1, Integer::sum);
			this.kept.put(run.build(), run);
			this.runs.put(run.build(), status(run.build(), new RunPhase.Waiting("no-room", "No node has room.")));
		}
		if (this.losingAnswers) {
			throw new EngineUnavailable("The answer was lost.");
		}
		return new Submission.Accepted();
	}

	@Override
	public Optional<RunStatus> find(BuildId build) {
		answer();
		Runnable silent = this.silence;
		if (silent != null) {
			silent.run();
			throw new EngineUnavailable("The engine did not answer.");
		}
		return Optional.ofNullable(this.runs.get(build)).map(this::withScanned);
	}

	@Override
	public Optional<Run> kept(BuildId build) {
		answer();
		return this.runs.containsKey(build) ? Optional.ofNullable(this.kept.get(build)) : Optional.empty();
	}

	@Override
	public List<RunStatus> list() {
		answer();
		return this.runs.values().stream().map(this::withScanned).toList();
	}

	@Override
	public synchronized void stop(BuildId build) {
		answer();
		if (this.notStopping) {
			throw new IllegalStateException("It could not be stopped.");
		}
		this.stops.add(build);
		RunStatus status = this.runs.get(build);
		if (this.obeying && status != null && !(status.phase() instanceof RunPhase.Ended)) {
			phase(build, new RunPhase.Ended(new RunResult.Stopped("because it was asked to"), null));
		}
	}

	@Override
	public synchronized void release(BuildId build) {
		answer();
		if (this.notReleasing) {
			throw new EngineUnavailable("It could not be released.");
		}
		RunStatus status = this.runs.get(build);
		if (status != null && !(status.phase() instanceof RunPhase.Ended)) {
			throw new AssertionError("The live run " + build + " was released");
		}
		this.releases.add(build);
		this.runs.remove(build);
	}

	@Override
	public void onChange(Consumer<BuildId> listener) {
		this.listeners.add(listener);
	}

	private RunStatus withScanned(RunStatus status) {
		return new RunStatus(status.build(), status.phase(), status.steps(), this.scanned.get(status.build()),
				status.withdrawn());
	}

	private void answer() {
		this.asked.incrementAndGet();
		if (this.down) {
			throw new EngineUnavailable("The engine did not answer.");
		}
	}

	/** Brings a run to a phase. */
	public void phase(BuildId build, RunPhase phase) {
		this.runs.put(build, status(build, phase));
	}

	/** Brings a run to a phase with steps that say something. */
	public void phase(BuildId build, RunPhase phase, List<StepStatus> steps) {
		this.runs.put(build, new RunStatus(build, phase, steps, null));
	}

	/** Has somebody take a run away that is still at work. */
	public void withdraw(BuildId build) {
		this.runs.computeIfPresent(build,
				(id, status) -> new RunStatus(id, status.phase(), status.steps(), null, true));
	}

	/** Loses a run. */
	public void forget(BuildId build) {
		this.runs.remove(build);
	}

	/** The runs that it knows and that are not over. */
	public List<BuildId> living() {
		return this.runs.values()
			.stream()
			.filter((status) -> !(status.phase() instanceof RunPhase.Ended))
			.map(RunStatus::build)
			.toList();
	}

	/** Whether it knows a run. */
	public boolean knows(BuildId build) {
		return this.runs.containsKey(build);
	}

	private static RunStatus status(BuildId build, RunPhase phase) {
		return new RunStatus(build, phase, Arrays.stream(Step.values()).map(StepStatus::pending).toList(), null);
	}

}
