package dev.imagefactory.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/** Times and spans as people say them. */
final class Spoken {

	private static final DateTimeFormatter EXACT = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
		.withZone(ZoneOffset.UTC);

	private Spoken() {
	}

	/** How long ago something was. */
	static String ago(Instant then, Instant now) {
		Duration age = Duration.between(then, now);
		if (age.toSeconds() < 10) {
			return "just now";
		}
		if (age.toMinutes() < 1) {
			return age.toSeconds() + " s ago";
		}
		if (age.toHours() < 1) {
			return age.toMinutes() + " min ago";
		}
		if (age.toDays() < 1) {
			return age.toHours() + " h ago";
		}
		return (age.toDays() == 1) ? "yesterday" : age.toDays() + " days ago";
	}

	/** How long something took, or has taken so far. */
	static String span(@Nullable Instant from, @Nullable Instant to, Instant now) {
		if (from == null) {
			return "";
		}
		Duration span = Duration.between(from, (to != null) ? to : now);
		if (span.isNegative()) {
			return "0 s";
		}
		if (span.toMinutes() < 1) {
			return (span.toMillis() < 10_000) ? String.format(Locale.ROOT, "%.1f s", span.toMillis() / 1000.0)
					: span.toSeconds() + " s";
		}
		if (span.toHours() < 1) {
			return "%d min %d s".formatted(span.toMinutes(), span.toSecondsPart());
		}
		return "%d h %d min".formatted(span.toHours(), span.toMinutesPart());
	}

	/** A point in time, to the second. */
	static String exact(@Nullable Instant at) {
		return (at != null) ? EXACT.format(at) : "";
	}

	/** A point in time for programs. */
	static String machine(@Nullable Instant at) {
		return (at != null) ? at.truncatedTo(ChronoUnit.SECONDS).toString() : "";
	}

}
