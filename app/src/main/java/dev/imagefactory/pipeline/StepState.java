package dev.imagefactory.pipeline;

/** Where a step of a run is. */
public enum StepState {

	/** Not begun. */
	PENDING,

	/** At work. */
	RUNNING,

	/** Ended well. */
	SUCCEEDED,

	/** Ended badly. */
	FAILED,

	/** Left out, with a reason in its message. */
	SKIPPED

}
