package dev.imagefactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;

import org.h2.store.fs.FileBaseDefault;
import org.jspecify.annotations.Nullable;

/**
 * A file that takes no write after one has failed. Why: see {@link HaltingFilePath}.
 */
final class HaltingFile extends FileBaseDefault {

	private final FileChannel file;

	private @Nullable IOException failure;

	/**
	 * Watches a file.
	 * @param file the open file, which this closes
	 */
	HaltingFile(FileChannel file) {
		this.file = file;
	}

	@Override
	public long size() throws IOException {
		return this.file.size();
	}

	@Override
	public int read(ByteBuffer target, long position) throws IOException {
		return this.file.read(target, position);
	}

	@Override
	public synchronized int write(ByteBuffer source, long position) throws IOException {
		halt();
		try {
			return this.file.write(source, position);
		}
		catch (IOException ex) {
			this.failure = ex;
			throw ex;
		}
	}

	@Override
	protected synchronized void implTruncate(long length) throws IOException {
		halt();
		this.file.truncate(length);
	}

	@Override
	public void force(boolean metaData) throws IOException {
		this.file.force(metaData);
	}

	@Override
	public FileLock tryLock(long position, long size, boolean shared) throws IOException {
		return this.file.tryLock(position, size, shared);
	}

	@Override
	protected void implCloseChannel() throws IOException {
		this.file.close();
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

	private void halt() throws IOException {
		if (this.failure != null) {
			throw new IOException("Nothing more is written to %s, because a write to it failed before: %s"
				.formatted(this.file, this.failure.getMessage()), this.failure);
		}
	}

}
