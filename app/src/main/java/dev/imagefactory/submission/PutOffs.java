package dev.imagefactory.submission;

import java.time.Clock;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.engine.PlaceClosed;
import dev.imagefactory.pipeline.BuildId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores of claimed builds why their place takes no run, and that it does again. */
class PutOffs {

	private static final Logger logger = LoggerFactory.getLogger(PutOffs.class);

	private final Builds builds;

	private final Clock clock;

	PutOffs(Builds builds, Clock clock) {
		this.builds = builds;
		this.clock = clock;
	}

	/** Said in the log when it is stored, and not at each try. */
	void store(BuildId id, PlaceClosed closed) {
		BuildState.PutOff why = new BuildState.PutOff(closed.reason(), String.valueOf(closed.getMessage()),
				closed.place());
		try {
			this.builds.find(id)
				.flatMap((build) -> BuildMachine.apply(build, new BuildEvent.RunPutOff(why), this.clock.instant()))
				.ifPresent((change) -> {
					this.builds.store(change);
					logger.warn("{} is put off: {}", id, closed.getMessage());
				});
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
		}
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
