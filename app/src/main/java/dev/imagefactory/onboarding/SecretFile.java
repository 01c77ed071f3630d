package dev.imagefactory.onboarding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A secret in a file that somebody may replace while we run. It is looked at no more than
 * once a second; when it cannot be read any more, the last good content stays.
 */
final class SecretFile {

	private static final Logger log = LoggerFactory.getLogger(SecretFile.class);

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private final Path path;

	private final Clock clock;

	private Content content;

	private Instant checked;

	private boolean warned;

	/**
	 * Reads the file for the first time.
	 * @throws IllegalStateException when it cannot be read or is empty
	 */
	SecretFile(Path path, Clock clock) {
		this.path = path;
		this.clock = clock;
		this.checked = clock.instant();
		try {
			this.content = read(Version.of(path));
		}
		catch (IOException ex) {
			throw new IllegalStateException("Cannot read the webhook secret in '%s': %s".formatted(path, ex), ex);
		}
	}

	/**
	 * The secret as it is now.
	 * @return its bytes, without one line end that closes the file
	 */
	synchronized byte[] key() {
		Instant now = this.clock.instant();
		if (Duration.between(this.checked, now).abs().compareTo(PAUSE) >= 0) {
			this.checked = now;
			refresh();
		}
		return this.content.key();
	}

	private void refresh() {
		try {
			Version version = Version.of(this.path);
			if (!version.equals(this.content.version())) {
				this.content = read(version);
				log.info("Took over the changed webhook secret in '{}'", this.path);
			}
			this.warned = false;
		}
		catch (IOException ex) {
			if (!this.warned) {
				log.warn("Cannot read the webhook secret in '{}' any more and go on with the last one: {}", this.path,
						ex.toString());
			}
			this.warned = true;
		}
	}

	private Content read(Version version) throws IOException {
		byte[] key = withoutLineEnd(Files.readAllBytes(this.path));
		if (key.length == 0) {
			throw new IOException("the file is empty");
		}
		return new Content(version, key);
	}

	private static byte[] withoutLineEnd(byte[] bytes) {
		int length = bytes.length;
		if (length > 0 && bytes[length - 1] == '\n') {
			length--;
			if (length > 0 && bytes[length - 1] == '\r') {
				length--;
			}
		}
		return Arrays.copyOf(bytes, length);
	}

	/** What tells one version of the file from the next. */
	private record Version(FileTime modified, long size, @Nullable Object fileKey) {

		static Version of(Path path) throws IOException {
			BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
			return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
		}

	}

	/** Not a record: its text must not show the key. */
	private static final class Content {

		private final Version version;

		private final byte[] key;

		Content(Version version, byte[] key) {
			this.version = version;
			this.key = key;
		}

		Version version() {
			return this.version;
		}

		byte[] key() {
			return this.key;
		}

	}

}
