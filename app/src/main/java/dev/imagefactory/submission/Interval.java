package dev.imagefactory.submission;

import java.time.Duration;
import java.time.Instant;

/**
 * The time between two rounds of work that is not done each time somebody looks. One
 * thread at a time.
 */
public final class Interval {

	private final Duration length;

	private Instant begun = Instant.MIN;

	/**
	 * Creates an interval that is over.
	 * @param length how long it is
	 */
	public Interval(Duration length) {
		this.length = length;
	}

	/**
	 * Whether it is time for the next round. A clock that was set back must not put it
	 * off.
	 * @param now the time
	 * @return true once the interval has passed
	 */
	public boolean isOver(Instant now) {
		return now.isBefore(this.begun) || !now.isBefore(this.begun.plus(this.length));
	}

	/**
	 * Begins the interval anew.
	 * @param now the time
	 */
	public void begin(Instant now) {
		this.begun = now;
	}

}
