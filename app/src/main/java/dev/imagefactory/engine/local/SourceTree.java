package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

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
