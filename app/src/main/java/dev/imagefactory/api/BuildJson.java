package dev.imagefactory.api;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds.QueuePlace;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.source.GitRef;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A build as the contract words it; what is absent is left out, but for ref and engine.
 */
@Schema(name = "Build", description = "One attempt at an order")
@JsonInclude(JsonInclude.Include.NON_NULL)
record BuildJson(@Schema(example = "build-01jqzq4b7v3r5x8k2m9n0p1s6t") String id, String order,
		@Schema(example = "acme/app") String repository, @Schema(allowableValues = {
				"release", "main", "manual" }) String trigger,
		@Schema(allowableValues = { "webhook", "api", "sweep" }) String origin,
		@Schema(description = "Whether the sender's delivery was lost and our own comparison found it") boolean missed,
		@Schema(description = "The full ref; null for a bare commit",
				types = { "string", "null" }) @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String ref,
		String commit, @Schema(description = "Without a registry host") String image,
		@Schema(description = "The tags it pushes; until it is claimed, those the order wants") List<String> tags,
		@Schema(allowableValues = { "QUEUED", "SUBMITTING", "WAITING", "RUNNING", "VERIFYING", "SUCCEEDED", "REJECTED",
				"FAILED", "ERRORED", "TIMED_OUT", "LOST", "CANCELLED", "SUPERSEDED" }) String state,
		@Schema(description = "Why it is in this state, as a word") @Nullable String reason,
		@Schema(description = "Why it is in this state, as a sentence") @Nullable String detail,
		@Schema(description = "What the registry confirmed") @Nullable String digest,
		@Schema(description = "Whether an earlier build of the same order made the image") boolean adopted,
		@Schema(description = "Only while it is queued, and not in lists") @Nullable Queue queue,
		@Nullable Instant cancelRequestedAt, @Nullable Scan scan,
		@Schema(description = "local or argo; null until it is claimed",
				types = { "string", "null" }) @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String engine,
		@Schema(description = "The Workflow's name with engine argo") @Nullable String workflow,
		@Schema(description = "From 1") int attempt, @Nullable String delivery, Instant createdAt,
		@Nullable Instant startedAt, @Nullable Instant finishedAt, List<StepJson> steps, Map<String, String> links){

	static BuildJson of(Build build, Optional<QueuePlace> place, Links links) {
		BuildOrder order = build.order();
		OrderKey key = order.key();
		Build.CancelRequest cancel = build.cancel();
		return new BuildJson(build.id().value(), order.id().value(), order.repository().toString(),
				key.trigger().wireName(), order.origin().wireName(), order.missed(), text(key.ref()),
				key.commit().value(), key.image().value(), build.tags().stream().map(ImageTag::name).toList(),
				build.state().name().name(), build.state().why().orElse(null), build.state().explanation().orElse(null),
				text(build.image().digest()), build.image().adopted(), place.map(Queue::of).orElse(null),
				(cancel != null) ? cancel.at() : null, Scan.of(build.image().scan()), build.engine(),
				"argo".equals(build.engine()) ? build.id().value() : null, build.attempt(),
				(order.delivery() != null) ? order.delivery().value() : null, build.times().createdAt(),
				build.times().startedAt(), build.times().finishedAt(),
				build.steps().stream().map(StepJson::of).toList(), links.ofBuild(build));
	}

	private static @Nullable String text(@Nullable GitRef ref) {
		return (ref != null) ? ref.value() : null;
	}

	private static @Nullable String text(@Nullable Digest digest) {
		return (digest != null) ? digest.value() : null;
	}

	/** Where a queued build stands. */
	@Schema(name = "Queue")
	record Queue(@Schema(description = "From 1") int position,
			@Schema(description = "Why it is not claimed yet") String reason) {

		static Queue of(QueuePlace place) {
			return new Queue(place.position(), place.reason());
		}

	}

	/** A step of a build's run. */
	@Schema(name = "Step")
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record StepJson(@Schema(allowableValues = {
			"clone", "build", "scan", "push" }) String name,
			@Schema(allowableValues = { "PENDING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED" }) String state,
			@Nullable Instant startedAt, @Nullable Instant finishedAt, @Nullable String message){

		static StepJson of(StepStatus step) {
			return new StepJson(step.step().wireName(), step.state().name(), step.startedAt(), step.finishedAt(),
					step.message());
		}

	}

	/** What the scan found. */
	@Schema(name = "Scan")
	record Scan(@Schema(allowableValues = {
			"passed", "rejected", "end-of-life", "scanner-error", "unscanned" }) String verdict,
			@Schema(description = "All findings by severity, worst first; empty where nothing was counted") Map<String, Integer> counts,
			@Schema(description = "At most 50 findings that have a fix, worst first") List<FindingJson> fixable){

		static @Nullable Scan of(@Nullable ScanSummary scan) {
			if (scan == null) {
				return null;
			}
			return new Scan(scan.verdict().wireName(), counts(scan),
					scan.fixable().stream().map(FindingJson::of).toList());
		}

		/** A zero where nobody counted would read as good news. */
		private static Map<String, Integer> counts(ScanSummary scan) {
			Map<String, Integer> counts = new LinkedHashMap<>();
			if (scan.verdict() != ScanVerdict.UNSCANNED && scan.verdict() != ScanVerdict.SCANNER_ERROR) {
				Arrays.stream(Severity.values())
					.sorted(Comparator.reverseOrder())
					.forEach((severity) -> counts.put(severity.name(), scan.counts().getOrDefault(severity, 0)));
			}
			return counts;
		}

	}

	/** A vulnerability that has a fix. */
	@Schema(name = "Finding")
	@JsonInclude(JsonInclude.Include.NON_NULL)
	record FindingJson(@Schema(example = "CVE-2026-1234") String id, @JsonProperty("package") String packageName,
			String installed, @Nullable String fixedIn, @Schema(allowableValues = {
					"CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN" }) String severity,
			@Nullable String link){

		static FindingJson of(Finding finding) {
			return new FindingJson(finding.id(), finding.packageName(), finding.installed(), finding.fixedIn(),
					finding.severity().name(), finding.link());
		}

	}

}
