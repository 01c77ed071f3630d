package dev.imagefactory.pipeline;

import java.util.Locale;

/** What the scan says of an image. */
public enum ScanVerdict {

	/** Nothing stops it. */
	PASSED,

	/** A finding stops it. */
	REJECTED,

	/** Its operating system gets no more updates. */
	END_OF_LIFE,

	/** The scanner itself failed: nothing is known. */
	SCANNER_ERROR,

	/** No scanner looked at it. */
	UNSCANNED;

	/**
	 * The name used in rows and answers.
	 * @return such as {@code end-of-life}
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
