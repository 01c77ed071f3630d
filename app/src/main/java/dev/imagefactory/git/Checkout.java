package dev.imagefactory.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.source.GitRef;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.TooLargeObjectInPackException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.springframework.util.FileSystemUtils;

/**
 * One checkout: bring the objects into a folder beside the target, measure the tree,
 * write it, remove the objects.
 *
 * @param attempt what is attempted on what, for messages
 * @param commit the commit
 * @param hint a ref that is expected to lead to it
 * @param directory where the tree goes; empty or absent
 * @param maxBytes the most that the tree may hold
 */
record Checkout(String attempt, ObjectId commit, Optional<GitRef> hint, Path directory, long maxBytes) {

	/**
	 * Does it; a failure leaves the target empty.
	 * @param access how to read the repository
	 * @return when the commit was made
	 * @throws IOException when the repository cannot be read
	 */
	Instant from(RemoteAccess access) throws IOException {
		makeTarget();
		Path scratch = makeScratch();
		try (Repository objects = bring(access, scratch)) {
			SourceTree tree = tree(objects);
			checkSize(tree);
			write(tree);
			return tree.committed();
		}
		finally {
			FileSystemUtils.deleteRecursively(scratch);
		}
	}

	private void makeTarget() {
		try {
			Files.createDirectories(this.directory);
			try (Stream<Path> content = Files.list(this.directory)) {
				if (content.findAny().isPresent()) {
					throw new IllegalArgumentException("'%s' is not empty".formatted(this.directory));
				}
			}
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
	}

	private Path makeScratch() {
		try {
			return Files.createTempDirectory(this.directory.getParent(), ".git-fetch-");
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
	}

	private Repository bring(RemoteAccess access, Path scratch) throws IOException {
		try {
			return access.bring(this.commit, this.hint, scratch, this.maxBytes)
				.orElseThrow(() -> new CommitNotFound(
						("Cannot %s: the repository does not have that commit (it may be gone after a forced push); "
								+ "build a commit that a branch or tag leads to")
							.formatted(this.attempt)));
		}
		catch (IOException ex) {
			boolean large = Failures.behind(ex, ReceivingRepository.PackTooLarge.class).isPresent()
					|| Failures.behind(ex, TooLargeObjectInPackException.class).isPresent();
			if (large) {
				throw new SourceTooLarge(tooLarge("more had to be received"), ex);
			}
			throw ex;
		}
	}

	private SourceTree tree(Repository objects) throws IOException {
		try {
			return SourceTree.of(objects, this.commit);
		}
		catch (IncorrectObjectTypeException ex) {
			throw new CommitNotFound("Cannot %s: that object is no commit".formatted(this.attempt), ex);
		}
	}

	private void checkSize(SourceTree tree) {
		try {
			SourceTree.Size size = tree.measure();
			if (size.entries() > SourceTree.MOST_ENTRIES) {
				throw new SourceTooLarge(
						tooLarge("it has more than %d files and folders".formatted(SourceTree.MOST_ENTRIES)));
			}
			if (size.bytes() > this.maxBytes) {
				throw new SourceTooLarge(tooLarge("its files hold %d bytes".formatted(size.bytes())));
			}
		}
		catch (IOException ex) {
			throw notWritten(ex);
		}
	}

	private void write(SourceTree tree) throws IOException {
		boolean written = false;
		try {
			tree.write(this.directory);
			written = true;
		}
		catch (IOException | IllegalArgumentException | IllegalStateException ex) {
			throw notWritten(ex);
		}
		finally {
			if (!written) {
				empty();
			}
		}
	}

	private void empty() throws IOException {
		try (Stream<Path> content = Files.list(this.directory)) {
			for (Path entry : content.toList()) {
				FileSystemUtils.deleteRecursively(entry);
			}
		}
	}

	private RuntimeException notWritten(Exception failure) {
		if (failure instanceof MissingObjectException) {
			return new GitUnavailable("Cannot %s: the server sent the commit without all of its files; try again later"
				.formatted(this.attempt), failure);
		}
		if (Failures.behind(failure, CorruptObjectException.class).isPresent() || !(failure instanceof IOException)) {
			return new CommitNotFound("Cannot %s: its tree must not be written (%s); check the repository with git fsck"
				.formatted(this.attempt, Failures.words(failure)), failure);
		}
		return new GitUnavailable("Cannot %s: writing to '%s' failed (%s); check the disk".formatted(this.attempt,
				this.directory, Failures.words(failure)), failure);
	}

	private String tooLarge(String why) {
		return ("Cannot %s: %s, and %d bytes are allowed; "
				+ "make the repository smaller or raise image-factory.build.max-source")
			.formatted(this.attempt, why, this.maxBytes);
	}

}
