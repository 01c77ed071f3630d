package dev.imagefactory.intake.jdbc;

import org.jspecify.annotations.Nullable;

/**
 * Text from outside in the form that both databases store: without NUL (PostgreSQL has no
 * place for it), well-formed, and no longer than its column.
 */
final class StoredText {

	private static final char REPLACEMENT = '\ufffd';

	private StoredText() {
	}

	/**
	 * Makes a text storable.
	 * @param text the text
	 * @param longest the column's length in UTF-16 units, the stricter of the two counts
	 * @return the text, changed only where it has to be
	 */
	static @Nullable String of(@Nullable String text, int longest) {
		if (text == null) {
			return null;
		}
		StringBuilder stored = new StringBuilder(Math.min(text.length(), longest));
		int index = 0;
		while (index < text.length()) {
			int point = text.codePointAt(index);
			index += Character.charCount(point);
			int clean = (point == 0 || isSurrogate(point)) ? REPLACEMENT : point;
			if (stored.length() + Character.charCount(clean) > longest) {
				break;
			}
			stored.appendCodePoint(clean);
		}
		return stored.toString();
	}

	private static boolean isSurrogate(int point) {
		return point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
	}

}
