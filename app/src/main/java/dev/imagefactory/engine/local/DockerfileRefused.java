package dev.imagefactory.engine.local;

/** A Dockerfile that cannot be built here, with the line and the reason. */
class DockerfileRefused extends RuntimeException {

	private final int line;

	private final boolean valid;

	private DockerfileRefused(int line, boolean valid, String reason) {
		super(reason);
		this.line = line;
		this.valid = valid;
	}

	/**
	 * A Dockerfile that no builder can read.
	 * @param line its line, counted from 1
	 * @param reason what is wrong
	 * @return the refusal
	 */
	static DockerfileRefused invalid(int line, String reason) {
		return new DockerfileRefused(line, false, reason);
	}

	/**
	 * A Dockerfile that asks for more than Jib can do.
	 * @param line its line, counted from 1
	 * @param reason what it asks for
	 * @return the refusal
	 */
	static DockerfileRefused needsBuilder(int line, String reason) {
		return new DockerfileRefused(line, true, reason);
	}

	/**
	 * The end of the run for this reason.
	 * @param dockerfile the Dockerfile's path in the repository
	 * @return the repository's fault, or the platform's when only a builder is missing
	 */
	StepFailure failure(String dockerfile) {
		if (this.valid) {
			return StepFailure.ofPlatform("builder-needed",
					"%s line %d: %s. Jib, which builds here, cannot do that; install buildah, podman or docker on this host (Debian: apt-get install buildah)"
						.formatted(dockerfile, this.line, getMessage()));
		}
		return StepFailure.ofRepository("dockerfile-invalid",
				"%s line %d: %s".formatted(dockerfile, this.line, getMessage()));
	}

	/**
	 * The line.
	 * @return counted from 1
	 */
	int line() {
		return this.line;
	}

	/**
	 * Whether another builder could do it.
	 * @return false for a Dockerfile that is wrong
	 */
	boolean valid() {
		return this.valid;
	}

}
