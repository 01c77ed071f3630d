package dev.imagefactory.engine.argo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Makes lines of what a kubelet sends of a log, in whatever pieces it comes: of a line
 * longer than 16 KiB the rest is dropped, what is no UTF-8 is replaced.
 */
final class PodLines {

	/** The most bytes of a line that are kept, its time included. */
	private static final int LONGEST_LINE = 16 * 1024;

	private static final String CUT = "...";

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private boolean cut;

	/**
	 * Takes a piece.
	 * @param piece some bytes
	 * @param lines takes the lines that are whole now
	 */
	void take(byte[] piece, Consumer<Line> lines) {
		for (byte value : piece) {
			if (value == '\n') {
				lines.accept(rest());
				this.line.reset();
				this.cut = false;
			}
			else if (this.line.size() < LONGEST_LINE) {
				this.line.write(value);
			}
			else {
				this.cut = true;
			}
		}
	}

	/**
	 * What came after the last whole line: the beginning of a line, unless the container
	 * ended without ending its last one.
	 * @return the line so far; without time and text when there is none
	 */
	Line rest() {
		return Line.of(this.line.toString(StandardCharsets.UTF_8) + (this.cut ? CUT : ""));
	}

	/**
	 * A line.
	 *
	 * @param at when the container wrote it; null when the kubelet says something itself
	 * @param text the rest of it
	 */
	record Line(@Nullable Instant at, String text) {

		private static Line of(String raw) {
			int space = raw.indexOf(' ');
			try {
				return (space < 0) ? new Line(null, raw)
						: new Line(OffsetDateTime.parse(raw.substring(0, space)).toInstant(), raw.substring(space + 1));
			}
			catch (DateTimeException ex) {
				return new Line(null, raw);
			}
		}

		/**
		 * Whether there is nothing.
		 * @return true when not a byte came
		 */
		boolean isNothing() {
			return this.at == null && this.text.isEmpty();
		}

	}

}
