package dev.imagefactory.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Slows down those who guess: so many wrong tries per address, then a pause. */
public final class WrongTries {

	/** After a full pause without a wrong try, an address starts afresh. */
	public static final Duration PAUSE = Duration.ofMinutes(5);

	private static final int MOST_TRIES = 10;

	/** So that a flood of addresses costs no memory; the oldest is forgotten first. */
	private static final int MOST_ADDRESSES = 10_000;

	private final Clock clock;

	private final Map<String, Tries> tries = new LinkedHashMap<>();

	/**
	 * Creates a count without tries.
	 * @param clock what ends a pause
	 */
	public WrongTries(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Whether an address has to wait before its next try is even looked at.
	 * @param address the caller's
	 * @return true during a pause
	 */
	public synchronized boolean mustWait(String address) {
		Tries known = this.tries.get(address);
		return known != null && known.count() >= MOST_TRIES && isRecent(known);
	}

	/**
	 * Counts a wrong try.
	 * @param address the caller's
	 */
	public synchronized void count(String address) {
		Tries known = this.tries.remove(address);
		int before = (known != null && isRecent(known)) ? known.count() : 0;
		this.tries.put(address, new Tries(before + 1, this.clock.instant()));
		if (this.tries.size() > MOST_ADDRESSES) {
			this.tries.remove(this.tries.keySet().iterator().next());
		}
	}

	private boolean isRecent(Tries known) {
		return this.clock.instant().isBefore(known.last().plus(PAUSE));
	}

	private record Tries(int count, Instant last) {
	}

}
