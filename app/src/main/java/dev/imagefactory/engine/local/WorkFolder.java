package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

import dev.imagefactory.pipeline.BuildId;
import org.jspecify.annotations.Nullable;

/**
 * The files of one run while it runs, in {@code <data-dir>/work/<build>}.
 *
 * @param root the folder itself
 */
record WorkFolder(Path root) {

	/**
	 * The folder of a run.
	 * @param dataDirectory the service's data directory
	 * @param build the run's name
	 * @return its folder, which need not exist
	 */
	static WorkFolder of(Path dataDirectory, BuildId build) {
		return new WorkFolder(dataDirectory.toAbsolutePath().resolve("work").resolve(build.value()));
	}

	/**
	 * Where the commit is checked out.
	 * @return the folder
	 */
	Path source() {
		return this.root.resolve("src");
	}

	/**
	 * Where the image is made.
	 * @return the folder of the OCI layout
	 */
	Path layout() {
		return this.root.resolve("out");
	}

	/**
	 * Where a step may leave its own files.
	 * @param step the step's name
	 * @return the folder
	 */
	Path scratch(String step) {
		return this.root.resolve(step + "-scratch");
	}

	/** Makes the folder, empty. */
	void makeEmpty() {
		delete(this.root);
		make(this.root);
	}

	/**
	 * Makes a folder in it.
	 * @param folder the folder
	 * @return the same folder
	 */
	Path make(Path folder) {
		try {
			return Files.createDirectories(folder);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot make the folder " + folder, ex);
		}
	}

	/** Removes the folder with all that is in it; links are not followed. */
	void delete() {
		delete(this.root);
	}

	/**
	 * Removes a folder in it.
	 * @param folder the folder, which need not exist
	 */
	void delete(Path folder) {
		if (!Files.exists(folder)) {
			return;
		}
		try {
			Files.walkFileTree(folder, new Deletion());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Cannot remove the folder " + folder, ex);
		}
	}

	private static final class Deletion extends SimpleFileVisitor<Path> {

		/** What a build made may forbid its owner to write. */
		@Override
		public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
			if (!Files.isWritable(folder) || !Files.isReadable(folder) || !Files.isExecutable(folder)) {
				try {
					Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
				}
				catch (IOException | UnsupportedOperationException ex) {
					// Then removing what is in it fails, and says so.
				}
			}
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
			Files.deleteIfExists(file);
			return FileVisitResult.CONTINUE;
		}

		/** Somebody else may be removing the same folder. */
		@Override
		public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
			if (failure instanceof NoSuchFileException) {
				return FileVisitResult.CONTINUE;
			}
			throw failure;
		}

		@Override
		public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
			if (failure != null) {
				throw failure;
			}
			Files.deleteIfExists(folder);
			return FileVisitResult.CONTINUE;
		}

	}

}
