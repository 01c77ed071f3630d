package dev.imagefactory.git;

import java.io.IOException;
import java.util.List;

import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * The refs of a cached history. They tell the server at the next fetch what we have, and
 * lead a check to everything.
 */
final class CommitRefs {

	private static final String COMMITS = "refs/factory/commits/";

	private CommitRefs() {
	}

	/**
	 * Keeps commits that were fetched by name, which gives them no ref.
	 * @param cache where they are
	 * @param commits the commits
	 * @return whether all of them are there
	 * @throws IOException when a ref cannot be written
	 */
	static boolean keep(Repository cache, List<ObjectId> commits) throws IOException {
		boolean all = true;
		for (ObjectId commit : commits) {
			boolean there = cache.getObjectDatabase().has(commit);
			if (there) {
				RefUpdate update = cache.updateRef(COMMITS + commit.name());
				update.setNewObjectId(commit);
				update.forceUpdate();
			}
			all &= there;
		}
		return all;
	}

	/**
	 * Reads every commit that a ref leads to.
	 * @param cache where they are
	 * @throws IOException when one is missing or damaged
	 */
	static void readAll(Repository cache) throws IOException {
		try (RevWalk walk = new RevWalk(cache)) {
			for (Ref ref : cache.getRefDatabase().getRefs()) {
				ObjectId id = ref.getObjectId();
				if (id != null && walk.peel(walk.parseAny(id)) instanceof RevCommit commit) {
					walk.markStart(commit);
				}
			}
			while (walk.next() != null) {
				if (Thread.currentThread().isInterrupted()) {
					return;
				}
			}
		}
	}

}
