package dev.imagefactory.engine.local;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import dev.imagefactory.engine.StepLogs;
import org.jspecify.annotations.Nullable;

/**
 * Reads a child's output to its end, line by line, whatever it writes: the rest of a line
 * longer than 16 KiB is dropped, invalid UTF-8 and control characters are replaced.
 */
final class OutputPump implements Runnable {

	/** The most bytes of a line that are kept. */
	static final int LONGEST_LINE = 16 * 1024;

	private static final int CHUNK = 8 * 1024;

	private static final String CUT = "...";

	private final InputStream output;

	private final Consumer<String> lines;

	private final ByteArrayOutputStream line = new ByteArrayOutputStream();

	private boolean cut;

	private @Nullable RuntimeException failure;

	/**
	 * Creates a pump; it runs until the output ends.
	 * @param output what the child writes
	 * @param lines receives every line
	 */
	OutputPump(InputStream output, Consumer<String> lines) {
		this.output = output;
		this.lines = lines;
	}

	@Override
	public void run() {
		byte[] chunk = new byte[CHUNK];
		try {
			int read = this.output.read(chunk);
			while (read >= 0) {
				for (int i = 0; i < read; i++) {
					take(chunk[i]);
				}
				read = this.output.read(chunk);
			}
		}
		catch (IOException ex) {
			// The stream was closed because the child is dead.
		}
		if (this.line.size() > 0) {
			emit();
		}
	}

	private void take(byte value) {
		if (value == '\n') {
			emit();
		}
		else if (this.line.size() < LONGEST_LINE) {
			this.line.write(value);
		}
		else {
			this.cut = true;
		}
	}

	/** The child must not be blocked by a receiver that fails, so reading goes on. */
	private void emit() {
		String text = StepLogs.oneLine(this.line.toString(StandardCharsets.UTF_8)) + (this.cut ? CUT : "");
		this.line.reset();
		this.cut = false;
		try {
			if (this.failure == null) {
				this.lines.accept(text);
			}
		}
		catch (RuntimeException ex) {
			this.failure = ex;
		}
	}

	/**
	 * Throws what the receiver threw; call it after the pump's thread has ended.
	 */
	void rethrow() {
		if (this.failure != null) {
			throw this.failure;
		}
	}

}
