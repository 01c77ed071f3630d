package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1NodeStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import org.jspecify.annotations.Nullable;

/**
 * What a Workflow says of the pods of one of our steps: each try at the step is a node of
 * its own, and has a pod of its own.
 *
 * @param build the build, whose id is the Workflow's name
 * @param step the step
 * @param namespace where the pods are
 * @param uid the Workflow's uid
 * @param tries the tries that have begun, first to last
 * @param over whether no other try will follow
 */
record StepTries(BuildId build, Step step, String namespace, String uid, List<Try> tries, boolean over) {

	/** What Argo calls a log that it has put into its artifact store. */
	static final String LOG_ARTIFACT = "main-logs";

	/** Argo cuts names of pods that would be longer than Kubernetes allows. */
	private static final int LONGEST_TEMPLATE = 150;

	StepTries {
		tries = List.copyOf(tries);
	}

	/**
	 * Finds the tries of a Workflow.
	 * @param workflow a Workflow of ours
	 * @return its steps that have begun; none when its nodes cannot be read
	 */
	static List<StepTries> of(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		return switch (StoredNodes.of(workflow.getStatus())) {
			case StoredNodes.Hidden hidden -> List.of();
			case StoredNodes.Readable nodes -> of(new ArgoRun(workflow, new RunNodes(nodes.byId())));
		};
	}

	private static List<StepTries> of(ArgoRun run) {
		BuildId build = BuildId.of(run.workflow().getMetadata().getName());
		String namespace = run.workflow().getMetadata().getNamespace();
		String uid = Objects.requireNonNullElse(run.workflow().getMetadata().getUid(), "");
		boolean over = run.isTerminal();
		boolean named = isNamed(run.workflow());
		return run.nodes().stream().filter(StepNode::mayHaveRun).flatMap((node) -> {
			List<Try> tries = tries(node, over, build.value(), named);
			return tries.isEmpty() ? Stream.empty()
					: Stream.of(new StepTries(build, node.step(), namespace, uid, tries, over || isOver(node.phase())));
		}).toList();
	}

	/** Argo writes on the Workflow by which rule it names the pods. */
	private static boolean isNamed(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		Map<String, String> annotations = workflow.getMetadata().getAnnotations();
		return annotations != null && "v2".equals(annotations.get("workflows.argoproj.io/pod-name-format"));
	}

	private static List<Try> tries(StepNode node, boolean over, String workflow, boolean named) {
		List<Try> tries = new ArrayList<>();
		String before = "";
		for (IoArgoprojWorkflowV1alpha1NodeStatus attempt : node.attempts()) {
			NodePhase phase = NodePhase.of(attempt.getPhase());
			String message = Objects.requireNonNullElse(attempt.getMessage(), "");
			// A task that is not retried, and not yet known to be a pod's, has no type.
			boolean pod = "Pod".equals(attempt.getType()) && attempt.getId() != null;
			if (pod && (phase != NodePhase.PENDING || over)) {
				tries.add(new Try(attempt.getId(), named ? pod(workflow, attempt) : "", tries.size() + 1,
						instant(attempt.getStartedAt()), over || isOver(phase), before, message, isArchived(attempt)));
			}
			before = message;
		}
		return tries;
	}

	/**
	 * The name of a node's pod (Argo Workflows, GeneratePodName, v2): the node's id with
	 * its template's name in it.
	 */
	private static String pod(String workflow, IoArgoprojWorkflowV1alpha1NodeStatus node) {
		String template = (node.getTemplateRef() != null) ? node.getTemplateRef().getTemplate()
				: node.getTemplateName();
		String id = node.getId();
		if (id.equals(workflow)) {
			return workflow;
		}
		boolean known = template != null && template.length() <= LONGEST_TEMPLATE && id.startsWith(workflow + "-");
		return known ? workflow + "-" + template + id.substring(workflow.length()) : "";
	}

	private static boolean isArchived(IoArgoprojWorkflowV1alpha1NodeStatus node) {
		var outputs = node.getOutputs();
		return outputs != null && outputs.getArtifacts() != null
				&& outputs.getArtifacts().stream().anyMatch((artifact) -> LOG_ARTIFACT.equals(artifact.getName()));
	}

	private static boolean isOver(NodePhase phase) {
		return switch (phase) {
			case PENDING, RUNNING, UNKNOWN -> false;
			case SUCCEEDED, SKIPPED, FAILED, ERROR, OMITTED -> true;
		};
	}

	private static Instant instant(@Nullable OffsetDateTime time) {
		return (time != null) ? time.toInstant() : Instant.EPOCH;
	}

	/**
	 * Whether a try has ended, so that its pod may go soon.
	 * @return true when there is something to be stored in time
	 */
	boolean anyOver() {
		return this.tries.stream().anyMatch(Try::over);
	}

	/**
	 * One try.
	 *
	 * @param node the id of its node
	 * @param pod the name of its pod; empty when that is not known
	 * @param number counted from 1
	 * @param startedAt when it began; the beginning of time when Argo does not say
	 * @param over whether it has ended
	 * @param before how the try before it ended, in Argo's words; empty for the first
	 * @param message what Argo says of it
	 * @param archived whether Argo has put its log into the artifact store
	 */
	record Try(String node, String pod, int number, Instant startedAt, boolean over, String before, String message,
			boolean archived) {

		/**
		 * The line that stands above its log.
		 * @return empty for the first, which is the only one as a rule
		 */
		String heading() {
			return (this.number == 1) ? ""
					: "Attempt %d, after: %s".formatted(this.number, ArgoText.shown(this.before));
		}

	}

}
