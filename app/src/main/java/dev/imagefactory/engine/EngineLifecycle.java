package dev.imagefactory.engine;

import org.springframework.context.SmartLifecycle;

/** Starts an engine with the service and ends it before its database goes away. */
public final class EngineLifecycle implements SmartLifecycle {

	private final Runnable start;

	private final Runnable end;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param start starts the engine
	 * @param end ends it
	 */
	public EngineLifecycle(Runnable start, Runnable end) {
		this.start = start;
		this.end = end;
	}

	@Override
	public void start() {
		this.start.run();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.end.run();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** Before the web server begins to take requests (its phase is higher). */
	@Override
	public int getPhase() {
		return 0;
	}

}
