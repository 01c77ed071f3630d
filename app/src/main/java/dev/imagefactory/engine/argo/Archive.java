package dev.imagefactory.engine.argo;

import java.util.List;

import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/** Workflows that ended and whose objects are gone. */
@FunctionalInterface
interface Archive {

	/**
	 * Looks for archived Workflows.
	 * @param namespace where they were
	 * @param name their name
	 * @return those of that name, the newest first; none when there is none, and when
	 * nobody could say
	 */
	List<IoArgoprojWorkflowV1alpha1Workflow> find(String namespace, String name);

	/**
	 * The archive of who has none.
	 * @return one that is empty
	 */
	static Archive none() {
		return (namespace, name) -> List.of();
	}

}
