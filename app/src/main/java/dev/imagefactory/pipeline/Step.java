package dev.imagefactory.pipeline;

import java.util.Locale;

/** A step of a run, in the order in which they run. */
public enum Step {

	/** Fetches the pinned commit. */
	CLONE,

	/** Runs the Dockerfile. */
	BUILD,

	/** Looks for vulnerabilities and judges. */
	SCAN,

	/** Uploads what was scanned, under its tags. */
	PUSH;

	/**
	 * The name used in rows and answers.
	 * @return this constant in lower case
	 */
	public String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

}
