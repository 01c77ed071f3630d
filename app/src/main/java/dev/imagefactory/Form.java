package dev.imagefactory;

import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * What a setting may look like.
 *
 * @param accepted the accepted values in words
 * @param refusal says why a value is not accepted, without repeating it where it may be
 * secret; null when it is
 * @param shown whether a value may be repeated in messages
 */
record Form(String accepted, Function<String, @Nullable String> refusal, Shown shown) {

	private static final int LONGEST_SHOWN = 120;

	/**
	 * Judges a value.
	 * @param value the value, not empty
	 * @return why it is not accepted; empty when it is
	 */
	Optional<String> judge(String value) {
		return Optional.ofNullable(this.refusal.apply(value));
	}

	/**
	 * Prepares a value for a message.
	 * @param value the value
	 * @return the value, cut and cleaned; empty when it must not be shown
	 */
	Optional<String> show(String value) {
		boolean shows = switch (this.shown) {
			case ALWAYS -> true;
			case AS_PATH -> value.matches("(?:/|\\./|\\.\\./)[A-Za-z0-9._/-]*");
			case AS_ADDRESS -> !value.contains("@") && !value.contains("?");
		};
		if (!shows) {
			return Optional.empty();
		}
		String clean = value.replaceAll("\\p{Cntrl}", "?");
		return Optional.of((clean.length() > LONGEST_SHOWN) ? clean.substring(0, LONGEST_SHOWN) + "..." : clean);
	}

	/** Whether a value may be repeated in messages. */
	enum Shown {

		/** It holds no secret. */
		ALWAYS,

		/** Only when it reads as a path: people put the secret where its file belongs. */
		AS_PATH,

		/** Only without user, password and query. */
		AS_ADDRESS

	}

}
