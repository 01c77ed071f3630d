package dev.imagefactory.engine.argo;

import java.util.Map;
import java.util.Optional;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.rendering.RunJson;
import dev.imagefactory.rendering.WorkflowRenderer;
import dev.imagefactory.source.InvalidValue;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the Workflows of this installation from all others, by what is written on them.
 *
 * @param installation this installation's id
 */
record Ownership(String installation) {

	private static final Logger logger = LoggerFactory.getLogger(Ownership.class);

	private static final String INSTALLATION = WorkflowRenderer.OURS + "installation";

	private static final String BUILD = WorkflowRenderer.OURS + "build";

	private static final String ORDER = WorkflowRenderer.OURS + "order";

	/** Which labels the Workflows of this installation have. */
	String selector() {
		return INSTALLATION + "=" + this.installation;
	}

	/**
	 * The build that a Workflow of this installation runs. A copy that somebody made by
	 * hand ({@code argo resubmit}) has our labels, but another name.
	 * @param meta what is written on the Workflow
	 * @return empty when it is none of ours
	 */
	Optional<BuildId> build(ObjectMeta meta) {
		Map<String, String> labels = labels(meta);
		boolean ours = this.installation.equals(labels.get(INSTALLATION)) && meta.getName().equals(labels.get(BUILD));
		if (!ours) {
			return Optional.empty();
		}
		try {
			return Optional.of(BuildId.of(meta.getName()));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	/** Whether a Workflow is of this installation. */
	boolean isOurs(GenericKubernetesResource workflow) {
		return build(workflow.getMetadata()).isPresent();
	}

	/**
	 * Whether a Workflow carries out a run: it is of this installation and says so in the
	 * run that it was made from.
	 * @param workflow what has the run's name
	 * @param run the run
	 */
	boolean carriesOut(GenericKubernetesResource workflow, Run run) {
		return run(workflow).filter((kept) -> kept.build().equals(run.build())).isPresent();
	}

	/**
	 * The run that a Workflow of this installation was made from.
	 * @param workflow the Workflow
	 * @return empty when it is none of ours, and when what it kept cannot be read
	 */
	Optional<Run> run(GenericKubernetesResource workflow) {
		return run(workflow.getMetadata());
	}

	/**
	 * The run that a Workflow of this installation was made from. Its place is where the
	 * Workflow is, whatever is written on it.
	 * @param meta what is written on the Workflow
	 * @return empty when it is none of ours, and when what it kept cannot be read
	 */
	Optional<Run> run(ObjectMeta meta) {
		String order = build(meta).isPresent() ? annotations(meta).get(ORDER) : null;
		if (order == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(RunJson.read(order).at(meta.getNamespace()));
		}
		catch (IllegalArgumentException ex) {
			logger.warn("The Workflow {} of the namespace {} keeps a run that cannot be read: {}", meta.getName(),
					meta.getNamespace(), ex.getMessage());
			return Optional.empty();
		}
	}

	/** Whether our finalizer holds a Workflow. */
	static boolean isHeld(GenericKubernetesResource workflow) {
		return workflow.getMetadata().getFinalizers().contains(WorkflowRenderer.FINALIZER);
	}

	private static Map<String, String> labels(ObjectMeta meta) {
		return (meta.getLabels() != null) ? meta.getLabels() : Map.of();
	}

	private static Map<String, String> annotations(ObjectMeta meta) {
		return (meta.getAnnotations() != null) ? meta.getAnnotations() : Map.of();
	}

}
