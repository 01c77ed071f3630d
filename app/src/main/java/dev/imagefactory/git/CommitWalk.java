package dev.imagefactory.git;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Set;

import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevFlag;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * Walks back from two commits at once, newest first, and paints what each of them
 * contains; it ends as soon as one is painted by the other, or nothing is left that only
 * one of them contains. Wrong commit times make it slower, never wrong.
 */
final class CommitWalk implements AutoCloseable {

	/** What is kept in memory of a commit takes about 100 bytes. */
	private static final int MOST_COMMITS = 2_000_000;

	private final RevWalk walk;

	private final Set<ObjectId> cutOff;

	private final RevFlag byFirst;

	private final RevFlag bySecond;

	private final RevFlag waiting;

	private final PriorityQueue<RevCommit> queue = new PriorityQueue<>(
			Comparator.comparingInt(RevCommit::getCommitTime).reversed());

	/** How many of the queue are painted by one of the two only. */
	private int undecided;

	private int seen;

	private boolean whole = true;

	private CommitWalk(Repository repository) throws IOException {
		this.walk = new RevWalk(repository);
		this.walk.setRetainBody(false);
		this.cutOff = repository.getObjectDatabase().getShallowCommits();
		this.byFirst = this.walk.newFlag("first");
		this.bySecond = this.walk.newFlag("second");
		this.waiting = this.walk.newFlag("waiting");
	}

	/**
	 * Tells how one commit stands to another.
	 * @param repository where their history is
	 * @param commit the one
	 * @param other the other
	 * @return {@code UNKNOWN} when a commit is missing and the answer depends on it
	 * @throws IOException when the repository is damaged, or the thread was interrupted
	 */
	static Ancestry between(Repository repository, ObjectId commit, ObjectId other) throws IOException {
		if (commit.equals(other)) {
			return Ancestry.SAME;
		}
		try (CommitWalk walk = new CommitWalk(repository)) {
			RevCommit first = walk.read(walk.walk.lookupCommit(commit));
			RevCommit second = walk.read(walk.walk.lookupCommit(other));
			return (first != null && second != null) ? walk.paint(first, second) : Ancestry.UNKNOWN;
		}
	}

	private Ancestry paint(RevCommit first, RevCommit second) throws IOException {
		add(first, this.byFirst);
		add(second, this.bySecond);
		while (this.undecided > 0 && this.seen < MOST_COMMITS) {
			RevCommit commit = next();
			for (RevCommit parent : commit.getParents()) {
				passOn(commit, parent);
			}
			if (second.has(this.byFirst)) {
				return Ancestry.DESCENDANT;
			}
			if (first.has(this.bySecond)) {
				return Ancestry.ANCESTOR;
			}
		}
		return (this.whole && this.undecided == 0) ? Ancestry.UNRELATED : Ancestry.UNKNOWN;
	}

	private RevCommit next() throws InterruptedIOException {
		if (Thread.currentThread().isInterrupted()) {
			throw new InterruptedIOException("Reading the history was interrupted");
		}
		RevCommit commit = this.queue.remove();
		commit.remove(this.waiting);
		this.undecided -= isUndecided(commit) ? 1 : 0;
		this.whole &= !this.cutOff.contains(commit);
		this.seen++;
		return commit;
	}

	private void passOn(RevCommit commit, RevCommit parent) throws IOException {
		if (read(parent) == null) {
			this.whole = false;
			return;
		}
		for (RevFlag paint : new RevFlag[] { this.byFirst, this.bySecond }) {
			if (commit.has(paint) && !parent.has(paint)) {
				add(parent, paint);
			}
		}
	}

	private void add(RevCommit commit, RevFlag paint) {
		if (commit.has(this.waiting)) {
			this.undecided -= isUndecided(commit) ? 1 : 0;
		}
		else {
			this.queue.add(commit);
			commit.add(this.waiting);
		}
		commit.add(paint);
		this.undecided += isUndecided(commit) ? 1 : 0;
	}

	private boolean isUndecided(RevCommit commit) {
		return !(commit.has(this.byFirst) && commit.has(this.bySecond));
	}

	private @Nullable RevCommit read(RevCommit commit) throws IOException {
		try {
			this.walk.parseHeaders(commit);
			return commit;
		}
		catch (MissingObjectException | IncorrectObjectTypeException ex) {
			return null;
		}
	}

	@Override
	public void close() {
		this.walk.close();
	}

}
