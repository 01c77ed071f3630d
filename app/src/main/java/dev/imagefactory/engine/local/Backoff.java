package dev.imagefactory.engine.local;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.imagefactory.engine.local.StopSignal.Work;

/**
 * How often something is tried again, each time after twice the wait.
 *
 * @param tries how often it is tried in all, at least 1
 * @param first the first wait
 */
record Backoff(int tries, Duration first) {

	private static final int MORE_TRIES = 4;

	/**
	 * The same beginning, but for what is nearly done and would be lost.
	 * @return a backoff that goes on for minutes where this one does for seconds
	 */
	Backoff patient() {
		return new Backoff(this.tries + MORE_TRIES, this.first);
	}

	/**
	 * Tries until it works, or fails in another way, or the tries are used up.
	 * @param retried the failure after which trying again may help
	 * @param stopped whether to stop trying: work may turn an interrupt into the failure
	 * @param log told before each wait
	 * @param work what to try
	 * @param <T> what it gives
	 * @return its result
	 * @throws InterruptedException when it was interrupted
	 */
	<T> T carryOut(Class<? extends RuntimeException> retried, BooleanSupplier stopped, Consumer<String> log,
			Work<T> work) throws InterruptedException {
		Duration wait = this.first;
		for (int attempt = 1;; attempt++) {
			try {
				return work.carryOut();
			}
			catch (RuntimeException ex) {
				if (attempt >= this.tries || stopped.getAsBoolean() || !retried.isInstance(ex)) {
					throw ex;
				}
				log.accept(ex.getMessage() + " (attempt " + attempt + " of " + this.tries + ", trying again in " + wait
						+ ")");
			}
			Thread.sleep(wait);
			wait = wait.multipliedBy(2);
		}
	}

}
