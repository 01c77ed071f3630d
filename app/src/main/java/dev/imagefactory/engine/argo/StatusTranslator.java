package dev.imagefactory.engine.argo;

import dev.imagefactory.engine.RunStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/** Says in our own words what Argo says of a Workflow. */
@FunctionalInterface
interface StatusTranslator {

	/**
	 * Translates what is known of a run.
	 * @param object a Workflow of ours as the API server sent it
	 * @return where the run is
	 */
	RunStatus translate(IoArgoprojWorkflowV1alpha1Workflow object);

	/**
	 * Says that a list of all Workflows begins, for who has only so much time for one.
	 */
	default void beginList() {
	}

}
