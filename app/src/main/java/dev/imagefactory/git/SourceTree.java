package dev.imagefactory.git;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Instant;

import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheCheckout;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The tree of one commit in a repository of ours.
 *
 * @param repository where its objects are
 * @param tree its id
 * @param committed when the commit was made
 */
record SourceTree(Repository repository, ObjectId tree, Instant committed) {

	/** Trees can repeat themselves: few bytes can describe endlessly many files. */
	static final int MOST_ENTRIES = 1_000_000;

	/**
	 * Finds the tree of a commit.
	 * @param repository where to look
	 * @param commit the commit
	 * @return its tree
	 * @throws IOException when it is not there, or no commit
	 */
	static SourceTree of(Repository repository, ObjectId commit) throws IOException {
		try (RevWalk walk = new RevWalk(repository)) {
			if (!(walk.parseAny(commit) instanceof RevCommit found)) {
				throw new IncorrectObjectTypeException(commit, Constants.TYPE_COMMIT);
			}
			return new SourceTree(repository, found.getTree().getId(), found.getCommitterIdent().getWhenAsInstant());
		}
	}

	/**
	 * Adds up the files without writing any.
	 * @return how much a checkout holds
	 * @throws IOException when an object is missing or damaged
	 */
	Size measure() throws IOException {
		long bytes = 0;
		long entries = 0;
		try (ObjectReader reader = this.repository.newObjectReader(); TreeWalk walk = new TreeWalk(reader)) {
			walk.addTree(this.tree);
			while (entries <= MOST_ENTRIES && walk.next()) {
				checkInterrupt();
				entries++;
				FileMode mode = walk.getFileMode(0);
				if (mode == FileMode.TREE) {
					walk.enterSubtree();
				}
				else if (mode != FileMode.GITLINK) {
					bytes += reader.getObjectSize(walk.getObjectId(0), Constants.OBJ_BLOB);
				}
			}
		}
		return new Size(bytes, entries);
	}

	/**
	 * Writes the files, with JGit's checks of paths, and no git folder beside them.
	 * @param directory an empty folder
	 * @throws IOException when a file cannot be written or a path must not be
	 */
	void write(Path directory) throws IOException {
		FileRepositoryBuilder builder = new FileRepositoryBuilder().setGitDir(this.repository.getDirectory())
			.setWorkTree(directory.toFile());
		try (Repository withFolder = builder.build()) {
			DirCache index = withFolder.lockDirCache();
			DirCacheCheckout checkout = new DirCacheCheckout(withFolder, index, this.tree);
			checkout.setFailOnConflict(true);
			checkout.setProgressMonitor(new InterruptMonitor());
			checkout.checkout();
		}
		checkInterrupt();
	}

	private static void checkInterrupt() throws InterruptedIOException {
		if (Thread.currentThread().isInterrupted()) {
			throw new InterruptedIOException("The checkout was interrupted");
		}
	}

	/**
	 * How much a tree holds.
	 *
	 * @param bytes the sum of its files' sizes; a lower bound when there are too many
	 * entries
	 * @param entries files and folders, counted up to one more than allowed
	 */
	record Size(long bytes, long entries) {

	}

}
