package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;

/**
 * Says whose fault it is that a step ended a run, and what to do. Texts of Argo and
 * Kubernetes are looked into only where no other field says it, and never behind the
 * point where a container's own text begins.
 */
final class StepFault {

	private static final String POD_LOST = "pod-lost";

	private final ArgoRun run;

	private final StepNode step;

	private final Optional<ContainerExit> exit;

	/**
	 * Looks at a step.
	 * @param run the Workflow
	 * @param step a step of it that ended badly
	 */
	StepFault(ArgoRun run, StepNode step) {
		this.run = run;
		this.step = step;
		this.exit = step.exit();
	}

	/**
	 * Says how the run ends.
	 * @return the run's end
	 */
	RunResult result() {
		if (isStopped()) {
			return RunFault.stopped(this.run, "during the step " + name());
		}
		if (isTimedOut()) {
			return timedOut();
		}
		return this.exit.map(this::ofContainer).orElseGet(this::ofPod);
	}

	/** Once a stop is asked for, a container that was killed was killed because of it. */
	private boolean isStopped() {
		boolean asked = says("shutdown with strategy", "stopped with strategy");
		boolean killed = this.exit.filter(ContainerExit::isKilled).isPresent();
		return asked || this.run.shutdown().isPresent() && killed
				|| this.run.isDeleted() && (killed || says("pod deleted"));
	}

	private boolean isTimedOut() {
		return says("exceeded its deadline", "longer than the specified deadline", "exceeded workflow deadline")
				|| this.step.messages().contains("timeout")
				|| this.exit.filter(ContainerExit::isKilled).isPresent() && this.run.ranIntoDeadline();
	}

	private RunResult timedOut() {
		Optional<Duration> whole = this.run.limits().ofWorkflow();
		if (this.run.ranIntoDeadline()) {
			return new RunResult.TimedOut(
					"The run was still in its step %s when its time was up%s. Make the build faster, or raise activeDeadlineSeconds in the installed WorkflowTemplate."
						.formatted(name(), whole.map(StepFault::ofLimit).orElse("")));
		}
		return new RunResult.TimedOut(
				"The step %s took longer than it may%s. Its log says how far it came. Make it faster, or raise activeDeadlineSeconds of its installed template."
					.formatted(name(), this.run.limits().of(this.step).map(StepFault::ofLimit).orElse("")));
	}

	private static String ofLimit(Duration limit) {
		return ", after %d seconds".formatted(limit.toSeconds());
	}

	private RunResult ofContainer(ContainerExit ended) {
		if (ended.isArgos()) {
			return new RunResult.Errored("executor-error",
					"Argo's own container '%s' beside the step %s failed: %s. Its account needs create and patch on workflowtaskresults, its image has to be of the controller's version, and where Argo archives logs its artifact store has to take them."
						.formatted(ended.container(), name(), ArgoText.shown(this.step.last().getMessage())));
		}
		if (ended.isOutOfMemory()) {
			return outOfMemory();
		}
		if (this.step.step() == Step.BUILD && ended.isKilled()) {
			return new RunResult.Errored(POD_LOST,
					"The build was killed from outside (exit code %d): its pod or its node went away. Rerun the build."
						.formatted(ended.code()));
		}
		return new ExitCodes(this.run).of(this.step, ended.code());
	}

	private RunResult outOfMemory() {
		String limit = this.run.limits().memory(this.step).map((quantity) -> " of " + quantity).orElse("");
		if (this.step.step() == Step.BUILD) {
			return new RunResult.Failed("out-of-memory",
					"The build needed more memory than its limit%s. Make it need less (fewer jobs at once, smaller layers), or have the limit raised in the installed WorkflowTemplate kaniko-build-v1."
						.formatted(limit));
		}
		return new RunResult.Errored("out-of-memory",
				"The step %s needed more memory than its limit%s. Raise the limit in the installed WorkflowTemplate of that step, then rerun the build."
					.formatted(name(), limit));
	}

	private RunResult ofPod() {
		String words = ArgoText.shown(this.step.message());
		if (says("pod deleted")) {
			return new RunResult.Errored(POD_LOST,
					"The pod of the step %s was deleted while it ran, by somebody or together with its node. Rerun the build."
						.formatted(name()));
		}
		if (says("ephemeral local storage", "emptydir volume", "ephemeral-storage")) {
			return new RunResult.Errored("disk-full",
					"The step %s used up the disk space that it may have: %s. Make the build smaller, or raise the limits in its installed template."
						.formatted(name(), words));
		}
		if (says("serviceaccounts") && says("not found")) {
			return new RunResult.Errored("account-missing",
					"The step %s is to run as an account that there is not: %s. Make it, as the installed template names it, then rerun the build."
						.formatted(name(), words));
		}
		if (says("template") && says("not found")) {
			return RunFault.templateMissing(words);
		}
		if (says("is forbidden", "denied the request", "failed calling webhook")) {
			return RunFault.refused("the pod of the step " + name(), words);
		}
		if (this.step.phase() == NodePhase.FAILED) {
			return new RunResult.Errored(POD_LOST,
					"The pod of the step %s was lost: %s. Look at the node that it was on, then rerun the build."
						.formatted(name(), words));
		}
		return RunFault.ofArgo("It could not run the step " + name(), words, this.run);
	}

	/** What a container wrote itself could say anything, so it is never asked here. */
	private boolean says(String... any) {
		return this.step.messages()
			.stream()
			.filter((message) -> ContainerExit.of(message).filter((ended) -> !ended.isArgos()).isEmpty())
			.map((message) -> message.toLowerCase(Locale.ROOT))
			.anyMatch((message) -> Stream.of(any).anyMatch(message::contains));
	}

	private String name() {
		return this.step.step().wireName();
	}

}
