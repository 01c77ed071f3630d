package dev.imagefactory.image;

import java.util.regex.Pattern;

/**
 * Which releases {@code latest} may follow, by their git tags' names; pure. A tag that is
 * a semantic version decides by its pre-release part. Of any other name we believe that
 * it is stable, unless a part of it says otherwise.
 */
public final class StableReleases {

	private static final Pattern UNSTABLE = Pattern.compile(
			"(?i)(?:^|.*[^a-z])(?:alpha|beta|rc|pre|preview|prerelease|snapshot|nightly|canary|dev)(?:[^a-z].*|$)");

	private StableReleases() {
	}

	/**
	 * Whether a release is meant for everybody.
	 * @param gitTag the tag's own name, without {@code refs/tags/}
	 * @return false for a pre-release
	 */
	public static boolean isStable(String gitTag) {
		return SemVer.parse(gitTag).map(SemVer::isStable).orElseGet(() -> !UNSTABLE.matcher(gitTag).matches());
	}

}
