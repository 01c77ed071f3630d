package dev.imagefactory.tracking;

import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.engine.RunPhase;

/** Says what a run's phase means for its build; pure. */
final class RunEvents {

	private RunEvents() {
	}

	static BuildEvent of(RunPhase phase) {
		return switch (phase) {
			case RunPhase.Waiting waiting -> new BuildEvent.RunWaits(waiting.reason(), waiting.detail());
			case RunPhase.Running running -> new BuildEvent.RunWorks(running.step());
			case RunPhase.Ended ended -> new BuildEvent.RunEnded(ended.result(), ended.digest());
		};
	}

}
