package dev.imagefactory.engine.argo;

import org.springframework.context.SmartLifecycle;

/** Watches while the service takes requests. */
final class ArgoEngineLifecycle implements SmartLifecycle {

	private final ArgoEngine engine;

	private volatile boolean running;

	/**
	 * Creates the lifecycle.
	 * @param engine the engine
	 */
	ArgoEngineLifecycle(ArgoEngine engine) {
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
