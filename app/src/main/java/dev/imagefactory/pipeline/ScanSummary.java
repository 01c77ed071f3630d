package dev.imagefactory.pipeline;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.imagefactory.onboarding.Severity;
import org.jspecify.annotations.Nullable;

/**
 * The scan of one image, short enough to keep with the build.
 *
 * @param verdict what it comes to
 * @param counts all findings by severity, fixable or not
 * @param fixable at most 50 findings that have a fix, worst first
 * @param database when the vulnerability database was made, when the scanner said so
 */
public record ScanSummary(ScanVerdict verdict, Map<Severity, Integer> counts, List<Finding> fixable,
		@Nullable Instant database) {

	/** The most findings that are kept. */
	public static final int MOST_FINDINGS = 50;

	public ScanSummary {
		counts = Map.copyOf(counts);
		fixable = List.copyOf(fixable);
	}

	/**
	 * The summary of an image that no scanner looked at.
	 * @return verdict {@code unscanned}, nothing counted
	 */
	public static ScanSummary unscanned() {
		return new ScanSummary(ScanVerdict.UNSCANNED, Map.of(), List.of(), null);
	}

}
