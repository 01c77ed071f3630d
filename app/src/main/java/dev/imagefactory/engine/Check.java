package dev.imagefactory.engine;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * One thing about the installation that was looked at.
 *
 * @param name what was looked at, a word that programs can rely on
 * @param namespace where in Kubernetes; null for what has no such place
 * @param verdict what came of it
 * @param detail what was found, or why it cannot be seen, as one line for people
 * @param fix what mends it, a command where there is one; null when there is nothing to
 * do
 */
public record Check(String name, @Nullable String namespace, Verdict verdict, String detail, @Nullable String fix) {

	/** No answer of the doctor is a book. */
	private static final int LONGEST = 2000;

	public Check {
		detail = line(detail);
		fix = (fix != null) ? line(fix) : null;
	}

	/** Names and messages of others stand in these texts, and go into the log. */
	private static String line(String text) {
		String line = StepLogs.oneLine(text.replace('\n', ' '));
		return (line.length() <= LONGEST) ? line : line.substring(0, LONGEST) + "...";
	}

	/**
	 * All is well.
	 * @param name what was looked at
	 * @param namespace where in Kubernetes
	 * @param detail what was found
	 * @return the check
	 */
	public static Check ok(String name, @Nullable String namespace, String detail) {
		return new Check(name, namespace, Verdict.OK, detail, null);
	}

	/**
	 * Something is wrong.
	 * @param name what was looked at
	 * @param namespace where in Kubernetes
	 * @param detail what was found
	 * @param fix what mends it
	 * @return the check
	 */
	public static Check wrong(String name, @Nullable String namespace, String detail, String fix) {
		return new Check(name, namespace, Verdict.WRONG, detail, fix);
	}

	/**
	 * Nobody knows.
	 * @param name what was looked at
	 * @param namespace where in Kubernetes
	 * @param detail why it cannot be seen, with the right that is missing
	 * @param fix what makes it visible; null when nothing but time does
	 * @return the check
	 */
	public static Check cannotSee(String name, @Nullable String namespace, String detail, @Nullable String fix) {
		return new Check(name, namespace, Verdict.CANNOT_SEE, detail, fix);
	}

	/** What came of looking. */
	public enum Verdict {

		/** It is as it should be; a fix beside it is advice. */
		OK,

		/** It is not as it should be. */
		WRONG,

		/** It could not be looked at. */
		CANNOT_SEE;

		/**
		 * The word for it.
		 * @return {@code ok}, {@code wrong} or {@code cannot-see}
		 */
		public String wireName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
