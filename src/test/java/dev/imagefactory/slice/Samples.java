package dev.imagefactory.slice;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** Builds and deliveries to show. */
public final class Samples {

	public static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

	public static final CommitSha COMMIT = CommitSha.of("0123456789abcdef0123456789abcdef01234567");

	public static final Digest DIGEST = Digest.of("sha256:" + "ab".repeat(32));

	private Samples() {
	}

	public static BuildOrder order(@Nullable GitRef ref, Trigger trigger, String request, @Nullable DeliveryId delivery,
			Instant at) {
		OrderKey key = new OrderKey(RepositoryId.github(7), trigger, ref, COMMIT, ImageName.of("payments/app"),
				request);
		BuildRecipe recipe = new BuildRecipe(OrderKind.BUILD, "", "Dockerfile",
				List.of(ImageTag.release("v1.2.3"), ImageTag.sha(COMMIT)), GatePolicy.standard(), false, null);
		return new BuildOrder(OrderId.next(at), key, RepositoryName.of("acme/app"), TeamName.of("payments"),
				(delivery != null) ? Origin.WEBHOOK : Origin.API, false, delivery, recipe, at);
	}

	public static Build queued(BuildOrder order, Instant at) {
		return Build.queued(BuildId.next(at), order, 1, at);
	}

	public static Build queued(Instant at) {
		return queued(order(GitRef.tag("v1.2.3"), Trigger.RELEASE, "", DeliveryId.next(at), at), at);
	}

	/** The same build elsewhere in its life. */
	public static Build in(Build build, BuildState state) {
		Instant made = build.times().createdAt();
		boolean queued = state instanceof BuildState.Queued;
		Instant ended = state.name().isOpen() ? null : made.plusSeconds(75);
		return new Build(build.id(), build.order(), build.attempt(), build.byPush(), state, build.tags(), build.image(),
				build.steps(), build.cancel(), queued ? null : "local",
				new Build.Times(made, queued ? null : made.plusSeconds(2), ended), build.version() + 1);
	}

	/** The same build, run by Argo Workflows. */
	public static Build byArgo(Build build) {
		return new Build(build.id(), build.order(), build.attempt(), build.byPush(), build.state(), build.tags(),
				build.image(), build.steps(), build.cancel(), "argo", build.times(), build.version());
	}

	public static Build running(Instant at, Step step) {
		Build build = in(queued(at), new BuildState.Running(step));
		return build.withSteps(steps(at, step, StepState.RUNNING));
	}

	public static Build succeeded(Instant at) {
		Build build = in(queued(at), new BuildState.Succeeded(DIGEST)).withSteps(ended(at));
		return with(build, new Build.Product(DIGEST, false,
				new ScanSummary(ScanVerdict.PASSED, Map.of(Severity.LOW, 12, Severity.MEDIUM, 3), List.of(), at)));
	}

	public static Build rejected(Instant at, Finding... findings) {
		Build build = in(queued(at), new BuildState.Rejected(
				"The gate stopped the image: 2 fixable findings, listed under scan. Update the packages to the versions under fixedIn."))
			.withSteps(steps(at, Step.SCAN, StepState.FAILED));
		return with(build, new Build.Product(null, false, new ScanSummary(ScanVerdict.REJECTED,
				Map.of(Severity.CRITICAL, 1, Severity.HIGH, 1, Severity.LOW, 30), List.of(findings), at)));
	}

	public static Build with(Build build, Build.Product product) {
		return new Build(build.id(), build.order(), build.attempt(), build.byPush(), build.state(), build.tags(),
				product, build.steps(), build.cancel(), build.engine(), build.times(), build.version());
	}

	public static List<StepStatus> steps(Instant at, Step current, StepState state) {
		return Arrays.stream(Step.values()).map((step) -> {
			Instant began = at.plusSeconds(2 + 20L * step.ordinal());
			if (step.ordinal() < current.ordinal()) {
				return new StepStatus(step, StepState.SUCCEEDED, began, began.plusMillis(8400), null);
			}
			return (step == current)
					? new StepStatus(step, state, began, (state == StepState.RUNNING) ? null : began.plusSeconds(20),
							(state == StepState.FAILED) ? "2 fixable findings" : null)
					: StepStatus.pending(step);
		}).toList();
	}

	private static List<StepStatus> ended(Instant at) {
		return steps(at, Step.PUSH, StepState.SUCCEEDED);
	}

	public static Delivery delivery(Instant at, String guid, DeliveryOutcome outcome) {
		String reason = (outcome == DeliveryOutcome.IGNORED) ? "draft" : null;
		Delivery.Decided decided = new Delivery.Decided(outcome, reason, (reason != null) ? "It is a draft." : null,
				List.of(new RuleVerdict("repository-not-onboarded", null, RuleVerdict.Verdict.PASS, "It is onboarded."),
						new RuleVerdict("draft", "payments/app",
								(reason != null) ? RuleVerdict.Verdict.IGNORE : RuleVerdict.Verdict.PASS, "A draft?")),
				null);
		return new Delivery(DeliveryId.next(at), "", guid, "release", "published", RepositoryId.github(7),
				RepositoryName.of("acme/app"), at, 1, decided, new Delivery.Planning(null, null, 0), true, 1);
	}

}
