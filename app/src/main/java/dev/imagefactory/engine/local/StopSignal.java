package dev.imagefactory.engine.local;

import org.jspecify.annotations.Nullable;

/**
 * Tells a run to end early. It interrupts the run's thread, but only while that thread is
 * in somebody else's hands: our own writing is never cut in half.
 */
final class StopSignal {

	private @Nullable Cause cause;

	private @Nullable Thread worker;

	/**
	 * Raises the signal; the first cause stays.
	 * @param why why the run shall end
	 */
	synchronized void raise(Cause why) {
		if (this.cause == null) {
			this.cause = why;
		}
		remind();
	}

	/** Interrupts once more, for work that swallowed the first interrupt. */
	synchronized void remind() {
		if (this.cause != null && this.worker != null) {
			this.worker.interrupt();
		}
	}

	/**
	 * Why the run shall end.
	 * @return null when it need not
	 */
	synchronized @Nullable Cause cause() {
		return this.cause;
	}

	/**
	 * Does work that the signal interrupts.
	 * @param work the work
	 * @param <T> what it gives
	 * @return its result
	 * @throws InterruptedException when the signal was raised before or interrupted it
	 */
	<T> T interruptibly(Work<T> work) throws InterruptedException {
		enter();
		try {
			return work.carryOut();
		}
		finally {
			leave();
		}
	}

	private synchronized void enter() throws InterruptedException {
		if (this.cause != null) {
			throw new InterruptedException("The run shall end: " + this.cause);
		}
		this.worker = Thread.currentThread();
	}

	private synchronized boolean leave() {
		if (this.worker != Thread.currentThread()) {
			return false;
		}
		this.worker = null;
		Thread.interrupted();
		return true;
	}

	private synchronized void enterAgain() {
		this.worker = Thread.currentThread();
		remind();
	}

	/**
	 * Does work of our own inside of interruptible work; an interrupt comes after it.
	 * @param action the work
	 */
	void shielded(Runnable action) {
		boolean left = leave();
		try {
			action.run();
		}
		finally {
			if (left) {
				enterAgain();
			}
		}
	}

	/** Why a run shall end. */
	enum Cause {

		/** Somebody wants it stopped. */
		ASKED,

		/** It took too long. */
		TIMED_OUT,

		/** It belongs to another process now. */
		LEASE_LOST,

		/** This process ends; another takes the run up again. */
		SHUTDOWN

	}

	/**
	 * Something that can be interrupted.
	 *
	 * @param <T> what it gives
	 */
	@FunctionalInterface
	interface Work<T> {

		/**
		 * Does it.
		 * @return its result
		 * @throws InterruptedException when it was interrupted
		 */
		T carryOut() throws InterruptedException;

	}

}
