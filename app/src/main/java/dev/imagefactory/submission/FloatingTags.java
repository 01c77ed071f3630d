package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.source.CommitSha;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which floating tags a build may move: those that follow a branch move only to
 * the branch's present head, so that an old push that comes late never takes them back.
 */
class FloatingTags {

	private static final Logger logger = LoggerFactory.getLogger(FloatingTags.class);

	/**
	 * So long a silent repository is waited for; then the run itself finds out, and says
	 * so.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final Git git;

	private final Remotes remotes;

	private final Clock clock;

	FloatingTags(Git git, Remotes remotes, Clock clock) {
		this.git = git;
		this.remotes = remotes;
		this.clock = clock;
	}

	/**
	 * The tags a build may push.
	 * @param build a queued build
	 * @return its wanted tags without the floating ones that it may not move
	 * @throws GitUnavailable when the branch's head is not known and the build can wait:
	 * otherwise the newest push would never get the tag that follows its branch
	 */
	List<ImageTag> allowed(Build build) {
		List<ImageTag> lasting = build.tags().stream().filter((tag) -> tag.tagClass() != TagClass.FLOATING).toList();
		boolean nothingFloats = lasting.size() == build.tags().size();
		return (nothingFloats || isRetag(build) || isHead(build)) ? build.tags() : lasting;
	}

	/** Its tags follow no branch. */
	private static boolean isRetag(Build build) {
		return build.order().recipe().kind() == OrderKind.RETAG;
	}

	private boolean isHead(Build build) {
		OrderKey key = build.order().key();
		if (key.ref() == null || key.ref().isTag()) {
			return false;
		}
		try {
			GitRemote remote = this.remotes.of(build.order());
			Optional<CommitSha> head = this.git.resolve(remote, key.ref());
			return head.isPresent() && head.get().equals(key.commit());
		}
		catch (GitUnavailable ex) {
			if (this.clock.instant().isBefore(build.times().createdAt().plus(PATIENCE))) {
				throw ex;
			}
			logger.warn("{} pushes no floating tag, because the branch's head is not known: {}", build.id(),
					ex.getMessage());
			return false;
		}
	}

}
