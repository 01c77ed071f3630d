package dev.imagefactory.registry.layout;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Files that are whole or absent, also after a power cut: written under another name,
 * forced to the disk, renamed, and the folder forced too.
 * <p>
 * Files are read and written as plain streams: an interrupt closes a channel in the
 * middle of its work, and must not decide whether an index is readable.
 */
final class DurableFiles {

	private DurableFiles() {
	}

	/**
	 * Writes a file at once.
	 * @param file the file, replaced when it exists
	 * @param bytes its content
	 * @param incoming a folder on the same disk for the file while it is not whole
	 * @throws IOException when it cannot be stored; the old file is there then
	 */
	static void write(Path file, byte[] bytes, Path incoming) throws IOException {
		write(file, (out) -> out.write(bytes), incoming);
	}

	/**
	 * Writes a file piece by piece.
	 * @param file the file, replaced when it exists
	 * @param content writes its content, or fails and so leaves the old file
	 * @param incoming a folder on the same disk for the file while it is not whole
	 * @throws IOException when it cannot be stored; the old file is there then
	 */
	static void write(Path file, Content content, Path incoming) throws IOException {
		makeFolder(incoming);
		Path part = incoming.resolve("part-" + UUID.randomUUID());
		try {
			try (FileOutputStream out = new FileOutputStream(part.toFile())) {
				content.writeTo(out);
				out.getFD().sync();
			}
			Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(part);
		}
		forceFolder(file.getParent());
	}

	/**
	 * Makes a folder and those above it.
	 * @param folder the folder
	 * @throws IOException when it cannot be made, or something else has its name
	 */
	static void makeFolder(Path folder) throws IOException {
		if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
			return;
		}
		Path parent = folder.getParent();
		if (parent != null && !Files.isDirectory(parent)) {
			makeFolder(parent);
		}
		Files.createDirectories(folder);
		if (parent != null) {
			forceFolder(parent);
		}
	}

	/** A folder can be forced through a channel only, so an interrupt has to wait. */
	private static void forceFolder(Path folder) throws IOException {
		boolean interrupted = Thread.interrupted();
		try {
			while (!isForced(folder)) {
				interrupted = true;
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static boolean isForced(Path folder) throws IOException {
		try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
			channel.force(true);
			return true;
		}
		catch (ClosedByInterruptException ex) {
			Thread.interrupted();
			return false;
		}
	}

	/** Something that is written to a stream. */
	interface Content {

		/**
		 * Writes it.
		 * @param out where to
		 * @throws IOException when it cannot be written or must not be
		 */
		void writeTo(OutputStream out) throws IOException;

	}

}
