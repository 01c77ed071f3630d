package dev.imagefactory.engine.argo.checkup;

import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What came of looking at something.
 *
 * @param <T> what is seen
 */
sealed interface Sight<T> {

	/**
	 * Makes something of what was seen.
	 * @param function what
	 * @param <R> the result
	 * @return the result, or why nothing was seen
	 */
	default <R> Sight<R> map(Function<T, R> function) {
		return switch (this) {
			case Seen<T>(T value) -> new Seen<>(function.apply(value));
			case Hidden<T>(String why, String fix) -> new Hidden<>(why, fix);
		};
	}

	/** What was seen, when it was. */
	default Optional<T> seen() {
		return switch (this) {
			case Seen<T>(T value) -> Optional.of(value);
			case Hidden<T> hidden -> Optional.empty();
		};
	}

	/** Why nothing was seen, when nothing was. */
	default Optional<Hidden<T>> hidden() {
		return switch (this) {
			case Seen<T> seen -> Optional.empty();
			case Hidden<T> hidden -> Optional.of(hidden);
		};
	}

	/**
	 * It was seen.
	 *
	 * @param value what
	 * @param <T> its type
	 */
	record Seen<T>(T value) implements Sight<T> {
	}

	/**
	 * It was not seen.
	 *
	 * @param why a sentence that names the missing right, or what did not answer
	 * @param fix what makes it visible; null when there is nothing to do
	 * @param <T> what was looked for
	 */
	record Hidden<T>(String why, @Nullable String fix) implements Sight<T> {
	}

}
