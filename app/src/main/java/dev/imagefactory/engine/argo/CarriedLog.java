package dev.imagefactory.engine.argo;

import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

import dev.imagefactory.engine.FollowedLogs.FollowedLog;
import dev.imagefactory.engine.LogLines;
import org.jspecify.annotations.Nullable;

/**
 * A step's log while it is carried over from pods into the store. What was not stored yet
 * comes again from the pod, so a failure of the store needs no care here: the log is
 * taken anew and goes on where the store ends.
 */
final class CarriedLog {

	private static final int LARGEST_BATCH = 64 * 1024;

	/** Readers are never further behind, however much is written. */
	private static final long STORE_EVERY = Duration.ofSeconds(1).toNanos();

	private final FollowedLog log;

	private final LogLines lines;

	private final SeenLines seen = new SeenLines();

	private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

	private StepTries.@Nullable Try attempt;

	private Instant last = Instant.EPOCH;

	private long stored = System.nanoTime();

	private long fresh;

	private @Nullable String remark;

	/**
	 * Begins to carry.
	 * @param log the log, which is this process's
	 */
	CarriedLog(FollowedLog log) {
		this.log = log;
		this.lines = new LogLines(log.size());
	}

	/**
	 * Goes on with a try: what is stored of it is read, so that nothing is stored twice.
	 * @param next the try
	 */
	void begin(StepTries.Try next) {
		StepTries.Try now = this.attempt;
		if (now != null && now.node().equals(next.node())) {
			return;
		}
		String heading = LogLines.line(next.startedAt(), next.heading()).stripTrailing();
		boolean[] found = { next.number() == 1 };
		this.seen.clear();
		this.last = next.startedAt();
		this.remark = null;
		this.log.read((line) -> {
			found[0] |= restore(line, heading);
			this.lines.seen(line);
		});
		if (!found[0]) {
			this.seen.clear();
			this.last = next.startedAt();
			append(next.startedAt(), next.heading());
		}
		this.seen.resume();
		this.attempt = next;
	}

	private boolean restore(String line, String heading) {
		if (line.equals(heading)) {
			this.seen.clear();
			return true;
		}
		int space = line.indexOf(' ');
		try {
			Instant at = Instant.parse(line.substring(0, Math.max(0, space)));
			this.seen.add(at, line);
			this.last = at;
		}
		catch (DateTimeException ex) {
			// Whose line that is, nothing is known of its time.
		}
		return false;
	}

	/** Whether no more is stored of it. */
	boolean isFull() {
		return this.lines.isFull();
	}

	/** From when to ask for it; null for the beginning. */
	@Nullable Instant since() {
		return this.seen.since();
	}

	/** It is asked for again from then. */
	void resume() {
		this.seen.resume();
	}

	/**
	 * Takes a line.
	 * @param line the line
	 */
	void take(PodLines.Line line) {
		if (line.at() == null) {
			this.remark = line.text().isBlank() ? this.remark : line.text();
			return;
		}
		String whole = LogLines.line(line.at(), line.text());
		if (!this.seen.isStored(line.at(), whole.substring(0, whole.length() - 1))) {
			this.fresh++;
			this.last = line.at();
			append(line.at(), line.text());
		}
	}

	/**
	 * Adds a sentence of ours.
	 * @param text the sentence
	 */
	void note(String text) {
		take(new PodLines.Line(this.last, text));
	}

	/** How many lines were new so far. */
	long fresh() {
		return this.fresh;
	}

	/** Whether nothing is stored of the present try. */
	boolean isEmpty() {
		return this.seen.since() == null;
	}

	/**
	 * What the kubelet said itself, instead of the container.
	 * @return its last words; null when it said nothing
	 */
	@Nullable String remark() {
		return this.remark;
	}

	private void append(Instant at, String text) {
		this.waiting.writeBytes(this.lines.next(at, text));
		if (this.waiting.size() >= LARGEST_BATCH || System.nanoTime() - this.stored > STORE_EVERY) {
			flush();
		}
	}

	/** Stores what waits. */
	void flush() {
		this.stored = System.nanoTime();
		if (this.waiting.size() > 0) {
			this.log.append(this.waiting.toByteArray());
			this.waiting.reset();
		}
	}

	/**
	 * Stores what waits, and that a try is stored whole.
	 * @param node the try's node
	 */
	void stored(String node) {
		flush();
		this.log.stored(node);
	}

	/** The step is over. */
	void close() {
		flush();
		this.log.close();
	}

}
