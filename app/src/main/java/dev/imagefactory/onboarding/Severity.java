package dev.imagefactory.onboarding;

/** How bad a vulnerability is, in Trivy's words, mildest first. */
public enum Severity {

	/** Not rated by any source. */
	UNKNOWN,

	/** Rated low. */
	LOW,

	/** Rated medium. */
	MEDIUM,

	/** Rated high. */
	HIGH,

	/** Rated critical. */
	CRITICAL

}
