package dev.imagefactory.git;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;

/** Reads repositories over the git protocol. */
public interface Git {

	/**
	 * Asks what commit a branch or tag points at; an annotated tag is peeled.
	 * @param remote the repository
	 * @param ref the branch or tag
	 * @return empty when the repository has no such ref, or the tag points at no commit
	 * @throws GitUnavailable when the repository did not answer
	 */
	Optional<CommitSha> resolve(GitRemote remote, GitRef ref);

	/**
	 * Asks whether a repository has a commit, reachable or not.
	 * @param remote the repository
	 * @param commit the commit
	 * @return false when the repository will not serve it
	 * @throws GitUnavailable when the repository did not answer
	 */
	boolean has(GitRemote remote, CommitSha commit);

	/**
	 * Asks which branch a repository's HEAD names.
	 * @param remote the repository
	 * @return empty when the repository does not say
	 * @throws GitUnavailable when the repository did not answer
	 */
	Optional<GitRef> defaultBranch(GitRemote remote);

	/**
	 * Tells how one commit stands to another. Commits and what they contain never change,
	 * so that an answer holds for ever, except {@code UNKNOWN}.
	 * @param remote the repository
	 * @param commit the one
	 * @param other the other
	 * @param hint a ref that is expected to lead to one of them, for servers that refuse
	 * to serve commits by name
	 * @return how {@code commit} stands to {@code other}; {@code UNKNOWN} when the
	 * repository does not show enough of its history
	 * @throws GitUnavailable when the repository did not answer
	 */
	Ancestry ancestry(GitRemote remote, CommitSha commit, CommitSha other, Optional<GitRef> hint);

	/**
	 * Checks out the tree of one commit, without its history, submodules or LFS content.
	 * @param remote the repository
	 * @param commit the commit
	 * @param hint a ref that is expected to lead to the commit, for servers that refuse
	 * to serve commits by name
	 * @param directory an empty or absent folder for the tree
	 * @param maxBytes the most that the checked out tree may hold
	 * @return when the commit was made
	 * @throws CommitNotFound when the repository does not have the commit
	 * @throws SourceTooLarge when the tree is larger than allowed
	 * @throws GitUnavailable when the repository did not answer
	 */
	Instant checkOut(GitRemote remote, CommitSha commit, Optional<GitRef> hint, Path directory, long maxBytes);

}
