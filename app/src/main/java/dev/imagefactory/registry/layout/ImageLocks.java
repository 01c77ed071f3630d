package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** One writer per image: in this process by a lock, among processes by a locked file. */
final class ImageLocks {

	private final Map<Path, ReentrantLock> locks = new ConcurrentHashMap<>();

	/**
	 * Waits for an image, then works on it alone.
	 * @param file the file to lock
	 * @param work the work
	 * @throws IOException when the file cannot be locked, or the work fails
	 * @throws InterruptedIOException when the thread is interrupted while it waits
	 */
	void holding(Path file, Work work) throws IOException {
		ReentrantLock lock = this.locks.computeIfAbsent(file, (key) -> new ReentrantLock());
		try {
			lock.lockInterruptibly();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw interrupted(ex);
		}
		try (FileChannel channel = open(file)) {
			waitFor(channel);
			work.run();
		}
		finally {
			lock.unlock();
		}
	}

	/**
	 * Works on an image alone, unless somebody else does.
	 * @param file the file to lock
	 * @param work the work
	 * @throws IOException when the file cannot be locked, or the work fails
	 */
	void ifFree(Path file, Work work) throws IOException {
		ReentrantLock lock = this.locks.computeIfAbsent(file, (key) -> new ReentrantLock());
		if (!lock.tryLock()) {
			return;
		}
		try (FileChannel channel = open(file)) {
			if (channel.tryLock() != null) {
				work.run();
			}
		}
		finally {
			lock.unlock();
		}
	}

	private static FileChannel open(Path file) throws IOException {
		return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
	}

	/** The channel is not touched again until it is closed, so no interrupt frees it. */
	private static void waitFor(FileChannel channel) throws IOException {
		try {
			channel.lock();
		}
		catch (FileLockInterruptionException | ClosedByInterruptException ex) {
			throw interrupted(ex);
		}
	}

	private static InterruptedIOException interrupted(Exception cause) {
		InterruptedIOException interrupted = new InterruptedIOException("it was interrupted");
		interrupted.initCause(cause);
		return interrupted;
	}

	/** Work on files. */
	interface Work {

		/**
		 * Does it.
		 * @throws IOException when it fails
		 */
		void run() throws IOException;

	}

}
