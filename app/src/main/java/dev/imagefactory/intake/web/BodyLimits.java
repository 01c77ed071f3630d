package dev.imagefactory.intake.web;

import java.time.Duration;

/**
 * How much of a body is taken, and how long it may take.
 *
 * @param largest the most bytes of one body
 * @param arrival within which a whole body has to arrive
 * @param small the most bytes of a body that is not counted as large
 * @param largeAtOnce how many large bodies may be in memory at once
 * @param smallTogether the most bytes that all small bodies may take together
 */
record BodyLimits(int largest, Duration arrival, int small, int largeAtOnce, int smallTogether) {

	/** GitHub's own cap: 25 MB. */
	private static final int LARGEST = 26_214_400;

	/**
	 * The limits of the contract.
	 * @return 25 MB within 20 s, four bodies over 1 MB at once
	 */
	static BodyLimits standard() {
		return new BodyLimits(LARGEST, Duration.ofSeconds(20), 1_048_576, 4, 67_108_864);
	}

}
