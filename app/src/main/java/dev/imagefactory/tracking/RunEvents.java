package dev.imagefactory.tracking;

import java.util.function.BooleanSupplier;

import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.pipeline.RunResult;

/** Says what a run's phase means for its build. */
final class RunEvents {

	private RunEvents() {
	}

	/**
	 * The event of a phase.
	 * @param phase where the run is
	 * @param earlier whether an earlier attempt may have published the release; asked
	 * only where it matters
	 * @return what it means for the build
	 */
	static BuildEvent of(RunPhase phase, BooleanSupplier earlier) {
		return switch (phase) {
			case RunPhase.Waiting waiting -> new BuildEvent.RunWaits(waiting.reason(), waiting.detail());
			case RunPhase.Running running -> new BuildEvent.RunWorks(running.step());
			case RunPhase.Ended ended -> new BuildEvent.RunEnded(ended.result(), ended.digest(),
					ended.result() instanceof RunResult.Errored && earlier.getAsBoolean());
		};
	}

}
