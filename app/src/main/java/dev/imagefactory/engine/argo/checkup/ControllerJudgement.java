package dev.imagefactory.engine.argo.checkup;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.Since;
import dev.imagefactory.engine.argo.checkup.NamespaceFacts.WorkflowFacts;
import dev.imagefactory.engine.argo.checkup.Sight.Hidden;
import dev.imagefactory.engine.argo.checkup.Sight.Seen;

/**
 * Judges whether Argo's controller is alive, by what it does: it says nothing of itself
 * to who may only see a namespace of builds.
 */
final class ControllerJudgement {

	static final String CONTROLLER = "controller";

	/** It looks at a new Workflow within a second or two. */
	private static final Duration NEW = Duration.ofSeconds(60);

	/** Between two steps it may wait, and try again later. */
	private static final Duration BETWEEN = Duration.ofMinutes(2);

	private static final String FIX = "kubectl -n argo rollout status deployment workflow-controller; then look that it watches the namespace %s (--managed-namespace, instanceID): kubectl -n argo logs deployment/workflow-controller";

	private ControllerJudgement() {
	}

	/**
	 * Judges.
	 * @param facts what was seen
	 * @param now the present time
	 * @return the check
	 */
	static Check of(NamespaceFacts facts, Instant now) {
		return switch (facts.workflows()) {
			case Hidden<WorkflowFacts>(String why, String fix) ->
				Check.cannotSee(CONTROLLER, facts.namespace(), why, fix);
			case Seen<WorkflowFacts>(WorkflowFacts workflows) -> judge(facts, workflows, now);
		};
	}

	private static Check judge(NamespaceFacts facts, WorkflowFacts workflows, Instant now) {
		Optional<Since> untouched = workflows.untouched().filter((since) -> since.since().plus(NEW).isBefore(now));
		if (untouched.isPresent()) {
			return silent(facts, "The workflow-controller has not looked at the Workflow %s since it was made at %s.",
					untouched.get());
		}
		Optional<Since> forgotten = workflows.forgotten().filter((since) -> since.since().plus(BETWEEN).isBefore(now));
		if (forgotten.isPresent()) {
			return silent(facts, "The Workflow %s has not gone on since its last pod ended at %s.", forgotten.get());
		}
		List<PodFact> pods = facts.newest((pod) -> true);
		if (!pods.isEmpty()) {
			return Check.ok(CONTROLLER, facts.namespace(), "It made the pod %s at %s, and no Workflow waits for it."
				.formatted(pods.getFirst().name(), pods.getFirst().created()));
		}
		return Check.cannotSee(CONTROLLER, facts.namespace(), facts.pods()
			.hidden()
			.map(Hidden::why)
			.orElse("Nothing has run lately, and nothing waits to: the workflow-controller shows itself with the next build. No right in this namespace shows more."),
				"kubectl -n argo rollout status deployment workflow-controller");
	}

	private static Check silent(NamespaceFacts facts, String sentence, Since since) {
		return Check.wrong(CONTROLLER, facts.namespace(), sentence.formatted(since.workflow(), since.since()),
				FIX.formatted(facts.namespace()));
	}

}
