package dev.imagefactory.api;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.imagefactory.source.InvalidValue;
import org.jspecify.annotations.Nullable;

/** Reads query parameters; what is not accepted is told by name. */
final class Query {

	static final int STANDARD_LIMIT = 50;

	static final int LARGEST_LIMIT = 200;

	private Query() {
	}

	/** Reads a value with a type of its own. */
	static <T> @Nullable T value(String name, @Nullable String text, Function<String, T> reader) {
		if (text == null) {
			return null;
		}
		try {
			return reader.apply(text);
		}
		catch (InvalidValue ex) {
			throw invalid(name, ex.getMessage());
		}
	}

	/** Reads one of a few words. */
	static <E extends Enum<E>> @Nullable E word(String name, @Nullable String text, E[] all,
			Function<E, String> wireName) {
		if (text == null) {
			return null;
		}
		return Arrays.stream(all)
			.filter((each) -> wireName.apply(each).equals(text))
			.findFirst()
			.orElseThrow(() -> invalid(name, "'%s' is not one of %s".formatted(Words.printable(text),
					Arrays.stream(all).map(wireName).collect(Collectors.joining(" ")))));
	}

	/** Reads a time of RFC 3339. */
	static @Nullable Instant time(String name, @Nullable String text) {
		try {
			return (text != null) ? OffsetDateTime.parse(text).toInstant() : null;
		}
		catch (DateTimeException ex) {
			throw invalid(name,
					"'%s' is not a time of RFC 3339, such as 2026-01-31T12:00:00Z".formatted(Words.printable(text)));
		}
	}

	/** Reads how many items are wanted. */
	static int limit(@Nullable String text) {
		if (text == null) {
			return STANDARD_LIMIT;
		}
		int limit = text.matches("[1-9][0-9]{0,2}") ? Integer.parseInt(text) : 0;
		if (limit < 1 || limit > LARGEST_LIMIT) {
			throw invalid("limit", "'%s' is not a number from 1 to %d".formatted(Words.printable(text), LARGEST_LIMIT));
		}
		return limit;
	}

	/** Reads where the last page ended. */
	static <T> @Nullable T cursor(@Nullable String text, Function<String, T> reader) {
		if (text == null) {
			return null;
		}
		try {
			return reader.apply(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
		}
		catch (IllegalArgumentException ex) {
			throw invalid("cursor", "it is not a nextCursor of an earlier answer");
		}
	}

	/** Writes where a page ends. */
	static String cursor(Object last) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(last.toString().getBytes(StandardCharsets.UTF_8));
	}

	static ApiProblem invalid(String name, String why) {
		return new ApiProblem(ProblemType.INVALID_PARAMETER, "Query parameter '%s': %s.".formatted(name, why))
			.with("parameter", name);
	}

}
