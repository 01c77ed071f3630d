package dev.imagefactory.engine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

import dev.imagefactory.engine.StepLogs.StepLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step's log file while it is written. Every line is written at once, so that readers
 * see it; the file is not a channel, because an interrupt closes channels.
 */
class FileStepLog implements StepLog {

	/** The longest text of one line, in characters; a longer one is cut. */
	static final int LONGEST_LINE = 16 * 1024;

	private static final String NOTE = " The log is longer than 4 MiB: the rest is left out.\n";

	private static final int ROOM_FOR_NOTE = 128;

	private static final Logger logger = LoggerFactory.getLogger(FileStepLog.class);

	private final RandomAccessFile file;

	private final Path path;

	private final Clock clock;

	private final Runnable onClose;

	private boolean full;

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
		this.clock = clock;
		this.onClose = onClose;
		this.file = new RandomAccessFile(path.toFile(), "rw");
		endTornLine();
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
		if (this.full || this.closed) {
			return;
		}
		String cut = (text.length() > LONGEST_LINE) ? text.substring(0, LONGEST_LINE) + "..." : text;
		byte[] line = bytes(" " + StepLogs.oneLine(cut) + "\n");
		try {
			write(line);
		}
		catch (IOException ex) {
			// A log that cannot be written stops no build; what fills the disk does.
			this.full = true;
			logger.warn("Cannot write the log {}: the rest of it is lost ({})", this.path, ex.getMessage());
		}
	}

	private void write(byte[] line) throws IOException {
		long size = this.file.length();
		if (size + line.length <= StepLogs.MOST_BYTES - ROOM_FOR_NOTE) {
			this.file.write(line);
			return;
		}
		this.full = true;
		byte[] note = bytes(NOTE);
		if (size + note.length <= StepLogs.MOST_BYTES) {
			this.file.write(note);
		}
	}

	private byte[] bytes(String afterTime) {
		return (this.clock.instant().truncatedTo(ChronoUnit.MILLIS) + afterTime).getBytes(StandardCharsets.UTF_8);
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
