package dev.imagefactory.git;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Work that its caller can leave. Reading a socket does not notice an interrupt, so the
 * work has a thread of its own; once interrupted it ends at the next byte, or when the
 * socket's time is over, and tidies up after itself.
 *
 * @param <T> what the work gives
 */
final class InterruptibleWork<T> {

	/** How long an interrupted caller waits for the work to have tidied up. */
	private static final Duration TIDYING = Duration.ofSeconds(2);

	private final FutureTask<T> task;

	private final Thread thread;

	/**
	 * Creates the work.
	 * @param name the thread's name
	 * @param work what to do
	 */
	InterruptibleWork(String name, Callable<T> work) {
		this.task = new FutureTask<>(work);
		this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this.task);
	}

	/**
	 * Does the work.
	 * @param limit how long it may take
	 * @return what it gave
	 * @throws ExecutionException when it failed
	 * @throws TimeoutException when it took too long
	 * @throws InterruptedException when the calling thread was interrupted
	 */
	T run(Duration limit) throws ExecutionException, TimeoutException, InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
		this.thread.start();
		boolean ended = false;
		try {
			T result = this.task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
			ended = true;
			return result;
		}
		catch (ExecutionException ex) {
			ended = true;
			throw ex;
		}
		finally {
			if (!ended) {
				this.thread.interrupt();
				this.thread.join(TIDYING);
			}
		}
	}

}
