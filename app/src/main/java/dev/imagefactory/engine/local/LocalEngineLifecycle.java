package dev.imagefactory.engine.local;

import org.springframework.context.SmartLifecycle;

/** Starts the engine with the service and ends it before its database goes away. */
final class LocalEngineLifecycle implements SmartLifecycle {

	private final LocalEngine engine;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param engine the engine
	 */
	LocalEngineLifecycle(LocalEngine engine) {
		this.engine = engine;
	}

	@Override
	public void start() {
		this.engine.start();
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.engine.close();
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
