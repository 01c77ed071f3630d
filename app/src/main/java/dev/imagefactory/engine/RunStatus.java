package dev.imagefactory.engine;

import java.util.List;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.StepStatus;

/**
 * What an engine says of a run, in our own words.
 *
 * @param build the build whose run it is
 * @param phase where it is
 * @param steps its four steps, in order
 */
public record RunStatus(BuildId build, RunPhase phase, List<StepStatus> steps) {

	public RunStatus {
		steps = List.copyOf(steps);
	}

}
