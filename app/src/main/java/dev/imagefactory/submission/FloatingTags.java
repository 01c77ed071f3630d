package dev.imagefactory.submission;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.Tags;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.SemVer;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import org.jspecify.annotations.Nullable;

/**
 * Decides which floating tags a build may move, by what they point at now. A tag that
 * follows a branch moves on to commits that contain the present one and, when the branch
 * was rewritten, to its head; a tag that follows releases moves up. So builds may come in
 * any order, and the tag never goes back.
 */
class FloatingTags {

	private final Tags tags;

	private final Histories histories;

	private final BranchRule branchRule;

	private final Patience patience;

	FloatingTags(Tags tags, Histories histories, Patience patience) {
		this.tags = tags;
		this.histories = histories;
		this.branchRule = new BranchRule(histories);
		this.patience = patience;
	}

	/**
	 * The tags a build may push.
	 * @param build a queued build
	 * @return its wanted tags without the floating ones that it may not move
	 * @throws GitUnavailable when the repository did not answer and the build can wait:
	 * otherwise the newest push might never get the tag that follows its branch
	 * @throws Histories.Unclear when the repository does not show enough yet, and the
	 * build can wait
	 */
	Allowed allowed(Build build) {
		List<ImageTag> allowed = new ArrayList<>();
		Map<ImageTag, Integer> versions = new LinkedHashMap<>();
		Map<ImageTag, String> silences = new LinkedHashMap<>();
		for (ImageTag tag : build.tags()) {
			if (tag.tagClass() != TagClass.FLOATING) {
				allowed.add(tag);
				continue;
			}
			Optional<Tags.Known> known = this.tags.find(build.order().key().image(), tag.name());
			Patience.Answer answer = mayMove(build, known);
			if (answer.yes()) {
				allowed.add(tag);
				versions.put(tag, known.map(Tags.Known::version).orElse(0));
			}
			else if (answer.silence() != null) {
				silences.put(tag, answer.silence());
			}
		}
		return new Allowed(allowed, versions, without(silences));
	}

	private static @Nullable String without(Map<ImageTag, String> silences) {
		return silences.isEmpty() ? null
				: silences.entrySet()
					.stream()
					.map((silence) -> "Goes without tag %s, because its repository left open whether it may have it: %s"
						.formatted(silence.getKey(), silence.getValue()))
					.collect(Collectors.joining(" "));
	}

	private Patience.Answer mayMove(Build build, Optional<Tags.Known> known) {
		GitRef ref = build.order().key().ref();
		if (ref == null) {
			return new Patience.Answer(false, null);
		}
		CommitSha present = known.map(Tags.Known::commit).orElse(null);
		return this.patience.ask(build,
				() -> ref.isTag()
						? present == null || isUpward(build, known.map(Tags.Known::ref).orElse(null), ref, present)
						: this.histories.follows(build.order()) && this.branchRule.allows(build, present));
	}

	/**
	 * Versions decide by their precedence, and come before all other names; two other
	 * names by their commits.
	 */
	private boolean isUpward(Build build, @Nullable GitRef presentRef, GitRef ref, CommitSha present) {
		Optional<SemVer> version = SemVer.parse(ref.shortName());
		Optional<SemVer> before = Optional.ofNullable(presentRef).map(GitRef::shortName).flatMap(SemVer::parse);
		if (version.isPresent() || before.isPresent()) {
			return version.isPresent() && version.get().isStable()
					&& before.map((other) -> version.get().compareTo(other) > 0).orElse(true);
		}
		return switch (this.histories.ancestry(build.order(), build.order().key().commit(), present)) {
			case DESCENDANT -> true;
			case SAME, ANCESTOR, UNRELATED -> false;
			case UNKNOWN -> throw this.histories.unclear(build.order(), present);
		};
	}

	/**
	 * What a build may push.
	 *
	 * @param tags the tags
	 * @param versions the versions of the floating tags' rows that were looked at; the
	 * decision holds while they are unchanged
	 * @param without in a sentence, which tags are left out because the repository did
	 * not say whether they may be moved; null when there are none
	 */
	record Allowed(List<ImageTag> tags, Map<ImageTag, Integer> versions, @Nullable String without) {

		Allowed {
			tags = List.copyOf(tags);
			versions = Map.copyOf(versions);
		}

		/** The same, if other rows are unchanged too. */
		Allowed and(Map<ImageTag, Integer> others) {
			Map<ImageTag, Integer> all = new LinkedHashMap<>(others);
			all.putAll(this.versions);
			return new Allowed(this.tags, all, this.without);
		}

	}

}
