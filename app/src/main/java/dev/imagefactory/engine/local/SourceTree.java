package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** A checked out tree, whose paths are followed only as long as they stay inside it. */
final class SourceTree {

	private final Path root;

	/**
	 * Opens a tree.
	 * @param folder the tree's folder
	 */
	SourceTree(Path folder) {
		try {
			this.root = folder.toRealPath();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot open the source tree", ex);
		}
	}

	/**
	 * The tree's folder with all symbolic links resolved.
	 * @return an absolute path
	 */
	Path root() {
		return this.root;
	}

	/**
	 * Finds the Dockerfile.
	 * @param relative its path in the tree
	 * @return its absolute path, symbolic links resolved
	 * @throws StepFailure when there is none or it lies outside the tree
	 */
	Path dockerfile(String relative) {
		Path file = existing(relative, "dockerfile-missing", "Dockerfile");
		if (!Files.isRegularFile(file)) {
			throw StepFailure.ofRepository("dockerfile-missing",
					"The Dockerfile path '%s' is not a file in this commit".formatted(relative));
		}
		return file;
	}

	/**
	 * Finds the build context.
	 * @param relative its path in the tree; empty for the tree itself
	 * @return its absolute path, symbolic links resolved
	 * @throws StepFailure when there is none or it lies outside the tree
	 */
	Path context(String relative) {
		Path folder = existing(relative, "context-missing", "build context");
		if (!Files.isDirectory(folder)) {
			throw StepFailure.ofRepository("context-missing",
					"The build context '%s' is not a folder in this commit".formatted(relative));
		}
		return folder;
	}

	/**
	 * Finds the file that says what is left out of the build context: the Dockerfile's
	 * own if it has one, else the context's.
	 * @param context the build context as {@link #context} found it
	 * @param dockerfile the Dockerfile as {@link #dockerfile} found it
	 * @return the file; empty when nothing is left out
	 * @throws StepFailure when it is a link that leads out of the tree
	 */
	Optional<Path> ignoreFile(Path context, Path dockerfile) {
		Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
		Path file = Files.isRegularFile(own) ? own : context.resolve(".dockerignore");
		if (!Files.isRegularFile(file)) {
			return Optional.empty();
		}
		try {
			if (!file.toRealPath().startsWith(this.root)) {
				throw outside("file", this.root.relativize(file).toString());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot open " + file.getFileName(), ex);
		}
		return Optional.of(file);
	}

	private Path existing(String relative, String missing, String what) {
		try {
			Path path = this.root.resolve(relative).normalize();
			if (!path.startsWith(this.root)) {
				throw outside(what, relative);
			}
			Path real = path.toRealPath();
			if (!real.startsWith(this.root)) {
				throw outside(what, relative);
			}
			return real;
		}
		catch (IOException | InvalidPathException ex) {
			throw StepFailure.ofRepository(missing,
					"There is no %s '%s' in this commit; add it or name another path".formatted(what, relative));
		}
	}

	private static StepFailure outside(String what, String relative) {
		return StepFailure.ofRepository("path-outside-repository",
				"The %s '%s' leads out of the repository; only files of the repository can be built".formatted(what,
						relative));
	}

}
