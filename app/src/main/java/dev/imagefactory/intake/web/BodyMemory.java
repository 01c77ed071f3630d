package dev.imagefactory.intake.web;

import java.util.Arrays;
import java.util.concurrent.Semaphore;

/**
 * The memory that all bodies on their way share. Whoever only announces a large body
 * holds nothing: space is taken as bytes arrive.
 */
final class BodyMemory {

	private static final int FIRST = 16_384;

	private final BodyLimits limits;

	private final Semaphore large;

	private final Semaphore small;

	BodyMemory(BodyLimits limits) {
		this.limits = limits;
		this.large = new Semaphore(limits.largeAtOnce());
		this.small = new Semaphore(limits.smallTogether());
	}

	/**
	 * Opens a buffer for one body.
	 * @param announced the body's length; -1 when the sender did not say
	 * @return an empty buffer
	 */
	Buffer open(long announced) {
		return new Buffer(announced);
	}

	/** What may come of asking for room. */
	enum Room {

		/** There is room for more bytes. */
		YES,

		/** The body has as many bytes as any may have. */
		FULL,

		/** Other bodies take all the memory just now. */
		BUSY

	}

	/** One body, growing; used by one thread at a time. */
	final class Buffer implements AutoCloseable {

		private final int most;

		private byte[] bytes = new byte[0];

		private int count;

		private int smallHeld;

		private boolean largeHeld;

		private Buffer(long announced) {
			int largest = BodyMemory.this.limits.largest();
			this.most = (announced >= 0 && announced <= largest) ? (int) announced : largest;
		}

		/**
		 * Makes room for at least one more byte.
		 * @return whether there is some
		 */
		Room makeRoom() {
			if (this.count < this.bytes.length) {
				return Room.YES;
			}
			if (this.count == this.most) {
				return Room.FULL;
			}
			int length = nextLength();
			if (!hold(length)) {
				return Room.BUSY;
			}
			this.bytes = Arrays.copyOf(this.bytes, length);
			return Room.YES;
		}

		/**
		 * A large body of known length is given all of it at once: no copy at its end.
		 */
		private int nextLength() {
			int small = BodyMemory.this.limits.small();
			if (this.count < small) {
				return Math.min(this.most, Math.min(small, Math.max(FIRST, 2 * this.count)));
			}
			return (this.most < BodyMemory.this.limits.largest()) ? this.most
					: (int) Math.min(this.most, 2L * this.count);
		}

		private boolean hold(int length) {
			if (this.largeHeld) {
				return true;
			}
			if (length > BodyMemory.this.limits.small()) {
				this.largeHeld = BodyMemory.this.large.tryAcquire();
				return this.largeHeld;
			}
			boolean held = BodyMemory.this.small.tryAcquire(length - this.smallHeld);
			this.smallHeld = held ? length : this.smallHeld;
			return held;
		}

		byte[] array() {
			return this.bytes;
		}

		int position() {
			return this.count;
		}

		void advance(int read) {
			this.count += read;
		}

		/**
		 * Takes the body out.
		 * @return exactly the bytes that came
		 */
		byte[] body() {
			return (this.count == this.bytes.length) ? this.bytes : Arrays.copyOf(this.bytes, this.count);
		}

		/** Gives the memory back; may be called more than once. */
		@Override
		public void close() {
			BodyMemory.this.small.release(this.smallHeld);
			this.smallHeld = 0;
			if (this.largeHeld) {
				BodyMemory.this.large.release();
				this.largeHeld = false;
			}
			this.bytes = new byte[0];
			this.count = 0;
		}

	}

}
