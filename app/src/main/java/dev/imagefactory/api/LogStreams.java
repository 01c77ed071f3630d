package dev.imagefactory.api;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The logs that are being followed now, each on a virtual thread. They end when the
 * service drains, before the web server waits for its last requests: browsers come back
 * by themselves, to another replica or after the restart.
 */
@Component
class LogStreams implements SmartLifecycle {

	private static final Logger log = LoggerFactory.getLogger(LogStreams.class);

	private static final int MOST = 200;

	/** Longer than this no stream lasts; the reader goes on where it was. */
	private static final Duration LONGEST = Duration.ofMinutes(30);

	private final Semaphore free = new Semaphore(MOST);

	private volatile CountDownLatch stop = new CountDownLatch(1);

	private volatile boolean running;

	/** Starts a stream. */
	SseEmitter start(Function<SseEmitter, LogFollower> follower) {
		if (!this.running || !this.free.tryAcquire()) {
			throw new ApiProblem(ProblemType.TOO_MANY_STREAMS,
					"%d logs are being followed already, or the service is stopping. Read the log as text/plain."
						.formatted(MOST));
		}
		SseEmitter emitter = new SseEmitter(LONGEST.toMillis());
		emitter.onTimeout(emitter::complete);
		Thread.ofVirtual().name("log-stream").start(() -> run(follower.apply(emitter), emitter));
		return emitter;
	}

	private void run(LogFollower follower, SseEmitter emitter) {
		try {
			follower.follow(this.stop);
			emitter.complete();
		}
		catch (IOException | IllegalStateException ex) {
			log.debug("The reader of a log is gone: {}", ex.toString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			log.warn("A log stream broke off, its reader will come back: {}", ex.toString());
			emitter.complete();
		}
		finally {
			this.free.release();
		}
	}

	@Override
	public void start() {
		this.stop = new CountDownLatch(1);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.stop.countDown();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
