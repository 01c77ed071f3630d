package dev.imagefactory.registry.content;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;

import dev.imagefactory.image.Digest;

/**
 * The content of a layout, by digest.
 *
 * @param layout the layout's folder
 */
public record BlobFiles(Path layout) {

	/** Manifests and configurations are documents; the distribution-spec says 4 MiB. */
	private static final long LARGEST_DOCUMENT = 4L << 20;

	private static final int BUFFER = 64 * 1024;

	/**
	 * The folder of the files.
	 * @return {@code blobs/sha256} in the layout
	 */
	public Path folder() {
		return this.layout.resolve("blobs").resolve("sha256");
	}

	/**
	 * The file of some content.
	 * @param digest the content's digest
	 * @return the file, whether it exists or not
	 */
	public Path file(Digest digest) {
		return folder().resolve(digest.hex());
	}

	/**
	 * Whether some content is there, in its full size.
	 * @param descriptor the content
	 * @return false when it is absent, of another size or no regular file
	 * @throws IOException when its size cannot be read
	 */
	public boolean has(OciDescriptor descriptor) throws IOException {
		try {
			BasicFileAttributes file = attributes(file(descriptor.digest()));
			return file.isRegularFile() && file.size() == descriptor.size();
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	/**
	 * Reads a document and checks its digest.
	 * @param digest its digest
	 * @return its bytes
	 * @throws IOException when it cannot be read
	 * @throws WrongContent when it is absent, too large or not what its name says
	 */
	public byte[] document(Digest digest) throws IOException {
		Path file = regularFile(digest);
		if (Files.size(file) > LARGEST_DOCUMENT) {
			throw new WrongContent("%s is larger than a document may be (%d bytes)".formatted(file, LARGEST_DOCUMENT));
		}
		byte[] bytes = read(file);
		if (!Digest.ofBytes(bytes).equals(digest)) {
			throw new WrongContent("%s does not hold what its name says".formatted(file));
		}
		return bytes;
	}

	/**
	 * Copies some content out of this layout, checking its digest on the way.
	 * @param descriptor the content
	 * @param out where to
	 * @throws IOException when it cannot be read
	 * @throws WrongContent when it is not what its descriptor says
	 * @throws InterruptedIOException when the thread is interrupted
	 */
	public void copy(OciDescriptor descriptor, OutputStream out) throws IOException {
		MessageDigest sha256 = Digest.sha256();
		long size = 0;
		try (InputStream in = new FileInputStream(file(descriptor.digest()).toFile())) {
			byte[] buffer = new byte[BUFFER];
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				if (Thread.currentThread().isInterrupted()) {
					throw new InterruptedIOException("it was interrupted");
				}
				sha256.update(buffer, 0, read);
				out.write(buffer, 0, read);
				size += read;
			}
		}
		String hex = HexFormat.of().formatHex(sha256.digest());
		if (size != descriptor.size() || !hex.equals(descriptor.digest().hex())) {
			throw new WrongContent(
					"%s holds %d bytes with the digest sha256:%s".formatted(file(descriptor.digest()), size, hex));
		}
	}

	/**
	 * Reads a file; not through a channel, because an interrupt closes channels.
	 * @param file the file
	 * @return its bytes
	 * @throws IOException when it cannot be read
	 */
	public static byte[] read(Path file) throws IOException {
		try (InputStream in = new FileInputStream(file.toFile())) {
			return in.readAllBytes();
		}
	}

	/** No part of the way to the file may be a link. */
	private Path regularFile(Digest digest) throws IOException {
		Path file = file(digest);
		try {
			if (attributes(folder().getParent()).isDirectory() && attributes(folder()).isDirectory()
					&& attributes(file).isRegularFile()) {
				return file;
			}
			throw new WrongContent("%s is no regular file in regular folders".formatted(file));
		}
		catch (NoSuchFileException ex) {
			throw new WrongContent("%s is not there".formatted(file), ex);
		}
	}

	private static BasicFileAttributes attributes(Path path) throws IOException {
		return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
	}

}
