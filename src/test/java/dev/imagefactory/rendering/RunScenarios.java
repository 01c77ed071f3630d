package dev.imagefactory.rendering;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.ReleaseTags;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.BuildRecipe;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Origin;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** Runs with fixed ids, one for each golden file. */
final class RunScenarios {

	static final CommitSha COMMIT = CommitSha.of("c3ab8ff13720e8ad9047dd39466b3c8974e592c2");

	static final Digest DIGEST = Digest.of("sha256:" + "a1".repeat(32));

	private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");

	private static final BuildId BUILD = BuildId.of("build-01kjmma2g0wycd31k2mhw094p5");

	private static final ImageName APP = ImageName.of("payments/app");

	private RunScenarios() {
	}

	/** Every scenario by the name of its golden file. */
	static Map<String, Run> all() {
		Map<String, Run> all = new LinkedHashMap<>();
		all.put("release", release("v1.4.0"));
		all.put("main",
				run(order(Trigger.MAIN, GitRef.branch("main"), "", List.of(ImageTag.devSha(COMMIT), ImageTag.dev()))));
		all.put("manual-commit",
				run(order(Trigger.MANUAL, null, "01KJMMA2G0WYCD31K2MHW094P7", List.of(ImageTag.sha(COMMIT)))));
		all.put("rebuild", rebuild());
		all.put("retag", retag());
		all.put("hostile-but-legal-tag", release("v1`id`;|\"'<&>{x}$y%20!"));
		all.put("longest-tag", release("v" + "1".repeat(127)));
		all.put("strict-gate", strict());
		return all;
	}

	static Run release(String tag) {
		ImageTag release = ReleaseTags.of(tag);
		return run(order(Trigger.RELEASE, GitRef.tag(tag), "", List.of(release, ImageTag.sha(COMMIT))));
	}

	private static Run rebuild() {
		BuildOrder order = release("v1.4.0").order();
		return run(order, List.of(ImageTag.rebuild(ImageTag.release("v1.4.0"), 2)), 3);
	}

	private static Run retag() {
		BuildOrder order = order(Trigger.RELEASE, GitRef.tag("v1.4.0"), "promotion", List.of(ImageTag.latest()));
		BuildRecipe recipe = new BuildRecipe(OrderKind.RETAG, "", "Dockerfile", List.of(ImageTag.latest()),
				GatePolicy.standard(), false, DIGEST);
		return run(with(order, recipe));
	}

	private static Run strict() {
		return built("services/app", "services/app/Dockerfile.prod", "payments-waivers");
	}

	/** A release with a strict gate, built from elsewhere than the repository's root. */
	static Run built(String context, String dockerfile, String waivers) {
		BuildOrder order = release("v1.4.0").order();
		GatePolicy gate = new GatePolicy(EnumSet.allOf(Severity.class), false, GatePolicy.EndOfLife.REJECT, waivers,
				false);
		return run(with(order,
				new BuildRecipe(OrderKind.BUILD, context, dockerfile, order.recipe().tags(), gate, true, null)));
	}

	/** A release whose addresses are others than usual. */
	static Run addressed(URI clone, URI source, URI build) {
		Run usual = release("v1.4.0");
		return new Run(usual.build(), usual.attempt(), usual.order(), usual.tags(), clone, source, build,
				usual.limits());
	}

	/** A release of a ref, under tags of its own. */
	static Run release(GitRef ref, List<ImageTag> tags) {
		return run(order(Trigger.RELEASE, ref, "", tags));
	}

	/** A release of another image than usual. */
	static Run named(ImageName image, ImageTag tag) {
		BuildOrder usual = release("v1.4.0").order();
		OrderKey key = new OrderKey(usual.key().repository(), usual.key().trigger(), usual.key().ref(),
				usual.key().commit(), image, usual.key().request());
		return run(new BuildOrder(usual.id(), key, usual.repository(), usual.team(), usual.origin(), usual.missed(),
				usual.delivery(), usual.recipe(), usual.createdAt()), List.of(tag), 1);
	}

	private static BuildOrder with(BuildOrder order, BuildRecipe recipe) {
		return new BuildOrder(order.id(), order.key(), order.repository(), order.team(), order.origin(), order.missed(),
				order.delivery(), recipe, order.createdAt());
	}

	private static BuildOrder order(Trigger trigger, @Nullable GitRef ref, String request, List<ImageTag> tags) {
		OrderKey key = new OrderKey(RepositoryId.github(123456), trigger, ref, COMMIT, APP, request);
		BuildRecipe recipe = new BuildRecipe(OrderKind.BUILD, "", "Dockerfile", tags, GatePolicy.standard(), false,
				null);
		boolean webhook = trigger != Trigger.MANUAL;
		return new BuildOrder(OrderId.of("01KJMMA2G0WYCD31K2MHW094P6"), key, RepositoryName.of("Acme/app"),
				TeamName.of("payments"), webhook ? Origin.WEBHOOK : Origin.API, false,
				webhook ? DeliveryId.of("01KJMMA2G0WYCD31K2MHW094P4") : null, recipe, AT);
	}

	static Run run(BuildOrder order) {
		return run(order, order.recipe().tags(), 1);
	}

	private static Run run(BuildOrder order, List<ImageTag> tags, int attempt) {
		return new Run(BUILD, attempt, order, tags, URI.create("https://github.com/Acme/app.git"),
				URI.create("https://github.com/Acme/app"),
				URI.create("https://images.example.com/builds/" + BUILD.value()),
				new Run.Limits(Duration.ofMinutes(60), 1_000_000_000));
	}

	/** Where the scenarios' runs go. */
	static Site site() {
		Team team = new Team(TeamName.of("payments"), ImageName.of("payments"), ArgoIdentity.standard(),
				GatePolicy.standard(), List.of());
		return new Site("01KJMM0000WYCD31K2MHW094P0", "example.azurecr.io", team);
	}

}
