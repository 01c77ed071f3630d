package dev.imagefactory.engine.local;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Holds the first who comes until it is opened, and lets everybody else through. */
final class Turnstile {

	private final CountDownLatch reached = new CountDownLatch(1);

	private final CountDownLatch opened = new CountDownLatch(1);

	private final AtomicBoolean used = new AtomicBoolean();

	void pass() throws InterruptedException {
		if (this.used.compareAndSet(false, true)) {
			this.reached.countDown();
			this.opened.await();
		}
	}

	void awaitReached() throws InterruptedException {
		this.reached.await();
	}

	void awaitOpen() throws InterruptedException {
		this.opened.await();
	}

	void open() {
		this.opened.countDown();
	}

}
