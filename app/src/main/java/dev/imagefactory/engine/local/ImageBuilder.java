package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;

/** Makes an image from a checked out tree on this host. */
interface ImageBuilder {

	/**
	 * The builder's name in settings and messages.
	 * @return such as {@code buildah}
	 */
	String name();

	/**
	 * Builds one image into a fresh OCI layout.
	 * @param request what to build
	 * @param commands how to run programs
	 * @param log receives lines for the step's log
	 * @return the digest of the layout's one manifest, of OCI type
	 * @throws StepFailure when the image cannot be made
	 * @throws InterruptedException when the run is stopped
	 */
	Digest build(Request request, Commands commands, Consumer<String> log) throws InterruptedException;

	/** Chooses the builder of a run. */
	interface Chooser {

		/**
		 * Chooses.
		 * @param request what is to be built
		 * @param commands how to try a builder out
		 * @return a builder that works here
		 * @throws StepFailure when none does
		 * @throws InterruptedException when the run is stopped
		 */
		ImageBuilder choose(Request request, Commands commands) throws InterruptedException;

	}

	/**
	 * What to build.
	 *
	 * @param source the checked out tree
	 * @param context the build context's folder, relative to the tree; empty for its root
	 * @param dockerfile the Dockerfile's path, relative to the tree
	 * @param labels labels to set after the Dockerfile's own
	 * @param created the image's time
	 * @param layout the folder to make the OCI layout in; absent before
	 * @param scratch a folder for the builder's own files; emptied with the run
	 */
	record Request(Path source, String context, String dockerfile, Map<String, String> labels, Instant created,
			Path layout, Path scratch) {
	}

}
