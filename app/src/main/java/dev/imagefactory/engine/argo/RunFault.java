package dev.imagefactory.engine.argo;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.pipeline.RunResult;

/** Says whose fault it is that a run ended badly, and what to do. */
final class RunFault {

	private RunFault() {
	}

	/**
	 * Says how a run ends that did not end well.
	 * @param run the Workflow
	 * @return the run's end
	 */
	static RunResult of(ArgoRun run) {
		return culprit(run).map((step) -> new StepFault(run, step).result()).orElseGet(() -> withoutStep(run));
	}

	/**
	 * The step that ended the run.
	 * @param run the Workflow
	 * @return the first one that ended badly; empty when no step did
	 */
	static Optional<StepNode> culprit(ArgoRun run) {
		return run.nodes().stream().filter(StepNode::isBad).findFirst();
	}

	private static RunResult withoutStep(ArgoRun run) {
		if (run.shutdown().isPresent()) {
			return stopped(run, "before a step was at work");
		}
		if (run.ranIntoDeadline()) {
			return new RunResult.TimedOut(
					"The run's time was up while no step was at work. Look at what its Workflow waited for (argo get %s)."
						.formatted(run.place()));
		}
		String words = ArgoText.shown(run.message());
		if (says(run, "not permitted when using workflowtemplateref", "in reference mode")) {
			return refused("the Workflow", words);
		}
		if (says(run, "template") && says(run, "not found")) {
			return templateMissing(words);
		}
		if (says(run, "invalid spec", "failed to set global parameters", "cannot unmarshall spec")) {
			return new RunResult.Errored("workflow-invalid",
					"Argo does not take the Workflow as it was handed over: %s. The repository need not change anything: the installed WorkflowTemplates are not those of this version, install them again (kubectl apply -k workflow-templates/)."
						.formatted(words));
		}
		if (says(run, "is forbidden", "denied the request", "failed calling webhook")) {
			return refused("what the Workflow needs", words);
		}
		return ofArgo("It gave the Workflow up", words, run);
	}

	private static boolean says(ArgoRun run, String... any) {
		String message = run.message().toLowerCase(Locale.ROOT);
		return Stream.of(any).anyMatch(message::contains);
	}

	/**
	 * Somebody asked for the end: we, because the build was cancelled or is over, or a
	 * person.
	 * @param run the Workflow
	 * @param where how far it was
	 * @return the run's end
	 */
	static RunResult stopped(ArgoRun run, String where) {
		if (run.isDeleted()) {
			return new RunResult.Stopped(
					"Its Workflow was deleted %s. If nobody meant that, rerun the build.".formatted(where));
		}
		return new RunResult.Stopped("Its Workflow was stopped %s (shutdown: %s).".formatted(where,
				run.shutdown().map(ArgoText::shown).orElse("asked for")));
	}

	/**
	 * A template that the Workflow refers to is not installed.
	 * @param words what Argo says
	 * @return the run's end
	 */
	static RunResult templateMissing(String words) {
		return new RunResult.Errored("template-missing",
				"A template that the Workflow refers to is not installed: %s. Install them (kubectl apply -k workflow-templates/), then rerun the build."
					.formatted(words));
	}

	/**
	 * Kubernetes or the controller does not allow something.
	 * @param what what they do not allow
	 * @param words their words
	 * @return the run's end
	 */
	static RunResult refused(String what, String words) {
		return new RunResult.Errored("workflow-refused",
				"The cluster does not allow %s: %s. The repository need not change anything: look at the policies of the namespace and the restrictions of the workflow-controller."
					.formatted(what, words));
	}

	/**
	 * Argo says that it went wrong, and nothing that we know.
	 * @param what what it could not do
	 * @param words its words
	 * @param run the Workflow
	 * @return the run's end
	 */
	static RunResult ofArgo(String what, String words, ArgoRun run) {
		return new RunResult.Errored("argo-error",
				"%s: %s. This is the platform's fault: look at the Workflow (argo get %s) and at the log of the workflow-controller, then rerun the build."
					.formatted(what, words, run.place()));
	}

}
