package dev.imagefactory.onboarding;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What stops an image of a team before it is pushed.
 *
 * @param severities findings of these severities stop it; never empty
 * @param ignoreUnfixed whether findings without a fixed version are let through
 * @param endOfLife what to do with an operating system that gets no more updates
 * @param waiversConfigMap the ConfigMap with the team's waivers (engine argo), if any
 * @param allowUnscanned whether an image that no scanner looked at may leave this machine
 */
public record GatePolicy(Set<Severity> severities, boolean ignoreUnfixed, EndOfLife endOfLife,
		@Nullable String waiversConfigMap, boolean allowUnscanned) {

	public GatePolicy {
		if (severities.isEmpty()) {
			throw new IllegalArgumentException("A gate needs at least one severity that stops an image");
		}
		// In a fixed order, so that the same policy is always written alike.
		severities = Collections.unmodifiableSet(EnumSet.copyOf(severities));
	}

	/**
	 * The policy of a team whose settings say nothing.
	 * @return fixable HIGH and CRITICAL findings stop an image, end of life warns
	 */
	public static GatePolicy standard() {
		return new GatePolicy(EnumSet.of(Severity.HIGH, Severity.CRITICAL), true, EndOfLife.WARN, null, false);
	}

	/** What to do with an operating system that gets no more updates. */
	public enum EndOfLife {

		/** Say so and go on. */
		WARN,

		/** Stop the image. */
		REJECT

	}

}
