package dev.imagefactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

import org.springframework.context.SmartLifecycle;

/**
 * Ends the threads that ask repositories, registries and engines, after the heartbeats
 * that give them work and before the lease of this process. What they had in hand is as
 * it was, for another replica or the next start.
 */
class EndingThreads implements SmartLifecycle {

	private static final int AFTER_HEARTBEATS = DEFAULT_PHASE - 512;

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private final List<ExecutorService> threads;

	private volatile boolean running;

	/**
	 * Watches over threads.
	 * @param threads the threads
	 */
	EndingThreads(List<ExecutorService> threads) {
		this.threads = List.copyOf(threads);
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.threads.forEach(ExecutorService::shutdownNow);
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		try {
			for (ExecutorService each : this.threads) {
				each.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return AFTER_HEARTBEATS;
	}

}
