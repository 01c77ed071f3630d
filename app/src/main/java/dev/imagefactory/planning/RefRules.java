package dev.imagefactory.planning;

import java.util.List;
import java.util.stream.Stream;

import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.ReleaseTags;
import dev.imagefactory.image.StableReleases;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.rendering.ParameterSafety;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.InvalidValue;

/**
 * Says which tags an image of a ref is wanted under, and which refs cannot be used; pure.
 */
final class RefRules {

	private static final String UNUSABLE = "ref-unusable";

	private RefRules() {
	}

	/**
	 * Reads a full ref that came from outside.
	 * @param text the ref
	 * @return the ref
	 * @throws PlanningFailure {@code ref-unusable} when it may not travel
	 */
	static GitRef usable(String text) {
		ParameterSafety.objectionTo(text).ifPresent((objection) -> {
			throw new PlanningFailure(UNUSABLE,
					"The ref %s. Use another name, and publish again.".formatted(objection));
		});
		try {
			return GitRef.of(text);
		}
		catch (InvalidValue ex) {
			throw new PlanningFailure(UNUSABLE, ex.getMessage() + ". Use another name, and publish again.");
		}
	}

	/**
	 * The tags of a release.
	 * @param tag the release's git tag
	 * @param commit its commit
	 * @param floating the floating tags that it may gain
	 * @return the release tag, the tag that names the commit, and the floating ones
	 * @throws PlanningFailure {@code ref-unusable} or {@code tag-reserved}
	 */
	static List<ImageTag> release(GitRef tag, CommitSha commit, List<ImageTag> floating) {
		return Stream.concat(Stream.of(releaseTag(tag), ImageTag.sha(commit)), floating.stream()).toList();
	}

	/**
	 * The floating tags that a release may gain: whether it moves them is decided when
	 * they are taken.
	 * @param rule what the settings say of the repository
	 * @param tag the release's git tag
	 * @param prerelease whether the provider calls it a pre-release
	 * @return {@code latest} for a stable release of a repository that asks for it,
	 * otherwise none
	 */
	static List<ImageTag> floating(RepositoryRule rule, GitRef tag, boolean prerelease) {
		boolean stable = !prerelease && StableReleases.isStable(tag.shortName());
		return (rule.latest() && stable) ? List.of(ImageTag.latest()) : List.of();
	}

	/**
	 * The image tag of a release.
	 * @param tag the release's git tag
	 * @return the tag
	 * @throws PlanningFailure {@code ref-unusable} or {@code tag-reserved}
	 */
	static ImageTag releaseTag(GitRef tag) {
		ImageTag release;
		try {
			release = ReleaseTags.of(tag.shortName());
		}
		catch (InvalidValue ex) {
			throw new PlanningFailure(UNUSABLE, ex.getMessage() + ". Publish under a shorter tag.");
		}
		if (ReleaseTags.isReserved(release)) {
			throw new PlanningFailure("tag-reserved",
					"The tag %s reads as one that Image Factory names itself (dev, latest, sha-..., dev-..., ...-rebuild.<n>). Publish under another tag."
						.formatted(release));
		}
		return release;
	}

	/**
	 * The tags of a built branch.
	 * @param commit the head commit
	 * @return {@code dev}, and the tag that names the commit
	 */
	static List<ImageTag> main(CommitSha commit) {
		return List.of(ImageTag.devSha(commit), ImageTag.dev());
	}

	/**
	 * The tags of anything else.
	 * @param commit the commit
	 * @return the tag that names the commit
	 */
	static List<ImageTag> other(CommitSha commit) {
		return List.of(ImageTag.sha(commit));
	}

}
