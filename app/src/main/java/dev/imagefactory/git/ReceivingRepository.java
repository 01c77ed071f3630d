package dev.imagefactory.git;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;

import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ProgressMonitor;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.PackParser;

/**
 * A bare repository that stops receiving when the pack or one object in it is larger than
 * allowed, or its thread is interrupted.
 */
final class ReceivingRepository extends FileRepository {

	private final long maxPack;

	private ReceivingRepository(Path folder, long maxPack) throws IOException {
		super(new FileRepositoryBuilder().setGitDir(folder.toFile()).setBare().setup());
		this.maxPack = maxPack;
	}

	/**
	 * Makes an empty one.
	 * @param folder where; absent before
	 * @param maxPack the most bytes to receive, and the most of one object when unpacked
	 * @return the repository, to be closed
	 * @throws IOException when the folder cannot be made
	 */
	static ReceivingRepository create(Path folder, long maxPack) throws IOException {
		ReceivingRepository repository = new ReceivingRepository(folder, maxPack);
		repository.create(true);
		return repository;
	}

	/**
	 * Opens one that is there, or makes it.
	 * @param folder where
	 * @param maxPack the most bytes to receive, and the most of one object when unpacked
	 * @return the repository, to be closed
	 * @throws IOException when the folder cannot be made
	 */
	static ReceivingRepository open(Path folder, long maxPack) throws IOException {
		ReceivingRepository repository = new ReceivingRepository(folder, maxPack);
		if (!repository.getObjectDatabase().exists()) {
			repository.create(true);
		}
		return repository;
	}

	@Override
	public ObjectInserter newObjectInserter() {
		return new BoundedInserter(super.newObjectInserter());
	}

	/** The repository is gone in a moment, or is thrown away when it has grown. */
	@Override
	public void autoGC(ProgressMonitor monitor) {
		// Nothing is worth packing.
	}

	private final class BoundedInserter extends ObjectInserter.Filter {

		private final ObjectInserter inserter;

		BoundedInserter(ObjectInserter inserter) {
			this.inserter = inserter;
		}

		@Override
		protected ObjectInserter delegate() {
			return this.inserter;
		}

		@Override
		public PackParser newPackParser(InputStream in) throws IOException {
			PackParser parser = super.newPackParser(new BoundedStream(in, ReceivingRepository.this.maxPack));
			parser.setMaxObjectSizeLimit(ReceivingRepository.this.maxPack);
			return parser;
		}

	}

	/** Ends with {@link PackTooLarge} instead of giving more bytes than allowed. */
	private static final class BoundedStream extends FilterInputStream {

		private final long max;

		private long received;

		BoundedStream(InputStream in, long max) {
			super(in);
			this.max = max;
		}

		@Override
		public int read() throws IOException {
			int read = super.read();
			count((read < 0) ? 0 : 1);
			return read;
		}

		@Override
		public int read(byte[] buffer, int offset, int length) throws IOException {
			int read = super.read(buffer, offset, length);
			count(Math.max(read, 0));
			return read;
		}

		private void count(int read) throws IOException {
			this.received += read;
			if (this.received > this.max) {
				throw new PackTooLarge(this.max);
			}
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedIOException("The fetch was interrupted");
			}
		}

	}

	/** The server sent more than is allowed. */
	static final class PackTooLarge extends IOException {

		private PackTooLarge(long max) {
			super("The server sent more than " + max + " bytes");
		}

	}

}
