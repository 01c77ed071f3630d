package dev.imagefactory.intake;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Lets senders go first: work in the background waits for a moment while deliveries are
 * being stored, because somebody waits for their answer and nobody for the background.
 * The wait is bounded, so a flood slows the background down and never stops it.
 */
public final class RightOfWay {

	private final long longest;

	private int storing;

	/**
	 * Creates a right of way.
	 * @param longest the longest that work in the background waits at a time
	 */
	public RightOfWay(Duration longest) {
		this.longest = longest.toNanos();
	}

	/**
	 * Returns when no delivery is being stored, or after the longest wait, or at once
	 * when the thread is interrupted, which it stays.
	 */
	public synchronized void giveWay() {
		long until = System.nanoTime() + this.longest;
		try {
			for (long left = this.longest; this.storing > 0 && left > 0; left = until - System.nanoTime()) {
				wait(left / 1_000_000, (int) (left % 1_000_000));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Does work that goes first.
	 * @param work stores a delivery
	 * @param <T> what comes of it
	 * @return what the work returned
	 */
	<T> T first(Supplier<T> work) {
		enter();
		try {
			return work.get();
		}
		finally {
			leave();
		}
	}

	private synchronized void enter() {
		this.storing++;
	}

	private synchronized void leave() {
		this.storing--;
		if (this.storing == 0) {
			notifyAll();
		}
	}

}
