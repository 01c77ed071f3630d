package dev.imagefactory.api;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.imagefactory.build.Build;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.source.DeliveryId;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A delivery as the contract words it; what is absent is left out, but for repository.
 */
@Schema(name = "Delivery", description = "A webhook that was received and verified")
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeliveryJson(@Schema(description = "Our own id") String delivery,
		@Schema(description = "The sender's id of the event") String guid, @Nullable String hook, String event,
		@Nullable String action, @Schema(types = {
				"string", "null" }) @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String repository,
		Instant receivedAt, @Schema(description = "How often it came") int receipts,
		@Schema(allowableValues = { "accepted", "built", "ignored", "duplicate", "failed" }) String outcome,
		@Nullable String reason, @Nullable String detail, List<RuleJson> rules, List<BuildLink> builds,
		@Nullable String duplicateOf,
		@Schema(description = "Other deliveries with the same GUID, newest first; not in lists") @Nullable List<String> others){

	static DeliveryJson of(Delivery delivery, List<BuildLink> builds, @Nullable List<DeliveryId> others) {
		Delivery.Decided decision = delivery.decision();
		DeliveryId first = decision.duplicateOf();
		return new DeliveryJson(delivery.id().value(), delivery.guid(),
				delivery.hook().isEmpty() ? null : delivery.hook(), delivery.event(), delivery.action(),
				(delivery.repository() != null) ? delivery.repository().toString() : null, delivery.receivedAt(),
				delivery.receipts(), decision.outcome().wireName(), decision.reason(), decision.detail(),
				decision.rules().stream().map(RuleJson::of).toList(), builds, (first != null) ? first.value() : null,
				(others != null) ? others.stream().map(DeliveryId::value).toList() : null);
	}

	/** What one rule said. */
	@Schema(name = "RuleVerdict")
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record RuleJson(String rule, @Nullable String image, @Schema(allowableValues = {
			"pass", "ignore", "fail", "skipped" }) String verdict, String detail){

		static RuleJson of(RuleVerdict verdict) {
			return new RuleJson(verdict.rule(), verdict.image(), verdict.verdict().wireName(), verdict.detail());
		}

	}

	/** A build that the delivery asked for. */
	@Schema(name = "BuildLink")
	record BuildLink(String id, String state, String url) {

		static BuildLink of(Build build, Links links) {
			return new BuildLink(build.id().value(), build.state().name().name(), links.build(build.id()));
		}

	}

}
