package dev.imagefactory.api;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.imagefactory.pipeline.Step;
import org.jspecify.annotations.Nullable;

/**
 * How far somebody has read a build's logs: an offset in bytes for every step, because a
 * step that is started again makes its log longer. As text it is an event's id, such as
 * {@code clone:812,build:4096}.
 */
final class LogPosition {

	private static final Pattern FORM = Pattern
		.compile("(?:clone|build|scan|push):[0-9]{1,12}(?:,(?:clone|build|scan|push):[0-9]{1,12})*");

	private final Map<Step, Long> offsets = new EnumMap<>(Step.class);

	/** Reads a Last-Event-ID; null and empty mean the beginning. */
	static LogPosition of(@Nullable String text) {
		LogPosition position = new LogPosition();
		if (text == null || text.isEmpty()) {
			return position;
		}
		if (!FORM.matcher(text).matches()) {
			throw new ApiProblem(ProblemType.INVALID_HEADER,
					"Last-Event-ID: it is not an id of this stream's events, such as clone:812,build:4096.");
		}
		Arrays.stream(text.split(",")).map((part) -> part.split(":")).forEach((part) -> {
			Step step = Step.valueOf(part[0].toUpperCase(Locale.ROOT));
			position.offsets.put(step, Long.valueOf(part[1]));
		});
		return position;
	}

	long of(Step step) {
		return this.offsets.getOrDefault(step, 0L);
	}

	void move(Step step, long offset) {
		this.offsets.put(step, offset);
	}

	@Override
	public String toString() {
		return this.offsets.entrySet()
			.stream()
			.map((entry) -> entry.getKey().wireName() + ":" + entry.getValue())
			.collect(Collectors.joining(","));
	}

}
