package dev.imagefactory.git;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A cached history as it lies on disk.
 *
 * @param folder where
 * @param used when it was used last
 * @param bytes how large it is
 */
record CacheOnDisk(Path folder, Instant used, long bytes) {

	/**
	 * Lists caches.
	 * @param root the folder they are in
	 * @return the caches, the one that was not used for longest first
	 * @throws IOException when the folder cannot be read
	 */
	static List<CacheOnDisk> in(Path root) throws IOException {
		try (Stream<Path> folders = Files.list(root)) {
			return folders.map(CacheOnDisk::of).sorted(Comparator.comparing(CacheOnDisk::used)).toList();
		}
	}

	/** What goes away meanwhile takes no room. */
	private static CacheOnDisk of(Path folder) {
		try (Stream<Path> files = Files.walk(folder)) {
			long bytes = files.map(Path::toFile).mapToLong(File::length).sum();
			return new CacheOnDisk(folder, Files.getLastModifiedTime(folder).toInstant(), bytes);
		}
		catch (IOException | UncheckedIOException ex) {
			return new CacheOnDisk(folder, Instant.EPOCH, 0);
		}
	}

}
