package dev.imagefactory.git;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.source.GitRef;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.RefSpec;

/**
 * What to ask a server for.
 *
 * @param sources refs, or commits by name
 * @param depth how many commits of each history
 * @param filter what is left out, as git writes it; empty for nothing
 */
record FetchAttempt(List<String> sources, int depth, String filter) {

	/** The depth of a commit without its history. */
	static final int ONE_COMMIT = 1;

	/**
	 * What is left out of a history, as far as the server can (gitprotocol-v2, "filter").
	 */
	static final List<String> FILTERS = List.of("tree:0", "blob:none", "");

	private static final List<String> BRANCHES_AND_TAGS = List.of("refs/heads/*", "refs/tags/*");

	/** Trees, and what does not compress, come on top of the files' bytes. */
	private static final long SLACK = 16L << 20;

	private static final int HISTORY = 4;

	FetchAttempt(List<String> sources, int depth) {
		this(sources, depth, "");
	}

	long maxPack(long maxBytes) {
		long files = (this.depth == ONE_COMMIT) ? maxBytes + maxBytes / 8 : HISTORY * maxBytes;
		return files + SLACK;
	}

	List<RefSpec> specs() {
		return this.sources.stream().map(FetchAttempt::spec).toList();
	}

	private static RefSpec spec(String source) {
		String target = source.startsWith(Constants.R_REFS) ? source.substring(Constants.R_REFS.length()) : "commit";
		return new RefSpec().setSourceDestination(source, "refs/factory/" + target).setForceUpdate(true);
	}

	/**
	 * The ways to a commit with its tree, the cheapest first.
	 * @param commit the commit
	 * @param hint a ref that is expected to lead to it
	 * @return what to try one after the other
	 */
	static List<FetchAttempt> forTree(ObjectId commit, Optional<GitRef> hint) {
		List<FetchAttempt> attempts = new ArrayList<>();
		attempts.add(new FetchAttempt(List.of(commit.name()), ONE_COMMIT));
		hint.ifPresent((ref) -> attempts.add(new FetchAttempt(List.of(ref.value()), ONE_COMMIT)));
		hint.ifPresent((ref) -> attempts.add(new FetchAttempt(List.of(ref.value()), Constants.INFINITE_DEPTH)));
		attempts.add(new FetchAttempt(BRANCHES_AND_TAGS, Constants.INFINITE_DEPTH));
		return attempts;
	}

	/**
	 * The ways to commits with their history, the cheapest first.
	 * @param commits the commits
	 * @param hint a ref that is expected to lead to one of them
	 * @return what to ask for one after the other
	 */
	static List<List<String>> historySources(List<ObjectId> commits, Optional<GitRef> hint) {
		List<List<String>> sources = new ArrayList<>();
		sources.add(commits.stream().map(ObjectId::name).toList());
		if (commits.size() > 1) {
			commits.forEach((commit) -> sources.add(List.of(commit.name())));
		}
		hint.ifPresent((ref) -> sources.add(List.of(ref.value())));
		sources.add(BRANCHES_AND_TAGS);
		return sources;
	}

}
