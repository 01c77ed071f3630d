package dev.imagefactory.image;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version by Semantic Versioning 2.0.0. The order is its precedence (item 11), in which
 * build metadata counts for nothing; so two versions that differ can compare as equal.
 *
 * @param core major, minor and patch, digits without leading zeros, of any length
 * @param preRelease its identifiers; empty for a stable version
 * @param build the build metadata's identifiers; empty without
 */
public record SemVer(List<String> core, List<String> preRelease, List<String> build) implements Comparable<SemVer> {

	private static final String NUMBER = "(0|[1-9][0-9]*)";

	private static final String IDENTIFIER = "(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)";

	private static final Pattern FORM = Pattern.compile("v?" + NUMBER + "\\." + NUMBER + "\\." + NUMBER + "(?:-("
			+ IDENTIFIER + "(?:\\." + IDENTIFIER + ")*))?(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?");

	public SemVer {
		core = List.copyOf(core);
		preRelease = List.copyOf(preRelease);
		build = List.copyOf(build);
	}

	/**
	 * Reads a version, as it stands in a tag's name.
	 * @param text such as {@code 1.2.3} or {@code v2.0.0-rc.1}
	 * @return empty when it is no semantic version with at most a {@code v} in front
	 */
	public static Optional<SemVer> parse(String text) {
		Matcher matcher = FORM.matcher(text);
		if (!matcher.matches()) {
			return Optional.empty();
		}
		return Optional.of(new SemVer(List.of(matcher.group(1), matcher.group(2), matcher.group(3)),
				identifiers(matcher.group(4)), identifiers(matcher.group(5))));
	}

	private static List<String> identifiers(String joined) {
		return (joined != null) ? Arrays.asList(joined.split("\\.")) : List.of();
	}

	/**
	 * Whether it is meant for everybody.
	 * @return false for a pre-release
	 */
	public boolean isStable() {
		return this.preRelease.isEmpty();
	}

	@Override
	public int compareTo(SemVer other) {
		for (int i = 0; i < this.core.size(); i++) {
			int difference = compareNumbers(this.core.get(i), other.core.get(i));
			if (difference != 0) {
				return difference;
			}
		}
		if (isStable() || other.isStable()) {
			return Boolean.compare(isStable(), other.isStable());
		}
		return comparePreReleases(this.preRelease, other.preRelease);
	}

	private static int comparePreReleases(List<String> one, List<String> other) {
		for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
			int difference = compareIdentifiers(one.get(i), other.get(i));
			if (difference != 0) {
				return difference;
			}
		}
		return Integer.compare(one.size(), other.size());
	}

	/** Numbers come before words. */
	private static int compareIdentifiers(String one, String other) {
		boolean oneIsNumber = isNumber(one);
		if (oneIsNumber != isNumber(other)) {
			return oneIsNumber ? -1 : 1;
		}
		return oneIsNumber ? compareNumbers(one, other) : one.compareTo(other);
	}

	private static boolean isNumber(String identifier) {
		return identifier.chars().allMatch((character) -> character >= '0' && character <= '9');
	}

	/** Without leading zeros the longer one is larger; no length overflows. */
	private static int compareNumbers(String one, String other) {
		return (one.length() != other.length()) ? Integer.compare(one.length(), other.length()) : one.compareTo(other);
	}

	@Override
	public String toString() {
		return String.join(".", this.core) + (isStable() ? "" : "-" + String.join(".", this.preRelease))
				+ (this.build.isEmpty() ? "" : "+" + String.join(".", this.build));
	}

}
