package dev.imagefactory.git;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import dev.imagefactory.source.GitRef;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.RepositoryCache;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.util.FS;
import org.jspecify.annotations.Nullable;

/**
 * Reads a repository on this host. Nothing is copied: the repository that
 * {@link #bring(ObjectId, Optional, Path, long)} makes borrows the objects
 * (gitrepository-layout, "objects/info/alternates") and has a configuration of its own,
 * so that the remote's filters never run.
 */
final class FileAccess implements RemoteAccess {

	private final Path path;

	/**
	 * Creates the access.
	 * @param path a bare repository, or a folder with one in {@code .git}
	 */
	FileAccess(Path path) {
		this.path = path;
	}

	@Override
	public Optional<ObjectId> commitOf(GitRef ref) throws IOException {
		try (Repository remote = open(); RevWalk walk = new RevWalk(remote)) {
			Ref found = remote.exactRef(ref.value());
			if (found == null || found.getObjectId() == null) {
				return Optional.empty();
			}
			return (walk.peel(walk.parseAny(found.getObjectId())) instanceof RevCommit commit)
					? Optional.of(commit.copy()) : Optional.empty();
		}
	}

	@Override
	public boolean has(ObjectId commit) throws IOException {
		try (Repository remote = open(); RevWalk walk = new RevWalk(remote)) {
			return walk.parseAny(commit) instanceof RevCommit;
		}
		catch (MissingObjectException ex) {
			return false;
		}
	}

	@Override
	public Optional<GitRef> head() throws IOException {
		try (Repository remote = open()) {
			return branchOf(remote.exactRef(Constants.HEAD));
		}
	}

	static Optional<GitRef> branchOf(@Nullable Ref head) {
		return Optional.ofNullable(head)
			.filter(Ref::isSymbolic)
			.map((ref) -> ref.getTarget().getName())
			.filter((name) -> name.startsWith(Constants.R_HEADS))
			.map(GitRef::of);
	}

	@Override
	public Optional<Repository> bring(ObjectId commit, Optional<GitRef> hint, Path scratch, long maxBytes)
			throws IOException {
		Path objects;
		try (Repository remote = open()) {
			objects = remote.getCommonDirectory().toPath().toAbsolutePath().resolve("objects");
		}
		Path folder = scratch.resolve("borrowed");
		Repository repository = ReceivingRepository.create(folder, 0);
		Files.writeString(Files.createDirectories(folder.resolve("objects/info")).resolve("alternates"),
				objects + "\n");
		if (repository.getObjectDatabase().has(commit)) {
			return Optional.of(repository);
		}
		repository.close();
		return Optional.empty();
	}

	/** Read in place: there is nothing to fetch. */
	@Override
	public Ancestry ancestry(ObjectId commit, ObjectId other, Optional<GitRef> hint, CommitCaches caches)
			throws IOException {
		try (Repository remote = open()) {
			return CommitWalk.between(remote, commit, other);
		}
	}

	private Repository open() throws IOException {
		File folder = RepositoryCache.FileKey.resolve(this.path.toFile(), FS.DETECTED);
		if (folder == null) {
			throw new RepositoryNotFoundException(this.path.toFile());
		}
		return new FileRepositoryBuilder().setGitDir(folder).build();
	}

	@Override
	public String explain(IOException failure) {
		if (failure instanceof RepositoryNotFoundException) {
			return "there is no git repository in that folder; check the clone URL";
		}
		return "reading the folder failed (%s); check the repository with git fsck".formatted(Failures.words(failure));
	}

	@Override
	public void close() {
		// Nothing is kept open.
	}

}
