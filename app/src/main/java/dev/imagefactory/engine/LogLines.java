package dev.imagefactory.engine;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Makes the lines of one step's log: each with its time, none too long, and no more of
 * them than is kept. Not safe for use by several threads.
 */
public final class LogLines {

	/** The longest text of one line, in characters; a longer one is cut. */
	static final int LONGEST_LINE = 16 * 1024;

	private static final String NOTE = "The log is longer than 4 MiB: the rest is left out.";

	private static final int ROOM_FOR_NOTE = 128;

	private static final byte[] NOTHING = new byte[0];

	private long size;

	private boolean full;

	/**
	 * Goes on with a log.
	 * @param size how many bytes it has already
	 */
	public LogLines(long size) {
		this.size = size;
	}

	/**
	 * Takes note of a line that is stored already.
	 * @param line the line, as it stands in the log
	 */
	public void seen(String line) {
		// Also a build can write this sentence, but not when the log is nearly full.
		this.full |= this.size > StepLogs.MOST_BYTES / 2 && line.endsWith(NOTE);
	}

	/**
	 * Whether nothing more is taken.
	 * @return true once the note that the rest is left out was given
	 */
	public boolean isFull() {
		return this.full;
	}

	/**
	 * A line as it stands in a log.
	 * @param at its time
	 * @param text without a line end
	 * @return the line, with its end
	 */
	public static String line(Instant at, String text) {
		String cut = (text.length() > LONGEST_LINE) ? text.substring(0, LONGEST_LINE) + "..." : text;
		return at.truncatedTo(ChronoUnit.MILLIS) + " " + StepLogs.oneLine(cut) + "\n";
	}

	/**
	 * The next line, or the note that the rest is left out.
	 * @param at the line's time
	 * @param text without a line end
	 * @return the bytes to append; empty when the log is full
	 */
	public byte[] next(Instant at, String text) {
		if (this.full) {
			return NOTHING;
		}
		byte[] line = line(at, text).getBytes(StandardCharsets.UTF_8);
		if (this.size + line.length > StepLogs.MOST_BYTES - ROOM_FOR_NOTE) {
			this.full = true;
			byte[] note = line(at, NOTE).getBytes(StandardCharsets.UTF_8);
			line = (this.size + note.length <= StepLogs.MOST_BYTES) ? note : NOTHING;
		}
		this.size += line.length;
		return line;
	}

}
