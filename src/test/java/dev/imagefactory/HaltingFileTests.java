package dev.imagefactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

class HaltingFileTests {

	@TempDir
	private Path folder;

	@Test
	void writeWhenAWriteFailedBeforeIsRefusedAlthoughThereIsRoomAgain() throws Exception {
		AtomicBoolean full = new AtomicBoolean();
		try (FileChannel file = new HaltingFile(new Narrow(full))) {
			assertThat(file.write(bytes("one"), 0)).isEqualTo(3);
			full.set(true);
			assertThatIOException().isThrownBy(() -> file.write(bytes("two"), 3))
				.withMessage("No space left on device");
			full.set(false);
			assertThatIOException().isThrownBy(() -> file.write(bytes("three"), 0))
				.withMessage("Nothing more is written to narrow, because a write to it failed before: "
						+ "No space left on device")
				.withCauseInstanceOf(IOException.class);
			assertThatIOException().isThrownBy(() -> file.truncate(0));
			assertThat(file.read(ByteBuffer.allocate(3), 0)).isEqualTo(3);
		}
	}

	@Test
	void openWhenThroughThePrefixWritesToTheFileBehindIt() throws Exception {
		FilePath.register(new HaltingFilePath());
		Path plain = this.folder.resolve("file");
		FilePath path = FilePath.get(EmbeddedDatabase.FILE_SYSTEM + plain);
		try (FileChannel file = path.open("rw")) {
			assertThat(file).isInstanceOf(HaltingFile.class);
			file.write(bytes("content"));
			file.truncate(4);
			file.force(true);
		}
		assertThat(plain).hasContent("cont");
		assertThat(path.size()).isEqualTo(4);
		assertThat(path.toRealPath().toString()).startsWith(EmbeddedDatabase.FILE_SYSTEM);
	}

	@Test
	void closeClosesTheFileBehindIt() throws Exception {
		FileChannel behind = FileChannel.open(Files.createFile(this.folder.resolve("file")));
		new HaltingFile(behind).close();
		assertThat(behind.isOpen()).isFalse();
		assertThatExceptionOfType(IOException.class).isThrownBy(behind::size);
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/** A file on a disk that may be full. */
	private static final class Narrow extends FileBaseDefault {

		private final AtomicBoolean full;

		private Narrow(AtomicBoolean full) {
			this.full = full;
		}

		@Override
		public long size() {
			return 3;
		}

		@Override
		public int read(ByteBuffer target, long position) {
			return target.remaining();
		}

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
			if (this.full.get()) {
				throw new IOException("No space left on device");
			}
			return source.remaining();
		}

		@Override
		protected void implTruncate(long size) {
		}

		@Override
		public String toString() {
			return "narrow";
		}

	}

}
