package dev.imagefactory.engine;

import java.util.List;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

/**
 * What an engine says of a run, in our own words.
 *
 * @param build the build whose run it is
 * @param phase where it is
 * @param steps its four steps, in order
 * @param scanned the image that it has scanned and is about to push, or has pushed; told
 * before the push begins, so that it is stored even when nothing is heard of the run any
 * more; null when it has not come that far, and for a re-tag
 * @param withdrawn whether somebody took it away from the engine by hand, although it may
 * still be at work: it is to be stopped
 */
public record RunStatus(BuildId build, RunPhase phase, List<StepStatus> steps, @Nullable ScannedImage scanned,
		boolean withdrawn) {

	public RunStatus {
		steps = List.copyOf(steps);
	}

	/**
	 * Creates the status of a run that nobody took away.
	 * @param build the build whose run it is
	 * @param phase where it is
	 * @param steps its four steps, in order
	 * @param scanned the image that it has scanned, if it has
	 */
	public RunStatus(BuildId build, RunPhase phase, List<StepStatus> steps, @Nullable ScannedImage scanned) {
		this(build, phase, steps, scanned, false);
	}

}
