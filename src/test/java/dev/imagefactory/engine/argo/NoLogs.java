package dev.imagefactory.engine.argo;

import java.util.Collection;

import dev.imagefactory.pipeline.BuildId;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/** Keeps no logs. */
final class NoLogs implements RunLogs {

	@Override
	public void start() {
	}

	@Override
	public void saw(IoArgoprojWorkflowV1alpha1Workflow workflow) {
	}

	@Override
	public void keepOnly(Collection<BuildId> builds) {
	}

	@Override
	public boolean mayGo(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		return true;
	}

	@Override
	public void close() {
	}

}
