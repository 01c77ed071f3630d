package dev.imagefactory.api;

/** Texts from outside, made fit for a log line. */
final class Words {

	private static final int SHOWN = 200;

	private Words() {
	}

	/** The text without control characters, cut when it is long. */
	static String printable(String text) {
		String cut = (text.length() > SHOWN) ? text.substring(0, SHOWN) + "..." : text;
		return cut.replaceAll("\\p{Cntrl}", "?");
	}

}
