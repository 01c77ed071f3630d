package dev.imagefactory.engine.local;

import dev.imagefactory.pipeline.RunResult;

/** A step that ends its run. */
class StepFailure extends RuntimeException {

	/** How the operating system says that a disk is full (ENOSPC, strerror(3)). */
	static final String NO_ROOM = "No space left on device";

	private final transient RunResult result;

	private StepFailure(String detail, RunResult result) {
		super(detail);
		this.result = result;
	}

	/**
	 * A failure that is the repository's fault.
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence that says what to do
	 * @return the failure
	 */
	static StepFailure ofRepository(String reason, String detail) {
		return new StepFailure(detail, new RunResult.Failed(reason, detail));
	}

	/**
	 * A failure that is ours or this host's fault.
	 * @param reason a word in kebab case that programs can rely on
	 * @param detail a sentence that says what to do
	 * @return the failure
	 */
	static StepFailure ofPlatform(String reason, String detail) {
		return new StepFailure(detail, new RunResult.Errored(reason, detail));
	}

	/**
	 * A failure to write or read files of this host.
	 * @param builder the builder's name
	 * @param problem what happened
	 * @return the failure; reason {@code disk-full} when that is why
	 */
	static StepFailure ofHost(String builder, Exception problem) {
		if (String.valueOf(problem.getMessage()).contains(NO_ROOM)) {
			return ofPlatform("disk-full",
					"The disk of this host was full while %s was building; free some space and run the build again"
						.formatted(builder));
		}
		return ofPlatform("builder-broken",
				"%s could not build on this host: %s".formatted(builder, problem.getMessage()));
	}

	/**
	 * A failure that ends the run in a way of its own, such as the gate's no.
	 * @param result how the run ends
	 * @param detail a sentence that says what to do
	 * @return the failure
	 */
	static StepFailure ending(RunResult result, String detail) {
		return new StepFailure(detail, result);
	}

	/**
	 * How the run ends.
	 * @return the result
	 */
	RunResult result() {
		return this.result;
	}

}
