package dev.imagefactory.registry.oci;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** How long a registry wants to be left alone. */
final class Pause {

	/** No registry may stop us for longer than a push is tried again. */
	static final Duration LONGEST = Duration.ofMinutes(3);

	private long end = System.nanoTime();

	/**
	 * Takes note of what a registry asks for; a shorter pause does not end a longer one.
	 * @param answer an answer that puts us off
	 */
	synchronized void note(Wire.Answer answer) {
		long asked = System.nanoTime() + asked(answer).toNanos();
		if (asked - this.end > 0) {
			this.end = asked;
		}
	}

	/** How much of it is left; zero or less when it is over. */
	synchronized Duration left() {
		return Duration.ofNanos(this.end - System.nanoTime());
	}

	/**
	 * Reads {@code Retry-After} (RFC 9110, section 10.2.3).
	 * @param answer an answer that puts us off
	 * @return zero when it does not say; the longest when it says what cannot be read
	 */
	static Duration asked(Wire.Answer answer) {
		Optional<String> text = answer.header("Retry-After").map(String::strip);
		if (text.isEmpty()) {
			return Duration.ZERO;
		}
		Duration asked = seconds(text.get()).or(() -> until(text.get(), answer)).orElse(LONGEST);
		return (asked.compareTo(LONGEST) > 0) ? LONGEST : asked;
	}

	private static Optional<Duration> seconds(String text) {
		return Optional.of(text)
			.filter((number) -> number.matches("[0-9]{1,9}"))
			.map((number) -> Duration.ofSeconds(Long.parseLong(number)));
	}

	/** Both times are the registry's, so that its clock and ours may differ. */
	private static Optional<Duration> until(String text, Wire.Answer answer) {
		try {
			return answer.header("Date").map((now) -> Duration.between(time(now), time(text)));
		}
		catch (DateTimeException ex) {
			return Optional.empty();
		}
	}

	private static ZonedDateTime time(String text) {
		return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
	}

}
