package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.source.InvalidValue;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import org.jspecify.annotations.Nullable;

/**
 * Translates what Argo says of a Workflow of ours into our own words; pure. Whatever
 * stands in the object, the answer is a status: what cannot be read is said as something
 * to be asked for again, and never as an end.
 */
final class WorkflowTranslator {

	/** A controller that lives says something of a new Workflow within seconds. */
	static final Duration SILENCE = Duration.ofMinutes(2);

	/** After its deadline a Workflow ends soon, unless nobody looks after it. */
	static final Duration OVERDUE = Duration.ofMinutes(5);

	private WorkflowTranslator() {
	}

	/**
	 * Translates a Workflow.
	 * @param workflow the object, as the API server has it
	 * @param now the present time
	 * @return the run's status
	 * @throws InvalidValue when its name is no build's: then it is not ours
	 */
	static RunStatus translate(IoArgoprojWorkflowV1alpha1Workflow workflow, Instant now) {
		BuildId build = BuildId.of(String.valueOf(workflow.getMetadata().getName()));
		return switch (StoredNodes.of(workflow.getStatus())) {
			case StoredNodes.Hidden hidden ->
				new RunStatus(build, new RunPhase.Waiting(hidden.reason(), hidden.detail()), StepStatuses.unknown(),
						null, new ArgoRun(workflow, new RunNodes(Map.of())).isDeleted());
			case StoredNodes.Readable nodes -> status(build, new ArgoRun(workflow, new RunNodes(nodes.byId())), now);
		};
	}

	private static RunStatus status(BuildId build, ArgoRun run, Instant now) {
		ScanOutcome scan = (run.kind() == OrderKind.BUILD) ? ScanOutcome.of(run.nodes()) : new ScanOutcome.Open();
		ScannedImage image = (scan instanceof ScanOutcome.Passed passed) ? passed.image() : null;
		if (!run.isOver(now)) {
			return new RunStatus(build, alive(run, now), new StepStatuses(run, null).present(), image, run.isDeleted());
		}
		RunPhase.Ended ended = new RunEnd(run).phase(scan);
		return new RunStatus(build, ended, new StepStatuses(run, detail(ended.result())).last(), image,
				run.isDeleted());
	}

	private static @Nullable String detail(RunResult result) {
		return switch (result) {
			case RunResult.Succeeded succeeded -> null;
			case RunResult.Rejected rejected -> rejected.scan().rejection();
			case RunResult.Failed failed -> failed.detail();
			case RunResult.Errored errored -> errored.detail();
			case RunResult.TimedOut timedOut -> timedOut.detail();
			case RunResult.Stopped stopped -> stopped.detail();
			case RunResult.Vanished vanished -> vanished.detail();
		};
	}

	private static RunPhase alive(ArgoRun run, Instant now) {
		if (run.isTerminal()) {
			return new RunPhase.Waiting("outputs-pending",
					"The Workflow has ended, and what its steps report is still on its way.");
		}
		return switch (run.phase()) {
			case NONE -> unseen(run, now);
			case PENDING, RUNNING,
					UNKNOWN ->
				isOverdue(run, now)
						? Waits.silent("although its deadline is over since " + run.deadline().orElseThrow())
						: working(run, now);
			case SUCCEEDED, FAILED, ERROR -> throw new IllegalStateException("A terminal phase was handled before");
		};
	}

	/** {@code argo retry} takes the phase away, and gives the Workflow a new start. */
	private static RunPhase unseen(ArgoRun run, Instant now) {
		Optional<Instant> since = run.handedOver();
		boolean fresh = since.filter((at) -> !now.isBefore(at.plus(SILENCE))).isEmpty();
		return fresh ? Waits.begun() : Waits.silent("since it was handed over at " + since.orElseThrow());
	}

	private static boolean isOverdue(ArgoRun run, Instant now) {
		return run.deadline().filter((deadline) -> now.isAfter(deadline.plus(OVERDUE))).isPresent();
	}

	private static RunPhase working(ArgoRun run, Instant now) {
		Optional<StepNode> current = run.nodes().stream().filter(WorkflowTranslator::isOpen).findFirst();
		if (current.isPresent()) {
			return at(current.get(), now);
		}
		if (run.isSuspended()) {
			return suspended(run);
		}
		if (run.phase() == ArgoRun.Phase.PENDING && !run.message().isEmpty()) {
			return Waits.of("The Workflow", run.message());
		}
		return run.nodes()
			.lock()
			.<RunPhase>map((lock) -> Waits.of("The Workflow", "Waiting for the lock " + lock))
			.orElseGet(() -> between(run));
	}

	/** While it is suspended, the controller does not even look whether it is to stop. */
	private static RunPhase suspended(ArgoRun run) {
		String sentence = run.shutdown().isPresent()
				? "The Workflow was asked to stop while it is suspended, and stops when it is resumed (argo resume %s)."
				: "The Workflow is suspended: it goes on when it is resumed (argo resume %s).";
		return new RunPhase.Waiting("suspended", sentence.formatted(run.place()));
	}

	/** A step that ended badly keeps the run until Argo has drawn the conclusion. */
	private static boolean isOpen(StepNode step) {
		return switch (step.phase()) {
			case PENDING, RUNNING, FAILED, ERROR, UNKNOWN -> true;
			case SUCCEEDED, SKIPPED, OMITTED -> false;
		};
	}

	private static RunPhase at(StepNode step, Instant now) {
		if (step.isBetweenAttempts()) {
			return (Waits.of("The step " + step.step().wireName(),
					String.valueOf(step.message())) instanceof RunPhase.Waiting waiting && isOfCluster(waiting))
							? waiting : new RunPhase.Running(step.step());
		}
		boolean pending = NodePhase.of(step.last().getPhase()) == NodePhase.PENDING && !step.phase().isBad();
		return pending ? Waits.ofPod(step, now) : new RunPhase.Running(step.step());
	}

	/** A pod that the cluster did not let in never ran, so no step is at work. */
	private static boolean isOfCluster(RunPhase.Waiting waiting) {
		return waiting.reason().equals("admission") || waiting.reason().equals("quota");
	}

	/** One step is done, and the next one has no node yet. */
	private static RunPhase between(ArgoRun run) {
		boolean any = run.nodes().stream().findAny().isPresent();
		if (!any) {
			return Waits.begun();
		}
		return new RunPhase.Running(Stream.of(Step.values())
			.filter((step) -> run.kind() == OrderKind.BUILD || step == Step.PUSH)
			.filter((step) -> run.nodes().get(step) == null)
			.findFirst()
			.orElse(Step.PUSH));
	}

}
