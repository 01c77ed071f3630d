package dev.imagefactory.api;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.api.DeliveryJson.RuleJson;
import dev.imagefactory.build.Build;
import dev.imagefactory.engine.LintVerdict;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.planning.DryRun.Foreseen;
import dev.imagefactory.rendering.Unrenderable;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a delivery would come to. */
@Schema(name = "Decision", description = "What a delivery of the event would come to; nothing of it is stored")
@JsonInclude(JsonInclude.Include.NON_NULL)
record DecisionJson(@Schema(allowableValues = {
		"accepted", "built", "ignored", "duplicate", "failed", "pong" }) String outcome, @Nullable String reason,
		@Nullable String detail,
		@Schema(description = "The delivery whose order exists already") @Nullable String duplicateOf,
		List<RuleJson> rules, List<PlannedBuild> builds){

	static DecisionJson pong() {
		return new DecisionJson("pong", null, null, null, List.of(), List.of());
	}

	static DecisionJson of(Foreseen foreseen, WorkflowPreview preview) {
		Decided decided = foreseen.decided();
		return new DecisionJson(decided.outcome().wireName(), decided.reason(), decided.detail(),
				(decided.duplicateOf() != null) ? decided.duplicateOf().value() : null,
				decided.rules().stream().map(RuleJson::of).toList(),
				foreseen.builds().stream().map((build) -> PlannedBuild.of(build, preview)).toList());
	}

	/** A build that would be queued. */
	@Schema(name = "PlannedBuild")
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record PlannedBuild(String image, @Schema(
			description = "The wanted tags; which of them it gets is decided when its turn comes") List<String> tags,
			String commit,
			@Schema(type = "object",
					description = "The Workflow that engine argo would create") @Nullable JsonNode workflow,
			@Schema(description = "Why there can be no Workflow") @Nullable String workflowRefused,
			@Schema(description = "What an Argo Server says of the Workflow, where one is configured") @Nullable Lint lint) {

		static PlannedBuild of(Build build, WorkflowPreview preview) {
			try {
				return of(build, preview.of(build), null, preview.lint(build).map(Lint::of).orElse(null));
			}
			catch (Unrenderable ex) {
				return of(build, null, ex.getMessage(), null);
			}
		}

		private static PlannedBuild of(Build build, @Nullable JsonNode workflow, @Nullable String refused,
				@Nullable Lint lint) {
			return new PlannedBuild(build.order().key().image().value(),
					build.tags().stream().map(ImageTag::name).toList(), build.order().key().commit().value(), workflow,
					refused, lint);
		}

	}

	/** Whether a Workflow would be accepted. */
	@Schema(name = "Lint")
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record Lint(@Schema(allowableValues = {
			"ok", "wrong", "cannot-see" }) String verdict,
			@Schema(description = "Why it is not ok") @Nullable String detail){

		static Lint of(LintVerdict verdict) {
			return switch (verdict) {
				case LintVerdict.Good good -> new Lint("ok", null);
				case LintVerdict.Wrong wrong -> new Lint("wrong", wrong.detail());
				case LintVerdict.Unseen unseen -> new Lint("cannot-see", unseen.detail());
			};
		}

	}

}
