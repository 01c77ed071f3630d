package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A process of its own that holds a file lock until it is killed. */
final class LockHolder {

	private LockHolder() {
	}

	/**
	 * Starts the process and waits until it has the lock.
	 * @param file the file to lock
	 * @return the process
	 * @throws IOException when it cannot be started
	 */
	static Process start(Path file) throws IOException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				Path.of(LockHolder.class.getProtectionDomain().getCodeSource().getLocation().getPath()).toString(),
				LockHolder.class.getName(), file.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		if (process.getInputStream().read() != '+') {
			throw new IOException("The other process did not get the lock");
		}
		return process;
	}

	/**
	 * Locks the file that the first argument names.
	 * @param arguments the file
	 * @throws Exception when it cannot be locked
	 */
	public static void main(String[] arguments) throws Exception {
		try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
				FileLock lock = channel.lock()) {
			System.out.print(lock.isValid() ? "+" : "-");
			System.out.flush();
			Thread.currentThread().join();
		}
	}

}
