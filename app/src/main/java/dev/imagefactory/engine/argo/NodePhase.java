package dev.imagefactory.engine.argo;

import org.jspecify.annotations.Nullable;

/** Where a node of a Workflow is, in Argo's words (v1alpha1, NodePhase). */
enum NodePhase {

	/** It waits for a pod, or the pod waits. */
	PENDING,

	/** It is at work. */
	RUNNING,

	/** It ended well. */
	SUCCEEDED,

	/** Its condition was not met. */
	SKIPPED,

	/** It ended badly. */
	FAILED,

	/** It could not be run. */
	ERROR,

	/** What it depends on did not end as it had to. */
	OMITTED,

	/** A word that this version does not know. */
	UNKNOWN;

	/**
	 * Reads a phase.
	 * @param name Argo's word; absent before anything happened
	 * @return the phase
	 */
	static NodePhase of(@Nullable String name) {
		if (name == null) {
			return PENDING;
		}
		return switch (name) {
			case "", "Pending" -> PENDING;
			case "Running" -> RUNNING;
			case "Succeeded" -> SUCCEEDED;
			case "Skipped" -> SKIPPED;
			case "Failed" -> FAILED;
			case "Error" -> ERROR;
			case "Omitted" -> OMITTED;
			default -> UNKNOWN;
		};
	}

	/**
	 * Whether it is over and not well.
	 * @return true for failed and error
	 */
	boolean isBad() {
		return this == FAILED || this == ERROR;
	}

}
