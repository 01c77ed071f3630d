package dev.imagefactory.submission;

import java.util.Optional;

import dev.imagefactory.build.Build;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.source.CommitSha;
import org.jspecify.annotations.Nullable;

/**
 * Which commits may have the tag that follows a branch: the head always, others of the
 * branch when they bring the tag forward, or back to the branch. A commit that the branch
 * does not have may not, however new it is: it may have come before the reset that
 * removed it and be heard of afterwards.
 */
class BranchRule {

	private final Histories histories;

	BranchRule(Histories histories) {
		this.histories = histories;
	}

	/**
	 * Whether a build may move the tag. The head is asked for first, because it mostly
	 * answers all.
	 * @param build a queued build of a branch that the tag follows
	 * @param present the commit that the tag points at; null when nobody published it
	 * @return whether it may
	 * @throws GitUnavailable when the repository did not answer
	 * @throws Histories.Unclear when the server may not show yet what was pushed just now
	 */
	boolean allows(Build build, @Nullable CommitSha present) {
		BuildOrder order = build.order();
		Optional<CommitSha> head = this.histories.head(order);
		if (head.equals(Optional.of(order.key().commit()))) {
			return true;
		}
		if (present == null) {
			return isOnBranch(order, head);
		}
		return switch (this.histories.ancestry(order, order.key().commit(), present)) {
			case SAME -> true;
			case DESCENDANT -> isOnBranch(order, head);
			case UNRELATED -> isOnBranch(order, head) && isRemoved(order, present, head);
			case ANCESTOR -> isBack(build, present, head);
			case UNKNOWN -> throw this.histories.unclear(order, present);
		};
	}

	/**
	 * @return true
	 * @throws Histories.Unclear when the branch does not have it: it was removed, or the
	 * server that answered does not show it yet
	 */
	private boolean isOnBranch(BuildOrder order, Optional<CommitSha> head) {
		CommitSha tip = head.orElseThrow(() -> this.histories.gone(order));
		return switch (this.histories.ancestry(order, order.key().commit(), tip)) {
			case SAME, ANCESTOR -> true;
			case DESCENDANT, UNRELATED -> throw this.histories.removed(order, tip);
			case UNKNOWN -> throw this.histories.unclear(order, tip);
		};
	}

	private boolean isRemoved(BuildOrder order, CommitSha present, Optional<CommitSha> head) {
		return head.map((tip) -> switch (this.histories.ancestry(order, present, tip)) {
			case DESCENDANT, UNRELATED -> true;
			case SAME, ANCESTOR, UNKNOWN -> false;
		}).orElse(false);
	}

	/** Only a push may say that its branch was reset to its commit just now. */
	private boolean isBack(Build build, CommitSha present, Optional<CommitSha> head) {
		if (isRemoved(build.order(), present, head) && isOnBranch(build.order(), head)) {
			return true;
		}
		if (build.isQueuedPush()) {
			throw this.histories.late(build.order(), present);
		}
		return false;
	}

}
