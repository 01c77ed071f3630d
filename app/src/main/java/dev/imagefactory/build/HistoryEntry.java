package dev.imagefactory.build;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One line of a build's history.
 *
 * @param at when
 * @param from the state before
 * @param to the state after; the same where only something was noted
 * @param reason a word in kebab case
 * @param detail a sentence
 * @param by who or what made it happen
 */
public record HistoryEntry(Instant at, StateName from, StateName to, @Nullable String reason, @Nullable String detail,
		String by) {

	/** Who made it happen when nobody asked for it. */
	public static final String SYSTEM = "image-factory";

	static HistoryEntry of(Build before, Build after, @Nullable String reason, Instant at, String by) {
		return new HistoryEntry(at, before.state().name(), after.state().name(), reason,
				after.state().explanation().orElse(null), by);
	}

	/**
	 * The first line of a build's history.
	 * @param build a new build
	 * @return a line that says that it was queued
	 */
	public static HistoryEntry queued(Build build) {
		return new HistoryEntry(build.times().createdAt(), StateName.QUEUED, StateName.QUEUED, null, null, SYSTEM);
	}

}
