package dev.imagefactory.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Clock;

import dev.imagefactory.engine.StepLogs.StepLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step's log file while it is written. Every line is written at once, so that readers
 * see it; the file is not a channel, because an interrupt closes channels.
 */
class FileStepLog implements StepLog {

	private static final Logger logger = LoggerFactory.getLogger(FileStepLog.class);

	private final RandomAccessFile file;

	private final Path path;

	private final LogLines lines;

	private final Clock clock;

	private final Runnable onClose;

	private boolean broken;

	private boolean closed;

	/**
	 * Opens the file at its end.
	 * @param path the file, which need not exist
	 * @param clock gives each line its time
	 * @param onClose called once, when the log is closed
	 * @throws IOException when the file cannot be opened
	 */
	FileStepLog(Path path, Clock clock, Runnable onClose) throws IOException {
		this.path = path;
		this.onClose = onClose;
		this.file = new RandomAccessFile(path.toFile(), "rw");
		endTornLine();
		this.lines = new LogLines(this.file.length());
		this.clock = clock;
	}

	/** A crash may have left half a line. */
	private void endTornLine() throws IOException {
		long size = this.file.length();
		if (size > 0) {
			this.file.seek(size - 1);
			if (this.file.read() != '\n') {
				this.file.write('\n');
			}
		}
	}

	@Override
	public synchronized void line(String text) {
		if (this.broken || this.closed) {
			return;
		}
		try {
			this.file.write(this.lines.next(this.clock.instant(), text));
		}
		catch (IOException ex) {
			// A log that cannot be written stops no build; what fills the disk does.
			this.broken = true;
			logger.warn("Cannot write the log {}: the rest of it is lost ({})", this.path, ex.getMessage());
		}
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			this.file.close();
		}
		catch (IOException ex) {
			logger.warn("Cannot close the log {} ({})", this.path, ex.getMessage());
		}
		this.onClose.run();
	}

}
