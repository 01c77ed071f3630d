package dev.imagefactory.engine.argo;

import dev.imagefactory.engine.RunStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;

/**
 * Has the nodes of a Workflow filled in by the Argo Server before it is translated, where
 * the object does not hold them in a form that is read here. Everything else is still
 * what the API server said; without the server, so are the nodes.
 *
 * @param server who knows them
 * @param translator reads what Argo says
 */
record WholeWorkflows(ArgoServer server, StatusTranslator translator) implements StatusTranslator {

	@Override
	public RunStatus translate(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		IoArgoprojWorkflowV1alpha1WorkflowStatus status = workflow.getStatus();
		if (status != null && StoredNodes.of(status) instanceof StoredNodes.Hidden) {
			this.server.nodes(workflow.getMetadata()).ifPresent(status::nodes);
		}
		return this.translator.translate(workflow);
	}

}
