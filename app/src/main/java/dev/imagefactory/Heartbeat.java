package dev.imagefactory;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.imagefactory.intake.SilentDatabase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Repeats a piece of background work: at once when woken, otherwise after a pause. The
 * work must bear being repeated; whatever it throws is logged and the beat goes on.
 */
class Heartbeat implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Heartbeat.class);

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private final String name;

	private final Duration pause;

	private final Runnable work;

	private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);

	private volatile @Nullable Thread thread;

	/**
	 * Creates a heartbeat that does not beat yet.
	 * @param name names the thread
	 * @param pause the longest time between two beats
	 * @param work what to do
	 */
	Heartbeat(String name, Duration pause, Runnable work) {
		this.name = name;
		this.pause = pause;
		this.work = work;
	}

	/** Makes the work be done soon, also when it is being done right now. */
	void wake() {
		this.wakes.offer(Boolean.TRUE);
	}

	@Override
	public void start() {
		if (this.thread != null) {
			return;
		}
		Thread beating = Thread.ofPlatform().name(this.name).unstarted(this::beat);
		this.thread = beating;
		beating.start();
	}

	/**
	 * Ends when another thread, or none, is the one that beats: work may have swallowed
	 * an interrupt.
	 */
	private void beat() {
		while (this.thread == Thread.currentThread()) {
			attempt();
			try {
				this.wakes.poll(this.pause.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	/**
	 * Not even an error may end the beat: the service would look alive and do nothing.
	 */
	private void attempt() {
		try {
			this.work.run();
		}
		catch (Throwable ex) {
			if (SilentDatabase.isMeantBy(ex)) {
				// A minute of this each second would bury the rest of the log in traces.
				logger.warn("The {} work waits for the database and is tried again: {}", this.name, ex.toString());
			}
			else {
				logger.error("The {} work failed and is tried again", this.name, ex);
			}
		}
	}

	@Override
	public void stop() {
		Thread beating = this.thread;
		this.thread = null;
		if (beating == null) {
			return;
		}
		beating.interrupt();
		try {
			beating.join(PATIENCE);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** All heartbeats of a phase end at the same time, not one after the other. */
	@Override
	public void stop(Runnable done) {
		Thread.ofVirtual().name(this.name + "-end").start(() -> {
			try {
				stop();
			}
			finally {
				done.run();
			}
		});
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

}
