package dev.imagefactory.engine;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * Makes the lines of one step's log: each with its time, none too long, and no more of
 * them than is kept. Not safe for use by several threads.
 */
public final class LogLines {

	/** The longest text of one line, in characters; a longer one is cut. */
	static final int LONGEST_LINE = 16 * 1024;

	private static final String NOTE = " The log is longer than 4 MiB: the rest is left out.\n";

	private static final int ROOM_FOR_NOTE = 128;

	private static final byte[] NOTHING = new byte[0];

	private final Clock clock;

	private long size;

	private boolean full;

	/**
	 * Goes on with a log.
	 * @param size how many bytes it has already
	 * @param clock gives each line its time
	 */
	public LogLines(long size, Clock clock) {
		this.size = size;
		this.clock = clock;
	}

	/**
	 * The next line, or the note that the rest is left out.
	 * @param text without a line end
	 * @return the bytes to append; empty when the log is full
	 */
	public byte[] next(String text) {
		if (this.full) {
			return NOTHING;
		}
		String cut = (text.length() > LONGEST_LINE) ? text.substring(0, LONGEST_LINE) + "..." : text;
		byte[] line = bytes(" " + StepLogs.oneLine(cut) + "\n");
		if (this.size + line.length > StepLogs.MOST_BYTES - ROOM_FOR_NOTE) {
			this.full = true;
			byte[] note = bytes(NOTE);
			line = (this.size + note.length <= StepLogs.MOST_BYTES) ? note : NOTHING;
		}
		this.size += line.length;
		return line;
	}

	private byte[] bytes(String afterTime) {
		return (this.clock.instant().truncatedTo(ChronoUnit.MILLIS) + afterTime).getBytes(StandardCharsets.UTF_8);
	}

}
