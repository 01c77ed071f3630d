package dev.imagefactory.submission;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.git.Ancestry;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;

/** What orders' repositories say of their commits and branches. */
class Histories {

	private final Git git;

	private final Remotes remotes;

	private final KnownRepositories known;

	Histories(Git git, Remotes remotes, KnownRepositories known) {
		this.git = git;
		this.remotes = remotes;
		this.known = known;
	}

	/**
	 * How one commit stands to another.
	 * @param order an order of the repository
	 * @param commit the one
	 * @param other the other
	 * @return how {@code commit} stands to {@code other}
	 * @throws GitUnavailable when the repository did not answer
	 */
	Ancestry ancestry(BuildOrder order, CommitSha commit, CommitSha other) {
		return this.git.ancestry(this.remotes.of(order), commit, other, Optional.ofNullable(order.key().ref()));
	}

	/**
	 * The present head of an order's branch.
	 * @param order an order of a branch
	 * @return empty when the branch is gone
	 * @throws GitUnavailable when the repository did not answer
	 */
	Optional<CommitSha> head(BuildOrder order) {
		GitRef ref = order.key().ref();
		return (ref != null) ? this.git.resolve(this.remotes.of(order), ref) : Optional.empty();
	}

	/** A branch that was the default before leaves the tag to the one that is it now. */
	private boolean isDefault(BuildOrder order, GitRef ref) {
		return this.known.find(order.repository())
			.map((repository) -> GitRef.branch(repository.defaultBranch()).equals(ref))
			.orElse(true);
	}

	/**
	 * What to fail with when an order's branch is not there.
	 * @param order an order of a branch
	 * @return the failure
	 */
	Unclear gone(BuildOrder order) {
		return new Unclear(Doubt.BRANCH, "Branch %s of repository %s is gone, or is not shown yet."
			.formatted(order.key().ref(), order.repository()));
	}

	/**
	 * What to fail with when an order's branch does not have its commit.
	 * @param order an order of a branch
	 * @param head the branch's head
	 * @return the failure
	 */
	Unclear removed(BuildOrder order, CommitSha head) {
		return new Unclear(Doubt.BRANCH,
				"Branch %s of repository %s is at commit %s, which does not contain commit %s: a forced push removed it, or it is not shown yet."
					.formatted(order.key().ref(), order.repository(), head, order.key().commit()));
	}

	/**
	 * What to fail with when a push is late, or resets its branch to a commit that was
	 * never built, which is not shown yet.
	 * @param order the order of a push
	 * @param present a commit that contains its own
	 * @return the failure
	 */
	Unclear late(BuildOrder order, CommitSha present) {
		return new Unclear(Doubt.BRANCH,
				"Commit %s is not the head of branch %s of repository %s, and commit %s contains it: it came late, or a reset of the branch is not shown yet."
					.formatted(order.key().commit(), order.key().ref(), order.repository(), present));
	}

	/**
	 * Whether {@code dev} follows an order's branch: it follows one branch only, the
	 * first of the configured ones that the repository has.
	 * @param order an order of a branch
	 * @return true for the default branch when none is configured, as it was called last
	 * @throws GitUnavailable when the repository did not answer
	 */
	boolean follows(BuildOrder order) {
		GitRef ref = order.key().ref();
		List<String> branches = this.remotes.repository(order).rule().branches();
		if (ref == null || branches.isEmpty()) {
			return ref != null && isDefault(order, ref);
		}
		GitRemote remote = this.remotes.of(order);
		for (String branch : branches) {
			GitRef first = GitRef.branch(branch);
			if (first.equals(ref)) {
				return true;
			}
			if (this.git.resolve(remote, first).isPresent()) {
				return false;
			}
		}
		return false;
	}

	/**
	 * What to fail with when the repository answered and did not say enough.
	 * @param order an order of the repository
	 * @param other the commit that its own was compared with
	 * @return the failure
	 */
	Unclear unclear(BuildOrder order, CommitSha other) {
		return new Unclear(Doubt.HISTORY, "Repository %s does not show how commits %s and %s are related."
			.formatted(order.repository(), order.key().commit(), other));
	}

	/** What a repository leaves open. */
	enum Doubt {

		/** How two commits are related. */
		HISTORY("history-unclear"),

		/** Whether a branch was reset to a commit, or has it at all. */
		BRANCH("not-at-head");

		private final String reason;

		Doubt(String reason) {
			this.reason = reason;
		}

		/** The word for it in queues. */
		String reason() {
			return this.reason;
		}

	}

	/**
	 * A repository does not show what is needed for a decision: what was pushed just now
	 * may take a while to reach all of a provider's servers.
	 */
	static class Unclear extends RuntimeException {

		private final Doubt doubt;

		Unclear(Doubt doubt, String message) {
			super(message);
			this.doubt = doubt;
		}

		/** What it leaves open. */
		Doubt doubt() {
			return this.doubt;
		}

	}

}
