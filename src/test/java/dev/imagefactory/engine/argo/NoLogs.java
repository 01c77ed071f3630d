package dev.imagefactory.engine.argo;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.imagefactory.pipeline.BuildId;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/** Keeps no logs, but for the names of archived Workflows whose logs it was to keep. */
final class NoLogs implements RunLogs {

	final List<String> archived = new CopyOnWriteArrayList<>();

	@Override
	public void start() {
	}

	@Override
	public void saw(IoArgoprojWorkflowV1alpha1Workflow workflow) {
	}

	@Override
	public void archived(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		this.archived.add(workflow.getMetadata().getName());
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
