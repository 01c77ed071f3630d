package dev.imagefactory.build;

import dev.imagefactory.pipeline.BuildId;

/** Somebody else changed a build since it was read: read it again and decide anew. */
public class BuildChanged extends RuntimeException {

	/**
	 * Creates the failure.
	 * @param build the build
	 */
	public BuildChanged(BuildId build) {
		super("Build %s was changed by somebody else meanwhile".formatted(build));
	}

}
