package dev.imagefactory.engine.argo;

import java.util.Collection;

import dev.imagefactory.pipeline.BuildId;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/** Looks after the logs of our runs. */
interface RunLogs extends AutoCloseable {

	/** Begins to work. */
	void start();

	/**
	 * Takes what a Workflow says now; asks nobody, and fails nobody.
	 * @param workflow a Workflow of ours that our finalizer holds
	 */
	void saw(IoArgoprojWorkflowV1alpha1Workflow workflow);

	/**
	 * Takes a Workflow that has ended and whose object is gone; asks nobody, and fails
	 * nobody.
	 * @param workflow a Workflow of ours, as the archive has it
	 */
	void archived(IoArgoprojWorkflowV1alpha1Workflow workflow);

	/**
	 * Forgets runs that are not there any more, but for those of the archive whose logs
	 * are still to be stored.
	 * @param builds those that are
	 */
	void keepOnly(Collection<BuildId> builds);

	/**
	 * Whether a Workflow that is over may go: all of its logs are stored, or that was
	 * tried for long enough.
	 * @param workflow the Workflow
	 * @return false when it has to be asked again
	 */
	boolean mayGo(IoArgoprojWorkflowV1alpha1Workflow workflow);

	@Override
	void close();

}
