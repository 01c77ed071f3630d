package dev.imagefactory.spine;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.imagefactory.git.Ancestry;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;

/** Repositories that all have the same refs, or do not answer. */
public final class FakeGit implements Git {

	/** What refs point at. */
	public final Map<GitRef, CommitSha> refs = new ConcurrentHashMap<>();

	/** Commits that are there. */
	public final Set<CommitSha> commits = ConcurrentHashMap.newKeySet();

	/** Commits of one line, oldest first; others are related to none. */
	public final List<CommitSha> line = new CopyOnWriteArrayList<>();

	/** Commits that contain all others. */
	public final Set<CommitSha> merges = ConcurrentHashMap.newKeySet();

	/** Commits that are not served. */
	public final Set<CommitSha> hidden = ConcurrentHashMap.newKeySet();

	/** How often it was asked. */
	public final AtomicInteger asked = new AtomicInteger();

	/** Whether it does not answer. */
	public volatile boolean down;

	/** What happens while it is asked. */
	public volatile Runnable meanwhile = () -> {
	};

	@Override
	public Optional<CommitSha> resolve(GitRemote remote, GitRef ref) {
		answer();
		Optional<CommitSha> commit = Optional.ofNullable(this.refs.get(ref));
		this.meanwhile.run();
		return commit;
	}

	@Override
	public boolean has(GitRemote remote, CommitSha commit) {
		answer();
		return this.commits.contains(commit);
	}

	@Override
	public Optional<GitRef> defaultBranch(GitRemote remote) {
		answer();
		return Optional.of(GitRef.branch("main"));
	}

	@Override
	public Ancestry ancestry(GitRemote remote, CommitSha commit, CommitSha other, Optional<GitRef> hint) {
		answer();
		Ancestry ancestry = compare(commit, other);
		this.meanwhile.run();
		return ancestry;
	}

	private Ancestry compare(CommitSha commit, CommitSha other) {
		if (this.hidden.contains(commit) || this.hidden.contains(other)) {
			return Ancestry.UNKNOWN;
		}
		if (this.merges.contains(commit) != this.merges.contains(other)) {
			return this.merges.contains(commit) ? Ancestry.DESCENDANT : Ancestry.ANCESTOR;
		}
		int one = this.line.indexOf(commit);
		int two = this.line.indexOf(other);
		if (one < 0 || two < 0) {
			return Ancestry.UNRELATED;
		}
		return (one < two) ? Ancestry.ANCESTOR : (one == two) ? Ancestry.SAME : Ancestry.DESCENDANT;
	}

	@Override
	public Instant checkOut(GitRemote remote, CommitSha commit, Optional<GitRef> hint, Path directory, long maxBytes) {
		throw new UnsupportedOperationException();
	}

	private void answer() {
		this.asked.incrementAndGet();
		if (this.down) {
			throw new GitUnavailable("The repository did not answer.");
		}
	}

}
