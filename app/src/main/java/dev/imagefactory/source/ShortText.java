package dev.imagefactory.source;

/**
 * Text from others, made fit to be kept in a column: no NUL and no half characters, which
 * PostgreSQL refuses, and not longer than the column.
 */
public final class ShortText {

	private static final int REPLACEMENT = 0xFFFD;

	private ShortText() {
	}

	/**
	 * Makes a text fit.
	 * @param text any text
	 * @param most the most characters (UTF-16 units) to keep, at least 1
	 * @return the text without NUL characters, lone surrogates replaced, cut at a whole
	 * character
	 */
	public static String of(String text, int most) {
		StringBuilder kept = new StringBuilder(Math.min(text.length(), most));
		int at = 0;
		while (at < text.length()) {
			int point = text.codePointAt(at);
			at += Character.charCount(point);
			if (kept.length() + Character.charCount(point) > most) {
				break;
			}
			if (point != 0) {
				kept.appendCodePoint(isHalf(point) ? REPLACEMENT : point);
			}
		}
		return kept.toString();
	}

	private static boolean isHalf(int point) {
		return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
	}

}
