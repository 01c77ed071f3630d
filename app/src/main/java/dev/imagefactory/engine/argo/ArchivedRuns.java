package dev.imagefactory.engine.argo;

import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.BuildId;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ends of runs whose Workflows are in the archive only. What an archive says is read
 * as what the API server says, and is believed only of a Workflow that was made for the
 * very run, and has ended.
 *
 * @param archive the archive
 * @param ownership tells our Workflows from others
 * @param translator reads what Argo says
 * @param logs stores their logs, as far as they are to be had
 */
record ArchivedRuns(Archive archive, Ownership ownership, StatusTranslator translator, RunLogs logs) {

	private static final Logger logger = LoggerFactory.getLogger(ArchivedRuns.class);

	/**
	 * Looks for the end of a run.
	 * @param namespaces where it may have been, the likeliest first
	 * @param build the build whose run it is
	 * @return how it ended; empty when the archive does not say
	 */
	Optional<RunStatus> find(Collection<String> namespaces, BuildId build) {
		return namespaces.stream()
			.flatMap((namespace) -> this.archive.find(namespace, build.value()).stream())
			.filter((workflow) -> carriesOut(workflow, build))
			.flatMap(this::ended)
			.findFirst();
	}

	private boolean carriesOut(IoArgoprojWorkflowV1alpha1Workflow workflow, BuildId build) {
		return this.ownership.run(workflow.getMetadata()).filter((run) -> run.build().equals(build)).isPresent();
	}

	private Stream<RunStatus> ended(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		try {
			RunStatus status = this.translator.translate(workflow);
			if (!(status.phase() instanceof RunPhase.Ended)) {
				return Stream.empty();
			}
			this.logs.archived(workflow);
			return Stream.of(status);
		}
		catch (RuntimeException ex) {
			logger.error("The archived Workflow {} cannot be understood", workflow.getMetadata().getName(), ex);
			return Stream.empty();
		}
	}

}
