package dev.imagefactory.source;

/**
 * A text that is not the value it should be; its message names the value and the accepted
 * form, so it can be shown to the person who sent it.
 */
public class InvalidValue extends IllegalArgumentException {

	private static final int SHOWN = 80;

	/**
	 * Creates the refusal of one text.
	 * @param kind what the text should have been, such as "commit"
	 * @param value the refused text; control characters are replaced and long texts cut
	 * @param accepted the accepted form in words
	 */
	public InvalidValue(String kind, String value, String accepted) {
		super("'%s' is not %s %s: %s".formatted(shown(value), article(kind), kind, accepted));
	}

	private static String article(String kind) {
		return ("aeiou".indexOf(kind.charAt(0)) < 0) ? "a" : "an";
	}

	private static String shown(String value) {
		String cut = (value.length() > SHOWN) ? value.substring(0, SHOWN) + "..." : value;
		return cut.replaceAll("\\p{Cntrl}", "?");
	}

}
