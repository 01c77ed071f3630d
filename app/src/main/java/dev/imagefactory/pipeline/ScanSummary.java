package dev.imagefactory.pipeline;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
	 * Why the gate stopped the image.
	 * @return a sentence that says what to do
	 */
	public String rejection() {
		if (this.verdict == ScanVerdict.END_OF_LIFE) {
			return "The gate stopped the image: its operating system gets no more updates. Build on a newer base image.";
		}
		String found = Arrays.stream(Severity.values())
			.sorted(Comparator.reverseOrder())
			.filter((severity) -> this.counts.getOrDefault(severity, 0) > 0)
			.map((severity) -> this.counts.get(severity) + " " + severity)
			.collect(Collectors.joining(", "));
		return "The gate stopped the image because of its vulnerabilities%s. Those that have a fix are listed under scan: update the packages to the versions under fixedIn, or the base image."
			.formatted(found.isEmpty() ? "" : ", in all " + found);
	}

	/**
	 * The summary of an image that no scanner looked at.
	 * @return verdict {@code unscanned}, nothing counted
	 */
	public static ScanSummary unscanned() {
		return new ScanSummary(ScanVerdict.UNSCANNED, Map.of(), List.of(), null);
	}

}
