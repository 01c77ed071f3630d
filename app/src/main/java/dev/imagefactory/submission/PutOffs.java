package dev.imagefactory.submission;

import java.time.Clock;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Turns;
import dev.imagefactory.engine.PlaceClosed;
import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores of claimed builds why their place takes no run, and that it does again. */
class PutOffs {

	private static final Logger logger = LoggerFactory.getLogger(PutOffs.class);

	private final Builds builds;

	private final Turns turns;

	private final String process;

	private final Clock clock;

	PutOffs(Builds builds, Turns turns, String process, Clock clock) {
		this.builds = builds;
		this.turns = turns;
		this.process = process;
		this.clock = clock;
	}

	/**
	 * Stores why the place takes no run; said in the log when it is stored, and not at
	 * each try.
	 * @param id the build
	 * @param closed the answer
	 * @param first whether this was the first create for the build
	 * @return the build, instead, when it is cancelled and was never begun, so that it
	 * can end
	 */
	Optional<Build> store(BuildId id, PlaceClosed closed, boolean first) {
		Optional<Build> found = this.builds.find(id);
		Optional<Build> ending = found.filter((build) -> build.cancel() != null && isNeverBegun(build.state()));
		if (ending.isEmpty() && !(first && closed.isRefusal() && storeNeverBegun(id, closed))) {
			found.ifPresent((build) -> store(build, closed, false));
		}
		return ending;
	}

	/**
	 * It is certain only while nobody else can have begun the run: a process that was
	 * frozen after the answer has lost its turn to another.
	 */
	private boolean storeNeverBegun(BuildId id, PlaceClosed closed) {
		return this.turns.whileOwn(id, this.process, this.clock.instant(),
				() -> this.builds.find(id).ifPresent((build) -> store(build, closed, true)));
	}

	private void store(Build build, PlaceClosed closed, boolean neverBegun) {
		BuildState.PutOff why = (build.cancel() != null && !closed.isRefusal()) ? unclear(build, closed)
				: new BuildState.PutOff(closed.reason(), String.valueOf(closed.getMessage()), closed.place(),
						neverBegun);
		BuildMachine.apply(build, new BuildEvent.RunPutOff(why), this.clock.instant()).ifPresent((change) -> {
			this.builds.store(change);
			logger.warn("{} is put off: {}", build.id(), why.detail());
		});
	}

	/**
	 * Its run may be at work, or have pushed: an end that nobody has seen would give its
	 * tags to others.
	 */
	private static BuildState.PutOff unclear(Build build, PlaceClosed closed) {
		return new BuildState.PutOff("cancel-unclear",
				("It was cancelled, and may have begun before: whether the namespace %s has its Workflow %s cannot be seen. "
						+ "%s. As soon as the service may look there, it stops what it finds, and the build ends. Where the "
						+ "namespace is gone for good, create it once more, empty, with that Role in it.")
					.formatted(closed.place(), build.id(), closed.getMessage()),
				closed.place(), false);
	}

	private static boolean isNeverBegun(BuildState state) {
		return state instanceof BuildState.Submitting(var putOff) && putOff != null && putOff.neverBegun();
	}

	/**
	 * Stores, before a create that may succeed, that the build may have been begun. One
	 * that is put off counts as under way only while it has its turn: a process that was
	 * frozen may have lost its place within the limits.
	 */
	void tried(Build build) {
		if (isPutOff(build.state())
				&& !this.turns.whileOwn(build.id(), this.process, this.clock.instant(), () -> storeTried(build))) {
			throw new BuildChanged(build.id());
		}
	}

	private void storeTried(Build build) {
		BuildMachine.apply(build, new BuildEvent.RunTried(), this.clock.instant()).ifPresent(this.builds::store);
	}

	private static boolean isPutOff(BuildState state) {
		return state instanceof BuildState.Submitting(var putOff) && putOff != null;
	}

	/**
	 * Stores that the engine has the run.
	 * @return the build as it was read
	 */
	Optional<Build> end(BuildId id) {
		Optional<Build> build = this.builds.find(id);
		build.flatMap((found) -> BuildMachine.apply(found, new BuildEvent.RunTaken(), this.clock.instant()))
			.ifPresent(this.builds::store);
		return build;
	}

}
