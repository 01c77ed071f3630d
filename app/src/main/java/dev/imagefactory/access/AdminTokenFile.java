package dev.imagefactory.access;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that holds the admin token: given in the settings, or made at the first start.
 */
final class AdminTokenFile {

	private static final Logger log = LoggerFactory.getLogger(AdminTokenFile.class);

	private static final String OWNER_ONLY = "rw-------";

	private static final String KEY = "image-factory.access.admin-token-file";

	private final Path path;

	private final boolean given;

	private AdminTokenFile(Path path, boolean given) {
		this.path = path;
		this.given = given;
	}

	/** A file that the settings name; it must be there. */
	static AdminTokenFile given(Path path) {
		return new AdminTokenFile(path, true);
	}

	/** The file in the data directory; it is made when it is missing. */
	static AdminTokenFile in(Path dataDirectory) {
		return new AdminTokenFile(dataDirectory.resolve("admin-token"), false);
	}

	Path path() {
		return this.path;
	}

	AdminToken readOrCreate() {
		if (!this.given && Files.notExists(this.path)) {
			create();
		}
		try {
			warnWhenOthersCanRead();
			return AdminToken.of(withoutLineEnd(Files.readString(this.path, StandardCharsets.UTF_8)));
		}
		catch (IOException | IllegalArgumentException ex) {
			throw new IllegalStateException(wrong(ex), ex);
		}
	}

	/**
	 * The token is complete on disk before it gets its name, and a name that is there is
	 * never taken over: of two first starts, one token stays.
	 */
	private void create() {
		try {
			Files.createDirectories(this.path.getParent());
			Path draft = Files.createTempFile(this.path.getParent(), "admin-token", ".new", ownerOnly());
			try {
				write(draft, OneTimeSecret.random() + "\n");
				Files.createLink(this.path, draft);
				log.info("Made an admin token, readable by this user only: {}", this.path.toAbsolutePath());
			}
			catch (FileAlreadyExistsException ex) {
				log.debug("Another start made {} meanwhile", this.path);
			}
			finally {
				Files.delete(draft);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(
					"Cannot make the admin token in '%s': %s. Let this user write there, or give a token by %s"
						.formatted(this.path.toAbsolutePath(), ex, KEY),
					ex);
		}
	}

	private static void write(Path file, String text) throws IOException {
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
			ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
			while (bytes.hasRemaining()) {
				channel.write(bytes);
			}
			channel.force(true);
		}
	}

	private void warnWhenOthersCanRead() throws IOException {
		if (!isPosix()) {
			return;
		}
		Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(this.path);
		if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
			log.warn("Every user of this machine can read the admin token in '{}'; chmod 600 it",
					this.path.toAbsolutePath());
		}
	}

	private String wrong(Exception ex) {
		String reason = (ex instanceof IllegalArgumentException) ? ex.getMessage() : ex.toString();
		String advice = this.given
				? "%s names this file. Put one line with the token into it, for example from: openssl rand -hex 32"
					.formatted(KEY)
				: "Remove the file to have a new token made at the next start";
		return "Cannot use the admin token in '%s': %s. %s".formatted(this.path.toAbsolutePath(), reason, advice);
	}

	private static String withoutLineEnd(String text) {
		String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
		return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
	}

	private static FileAttribute<?>[] ownerOnly() {
		return isPosix()
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)) }
				: new FileAttribute<?>[0];
	}

	private static boolean isPosix() {
		return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
	}

}
