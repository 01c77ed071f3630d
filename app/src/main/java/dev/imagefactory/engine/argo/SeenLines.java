package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The last lines of a try that are stored, so that a log that is asked for again, from a
 * whole second on, gives none of them twice. The same line may come several times in one
 * moment, and lines of two streams not quite in order: each is counted. Of a line only a
 * hash of 64 bits is kept (FNV-1a), because a moment can have megabytes of them.
 */
final class SeenLines {

	/** How far back it is asked, for lines that came late. */
	private static final int SECONDS = 2;

	private static final long FNV_BASIS = 0xcbf29ce484222325L;

	private static final long FNV_PRIME = 0x100000001b3L;

	/** The lines by the second in which they were written. */
	private final TreeMap<Long, Map<Long, Integer>> stored = new TreeMap<>();

	private Map<Long, Integer> expected = new HashMap<>();

	/** Forgets all, because a new try begins. */
	void clear() {
		this.stored.clear();
		this.expected.clear();
	}

	/**
	 * From when to ask.
	 * @return a time; null for the beginning
	 */
	@Nullable Instant since() {
		return this.stored.isEmpty() ? null : Instant.ofEpochSecond(this.stored.lastKey() - SECONDS);
	}

	/** The log is asked for again: what is stored since then comes once more. */
	void resume() {
		this.expected = new HashMap<>();
		this.stored.values()
			.forEach((lines) -> lines.forEach((line, count) -> this.expected.merge(line, count, Integer::sum)));
	}

	/**
	 * Adds a line.
	 * @param at its time
	 * @param line the line as it is stored
	 */
	void add(Instant at, String line) {
		long second = at.getEpochSecond();
		if (this.stored.isEmpty() || second >= this.stored.lastKey() - SECONDS) {
			this.stored.computeIfAbsent(second, (none) -> new HashMap<>()).merge(key(line), 1, Integer::sum);
			this.stored.headMap(this.stored.lastKey() - SECONDS).clear();
		}
	}

	/**
	 * Whether a line that came is stored already; one that is not is added.
	 * @param at its time
	 * @param line the line as it is stored
	 * @return true once for each time that it was stored
	 */
	boolean isStored(Instant at, String line) {
		Integer count = this.expected.get(key(line));
		if (count == null) {
			add(at, line);
			return false;
		}
		if (count == 1) {
			this.expected.remove(key(line));
		}
		else {
			this.expected.put(key(line), count - 1);
		}
		return true;
	}

	private static long key(String line) {
		long hash = FNV_BASIS;
		for (int i = 0; i < line.length(); i++) {
			hash = (hash ^ line.charAt(i)) * FNV_PRIME;
		}
		return hash;
	}

}
