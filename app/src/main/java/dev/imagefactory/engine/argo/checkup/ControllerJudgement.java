package dev.imagefactory.engine.argo.checkup;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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

	/** By default it takes up to ten seconds to go on; one does as well. */
	private static final Duration LONG_PAUSE = Duration.ofSeconds(5);

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
			return alive(facts, pods);
		}
		return Check.cannotSee(CONTROLLER, facts.namespace(), facts.pods()
			.hidden()
			.map(Hidden::why)
			.orElse("Nothing has run lately, and nothing waits to: the workflow-controller shows itself with the next build. No right in this namespace shows more."),
				"kubectl -n argo rollout status deployment workflow-controller");
	}

	private static Check alive(NamespaceFacts facts, List<PodFact> pods) {
		String alive = "It made the pod %s at %s, and no Workflow waits for it.".formatted(pods.getFirst().name(),
				pods.getFirst().created());
		String workflow = pods.getFirst().workflow();
		return pause(facts.newest((pod) -> pod.workflow().equals(workflow)).reversed())
			.filter((pause) -> pause.compareTo(LONG_PAUSE) >= 0)
			.map((pause) -> new Check(CONTROLLER, facts.namespace(), Check.Verdict.OK,
					"%s It lets %d seconds pass between two steps of %s.".formatted(alive, pause.toSeconds(), workflow),
					"kubectl -n argo set env deployment/workflow-controller DEFAULT_REQUEUE_TIME=1s"))
			.orElseGet(() -> Check.ok(CONTROLLER, facts.namespace(), alive));
	}

	/** Retries wait on purpose, so of several pauses the shortest counts. */
	private static Optional<Duration> pause(List<PodFact> pods) {
		List<Duration> pauses = new ArrayList<>();
		for (int i = 1; i < pods.size(); i++) {
			Instant before = pods.get(i - 1).finished();
			if (before != null && !pods.get(i).created().isBefore(before)) {
				pauses.add(Duration.between(before, pods.get(i).created()));
			}
		}
		return (pauses.size() < 2) ? Optional.empty() : pauses.stream().min(Duration::compareTo);
	}

	private static Check silent(NamespaceFacts facts, String sentence, Since since) {
		return Check.wrong(CONTROLLER, facts.namespace(), sentence.formatted(since.workflow(), since.since()),
				FIX.formatted(facts.namespace()));
	}

}
