package dev.imagefactory.engine.argo;

import java.util.Optional;

import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * The end of a run. It ended well only when Argo says so and every digest agrees; and the
 * registry is asked only for an image that is known to have been scanned, because what it
 * confirms turns green.
 */
final class RunEnd {

	private final ArgoRun run;

	/**
	 * Looks at a Workflow that is over.
	 * @param run the Workflow
	 */
	RunEnd(ArgoRun run) {
		this.run = run;
	}

	/**
	 * Says how it ended.
	 * @param scan what became of its scan
	 * @return the end
	 */
	RunPhase.Ended phase(ScanOutcome scan) {
		if (this.run.kind() == OrderKind.RETAG) {
			return retagged();
		}
		return switch (scan) {
			case ScanOutcome.Passed passed -> pushed(passed.image());
			case ScanOutcome.Stopped stopped -> rejected(stopped.summary());
			case ScanOutcome.Contradictory contradictory ->
				unpushed(new RunResult.Errored(contradictory.reason(), contradictory.detail()));
			case ScanOutcome.Open open -> unpushed(withoutPush());
		};
	}

	private RunPhase.Ended rejected(ScanSummary summary) {
		StepNode push = this.run.nodes().get(Step.PUSH);
		if (push != null && push.mayHaveRun()) {
			return unpushed(new RunResult.Errored("workflow-invalid",
					"The gate stopped the image and its push was begun all the same, so the installed image-build-v1 is not ours. Look what the image's tags point at, and install the templates again (kubectl apply -k workflow-templates/)."));
		}
		return unpushed(new RunResult.Rejected(summary));
	}

	private RunPhase.Ended pushed(ScannedImage image) {
		StepNode push = this.run.nodes().get(Step.PUSH);
		if (push == null || !push.mayHaveRun()) {
			return unpushed(withoutPush());
		}
		Optional<Digest> reported = reported(push);
		if (reported.isPresent() && !reported.get().equals(image.digest())) {
			// Not the scanned one: it is asked for so that it is recorded, and never
			// turns green.
			return new RunPhase.Ended(changed(image.digest(), reported.get()), reported.get());
		}
		return new RunPhase.Ended(endOfPush(push, image.digest(), reported, image.scan()), image.digest());
	}

	private RunPhase.Ended retagged() {
		StepNode push = this.run.nodes().get(Step.PUSH);
		Digest ordered = ordered();
		if (push == null || !push.mayHaveRun() || ordered == null) {
			return unpushed(withoutPush());
		}
		Optional<Digest> reported = reported(push);
		if (reported.isPresent() && !reported.get().equals(ordered)) {
			return unpushed(changed(ordered, reported.get()));
		}
		return new RunPhase.Ended(endOfPush(push, ordered, reported, ScanSummary.unscanned()), ordered);
	}

	private RunResult endOfPush(StepNode push, Digest image, Optional<Digest> reported, ScanSummary scan) {
		if (this.run.phase() != ArgoRun.Phase.SUCCEEDED || push.phase() != NodePhase.SUCCEEDED) {
			return RunFault.of(this.run);
		}
		return reported.isPresent() ? new RunResult.Succeeded(image, scan) : new RunResult.Errored("push-unclear",
				"The push ended without naming the digest that it pushed, and the registry does not show it either. Compare the installed templates with this version's (kubectl apply -k workflow-templates/), then rerun the build.");
	}

	/** What is not even a digest counts as not reported: the registry is asked. */
	private static Optional<Digest> reported(StepNode push) {
		try {
			return StepOutputs.digest(push);
		}
		catch (OutputRefused ex) {
			return Optional.empty();
		}
	}

	/** A person may have changed the arguments. */
	private @Nullable Digest ordered() {
		try {
			return this.run.argument("digest").map(Digest::of).orElse(null);
		}
		catch (InvalidValue ex) {
			return null;
		}
	}

	private static RunResult changed(Digest expected, Digest reported) {
		return new RunResult.Errored("image-changed",
				"The push reported %s, and the image to push was %s. Look what the image's tags point at, and what else writes to the registry, then rerun the build."
					.formatted(reported, expected));
	}

	/**
	 * Argo may say "succeeded" of a Workflow that it never began, or of foreign steps.
	 */
	private RunResult withoutPush() {
		if (this.run.phase() != ArgoRun.Phase.SUCCEEDED || this.run.shutdown().isPresent()) {
			return RunFault.of(this.run);
		}
		return new RunResult.Errored("workflow-invalid",
				"Argo says that the Workflow succeeded, and it has not pushed what it scanned, so the installed templates are not ours. Install them again (kubectl apply -k workflow-templates/), then rerun the build.");
	}

	private static RunPhase.Ended unpushed(RunResult result) {
		return new RunPhase.Ended(result, null);
	}

}
