package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders with all they hold. */
final class FileTrees {

	private static final Logger logger = LoggerFactory.getLogger(FileTrees.class);

	private FileTrees() {
	}

	/**
	 * Deletes a folder and all it holds, read-only folders included; symbolic links are
	 * deleted, never followed.
	 * @param folder what to delete; may be absent
	 * @throws IOException when something cannot be deleted
	 */
	static void delete(Path folder) throws IOException {
		if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		Files.walkFileTree(folder, new Deletion());
	}

	/**
	 * Deletes a folder that does no harm but for its size when it stays: then it is named
	 * in the log.
	 * @param folder what to delete; may be absent
	 */
	static void forget(Path folder) {
		try {
			delete(folder);
		}
		catch (IOException ex) {
			logger.warn("Cannot delete {}: {}", folder, ex.getMessage());
		}
	}

	/** Deletes what is in a folder before the folder. */
	private static final class Deletion extends SimpleFileVisitor<Path> {

		@Override
		public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
			if (!Files.isWritable(dir) || !Files.isExecutable(dir)) {
				try {
					Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
				}
				catch (IOException | UnsupportedOperationException ex) {
					// Then deleting what is in it fails, and says so.
				}
			}
			return FileVisitResult.CONTINUE;
		}

		@Override
		public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
			Files.deleteIfExists(file);
			return FileVisitResult.CONTINUE;
		}

		/** Somebody else may be deleting the same folder. */
		@Override
		public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
			if (failure instanceof NoSuchFileException) {
				return FileVisitResult.CONTINUE;
			}
			throw failure;
		}

		@Override
		public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException problem) throws IOException {
			if (problem != null) {
				throw problem;
			}
			Files.deleteIfExists(dir);
			return FileVisitResult.CONTINUE;
		}

	}

}
