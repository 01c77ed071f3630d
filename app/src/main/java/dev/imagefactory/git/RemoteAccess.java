package dev.imagefactory.git;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import dev.imagefactory.source.GitRef;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;

/** A way to read one repository. */
sealed interface RemoteAccess permits FileAccess, HttpAccess {

	/**
	 * Finds the commit that a ref leads to.
	 * @param ref a branch or tag
	 * @return empty when there is no such ref, or it leads to something else
	 * @throws IOException when the repository cannot be read
	 */
	Optional<ObjectId> commitOf(GitRef ref) throws IOException;

	/**
	 * Asks whether a commit is to be had.
	 * @param commit the commit
	 * @return false when the repository does not have it or will not serve it
	 * @throws IOException when the repository cannot be read
	 */
	boolean has(ObjectId commit) throws IOException;

	/**
	 * Finds the branch that HEAD names.
	 * @return empty when HEAD names none
	 * @throws IOException when the repository cannot be read
	 */
	Optional<GitRef> head() throws IOException;

	/**
	 * Makes a bare repository that has a commit with its tree.
	 * @param commit the commit
	 * @param hint a ref that is expected to lead to it
	 * @param scratch an empty folder to make it in
	 * @param maxBytes the most that the tree may hold
	 * @return the repository, to be closed; empty when the commit is not to be had
	 * @throws IOException when the repository cannot be read
	 */
	Optional<Repository> bring(ObjectId commit, Optional<GitRef> hint, Path scratch, long maxBytes) throws IOException;

	/**
	 * Tells how one commit stands to another.
	 * @param commit the one
	 * @param other the other
	 * @param hint a ref that is expected to lead to one of them
	 * @param caches where a history that has to be fetched is kept
	 * @return {@code UNKNOWN} when not enough of the history is to be had
	 * @throws IOException when the repository cannot be read
	 */
	Ancestry ancestry(ObjectId commit, ObjectId other, Optional<GitRef> hint, CommitCaches caches) throws IOException;

	/**
	 * What is known about a failure of this access.
	 * @param failure the failure
	 * @return why it failed and what to do, in words for people
	 */
	String explain(IOException failure);

	/** Lets go of connections that a failure left behind. */
	void close();

}
