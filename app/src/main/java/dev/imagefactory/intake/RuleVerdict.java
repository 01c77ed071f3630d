package dev.imagefactory.intake;

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * What one rule said of one delivery.
 *
 * @param rule the rule's name; a rule that can end a delivery is named by the reason it
 * gives then
 * @param image the image it was asked about, where it is about one
 * @param verdict what it said
 * @param detail why, in a sentence
 */
public record RuleVerdict(String rule, @Nullable String image, Verdict verdict, String detail) {

	/** What a rule can say. */
	public enum Verdict {

		/** Go on. */
		PASS,

		/** Nothing is to be built, for this reason. */
		IGNORE,

		/** It cannot be built, for this reason. */
		FAIL,

		/** It was not asked, because an earlier rule had decided. */
		SKIPPED;

		/**
		 * The name used in rows and answers.
		 * @return such as {@code pass}
		 */
		@JsonValue
		public String wireName() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
