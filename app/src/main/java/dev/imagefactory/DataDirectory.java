package dev.imagefactory;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folder with everything that must survive, taken by one process at a time. The
 * operating system frees it when the process ends, however it ends.
 */
final class DataDirectory implements AutoCloseable {

	private static final String LOCK = "lock";

	private static final String HOLDER = "lock.pid";

	/**
	 * The folders that this process holds. A second channel on a locked file, once
	 * closed, may free the lock of the first (FileLock, "Platform dependencies"): none is
	 * opened.
	 */
	private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

	private final Path path;

	private final FileChannel channel;

	private DataDirectory(Path path, FileChannel channel) {
		this.path = path;
		this.channel = channel;
	}

	/**
	 * Creates the folder where needed, readable by its owner only, and takes it.
	 * @param wanted the folder
	 * @return the folder, held until it is closed or the process ends
	 * @throws UnusableDataDirectory when it cannot be created, written or taken
	 */
	static DataDirectory take(Path wanted) {
		Path path = create(wanted);
		if (!HELD.add(path)) {
			throw heldBy(path, ProcessHandle.current().pid());
		}
		try {
			return new DataDirectory(path, lock(path));
		}
		catch (RuntimeException ex) {
			HELD.remove(path);
			throw ex;
		}
	}

	/**
	 * Where the folder is.
	 * @return its absolute path, without symbolic links
	 */
	Path path() {
		return this.path;
	}

	@Override
	public void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot let go of the data directory '%s'".formatted(this.path), ex);
		}
		finally {
			HELD.remove(this.path);
		}
	}

	private static Path create(Path wanted) {
		try {
			if (!Files.isDirectory(wanted)) {
				Files.createDirectories(wanted);
				restrictToOwner(wanted);
			}
			Path path = wanted.toRealPath();
			Files.delete(Files.createTempFile(path, "write-check", null));
			return path;
		}
		catch (IOException ex) {
			throw new UnusableDataDirectory("The data directory '%s' cannot be written: %s".formatted(wanted, ex),
					"Give its owner the right to write, or name another directory: image-factory.data-dir", ex);
		}
	}

	private static void restrictToOwner(Path path) throws IOException {
		if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
			Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
		}
	}

	private static FileChannel lock(Path path) {
		try {
			FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
			FileLock lock = channel.tryLock();
			if (lock == null) {
				channel.close();
				throw heldBy(path, holder(path).orElse(0L));
			}
			Files.writeString(path.resolve(HOLDER), Long.toString(ProcessHandle.current().pid()));
			return channel;
		}
		catch (IOException ex) {
			throw new UnusableDataDirectory("The data directory '%s' cannot be locked: %s".formatted(path, ex),
					"Use a local file system, or one that has file locks: image-factory.data-dir", ex);
		}
	}

	private static UnusableDataDirectory heldBy(Path path, long pid) {
		String who = (pid > 0) ? "another live process (pid %d)".formatted(pid) : "another live process";
		return new UnusableDataDirectory("The data directory '%s' is in use by %s".formatted(path, who),
				"Stop that process, or give this one a directory of its own: image-factory.data-dir", null);
	}

	/** A pid from before the last crash, or of another host, is worse than none. */
	private static Optional<Long> holder(Path path) {
		try {
			long pid = Long.parseLong(Files.readString(path.resolve(HOLDER)).strip());
			return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(ProcessHandle::pid);
		}
		catch (IOException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

}
