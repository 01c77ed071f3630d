package dev.imagefactory.dashboard;

import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Builds.QueuePlace;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.StepState;
import dev.imagefactory.pipeline.StepStatus;
import org.jspecify.annotations.Nullable;

/**
 * A build as its page shows it.
 *
 * @param row what the list shows of it too
 * @param sentence its state in a sentence
 * @param open whether it may still change
 * @param facts what is known of it, in the page's order
 * @param tags its tags
 * @param digest its image, once confirmed
 * @param steps its steps
 * @param scan its scan, once there was one
 * @param history its history, oldest first
 * @param attempts the other attempts at its order
 */
record BuildView(BuildRow row, String sentence, boolean open, List<Fact> facts, List<String> tags,
		@Nullable String digest, List<StepRow> steps, @Nullable ScanView scan, List<HistoryRow> history,
		List<Attempt> attempts) {

	static BuildView of(Build build, Optional<QueuePlace> place, List<HistoryEntry> history, List<Build> attempts,
			Optional<URI> workflow, Instant now) {
		return new BuildView(BuildRow.of(build, now), Look.sentence(build) + place.map(BuildView::place).orElse(""),
				build.isOpen(), facts(build, workflow, now), build.tags().stream().map(ImageTag::name).toList(),
				(build.image().digest() != null) ? build.image().digest().value() : null,
				build.steps().stream().map((step) -> StepRow.of(step, now)).toList(), ScanView.of(build.image().scan()),
				history.stream().map(HistoryRow::of).toList(),
				attempts.stream().filter((other) -> !other.id().equals(build.id())).map(Attempt::of).toList());
	}

	private static String place(QueuePlace place) {
		return " It is number %d in the queue (%s).".formatted(place.position(), place.reason());
	}

	private static List<Fact> facts(Build build, Optional<URI> workflow, Instant now) {
		BuildOrder order = build.order();
		Build.Times times = build.times();
		return List
			.of(new Fact("Repository", order.repository().toString()),
					new Fact("Ref", (order.key().ref() != null) ? order.key().ref().value() : "none, a bare commit"),
					new Fact("Commit", order.key().commit().value()),
					new Fact("Asked for by",
							"%s, %s%s".formatted(order.key().trigger().wireName(), order.origin().wireName(),
									order.missed() ? ", found missing" : "")),
					new Fact("Team", order.team().value()), new Fact("Attempt", Integer.toString(build.attempt())),
					new Fact("Engine", (build.engine() != null) ? build.engine() : "not claimed yet"),
					new Fact("Workflow", workflow.isPresent() ? build.id().value() : "",
							workflow.map(URI::toString).orElse(null)),
					new Fact("Made", Spoken.exact(times.createdAt())),
					new Fact("Began", Spoken.exact(times.startedAt())),
					new Fact("Ended", Spoken.exact(times.finishedAt())),
					new Fact("Took", Spoken.span(times.startedAt(), times.finishedAt(), now)),
					new Fact("Delivery", (order.delivery() != null) ? order.delivery().value() : ""))
			.stream()
			.filter((fact) -> !fact.value().isEmpty())
			.toList();
	}

	/** A name and a value, with where it leads to when that is somebody else's page. */
	record Fact(String name, String value, @Nullable String link) {

		Fact(String name, String value) {
			this(name, value, null);
		}

	}

	/** A step as the page shows it. */
	record StepRow(String name, String tone, String state, String span, String at, @Nullable String message) {

		static StepRow of(StepStatus step, Instant now) {
			return new StepRow(step.step().wireName(), tone(step.state()), step.state().name().toLowerCase(Locale.ROOT),
					(step.state() == StepState.SKIPPED) ? "" : Spoken.span(step.startedAt(), step.finishedAt(), now),
					Spoken.exact(step.startedAt()), step.message());
		}

		private static String tone(StepState state) {
			return switch (state) {
				case PENDING, SKIPPED -> "still";
				case RUNNING -> "busy";
				case SUCCEEDED -> "good";
				case FAILED -> "bad";
			};
		}

	}

	/** A scan as the page shows it. */
	record ScanView(String verdict, String tone, List<Count> counts, List<Found> fixable) {

		static @Nullable ScanView of(@Nullable ScanSummary scan) {
			if (scan == null) {
				return null;
			}
			boolean counted = scan.verdict() != ScanVerdict.UNSCANNED && scan.verdict() != ScanVerdict.SCANNER_ERROR;
			List<Count> counts = Arrays.stream(Severity.values())
				.filter((severity) -> counted)
				.sorted(Comparator.reverseOrder())
				.map((severity) -> new Count(severity.name().toLowerCase(Locale.ROOT),
						scan.counts().getOrDefault(severity, 0)))
				.toList();
			return new ScanView(verdict(scan.verdict()), tone(scan.verdict()), counts,
					scan.fixable().stream().map(Found::of).toList());
		}

		private static String verdict(ScanVerdict verdict) {
			return switch (verdict) {
				case PASSED -> "The scan lets it pass.";
				case REJECTED -> "The gate stopped it because of these findings.";
				case END_OF_LIFE -> "The gate stopped it: its operating system gets no more security updates.";
				case SCANNER_ERROR -> "The scanner failed, so nothing is known of it.";
				case UNSCANNED -> "Unscanned: no scanner looked at this image.";
			};
		}

		private static String tone(ScanVerdict verdict) {
			return switch (verdict) {
				case PASSED -> "good";
				case REJECTED, END_OF_LIFE, SCANNER_ERROR -> "bad";
				case UNSCANNED -> "still";
			};
		}

	}

	/** How many findings there are of a severity. */
	record Count(String severity, int number) {
	}

	/** A finding; its link only when it leads to the web. */
	record Found(String id, String packageName, String installed, @Nullable String fixedIn, String severity,
			@Nullable String link) {

		static Found of(Finding finding) {
			String link = finding.link();
			boolean web = link != null && (link.startsWith("https://") || link.startsWith("http://"));
			return new Found(finding.id(), finding.packageName(), finding.installed(), finding.fixedIn(),
					finding.severity().name().toLowerCase(Locale.ROOT), web ? link : null);
		}

	}

	/** A line of the history. */
	record HistoryRow(String at, String tone, String change, @Nullable String why, String by) {

		static HistoryRow of(HistoryEntry entry) {
			String to = Look.word(entry.to());
			String reason = entry.reason();
			String change = (entry.from() == entry.to()) ? ((reason != null) ? reason.replace('-', ' ') : to) : to;
			return new HistoryRow(Spoken.exact(entry.at()), Look.tone(entry.to()), change, entry.detail(), entry.by());
		}

	}

	/** Another attempt at the same order. */
	record Attempt(String id, int number, String tone, String state) {

		static Attempt of(Build build) {
			return new Attempt(build.id().value(), build.attempt(), Look.tone(build.state().name()),
					Look.word(build.state().name()));
		}

	}

}
