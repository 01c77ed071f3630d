package dev.imagefactory;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HeartbeatTests {

	private static final Duration NEVER = Duration.ofHours(1);

	private final AtomicInteger beats = new AtomicInteger();

	private static void await(AtomicInteger beats, int most) {
		Awaitility.await().pollInterval(Duration.ofMillis(5)).until(() -> beats.get() >= most);
	}

	@Test
	void startWhenNobodyWakesBeatsAtOnceAndAfterEachPause() {
		Heartbeat heartbeat = new Heartbeat("test", Duration.ofMillis(10), this.beats::incrementAndGet);
		heartbeat.start();
		await(this.beats, 5);
		heartbeat.stop();
	}

	@Test
	void wakeWhenItRestsBeatsAtOnce() {
		Heartbeat heartbeat = new Heartbeat("test", NEVER, this.beats::incrementAndGet);
		heartbeat.start();
		await(this.beats, 1);
		heartbeat.wake();
		await(this.beats, 2);
		heartbeat.stop();
	}

	@Test
	void wakeWhenItWorksBeatsOnceMore() throws InterruptedException {
		CountDownLatch working = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		Heartbeat heartbeat = new Heartbeat("test", NEVER, () -> {
			working.countDown();
			awaitLatch(go);
			this.beats.incrementAndGet();
		});
		heartbeat.start();
		assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
		heartbeat.wake();
		heartbeat.wake();
		go.countDown();
		await(this.beats, 2);
		heartbeat.stop();
		assertThat(this.beats).hasValue(2);
	}

	@Test
	void beatWhenWorkFailsGoesOn() {
		Heartbeat heartbeat = new Heartbeat("test", Duration.ofMillis(5), () -> {
			if (this.beats.incrementAndGet() % 2 == 1) {
				throw new IllegalStateException("Broken on purpose");
			}
			throw new NoClassDefFoundError("Broken on purpose");
		});
		heartbeat.start();
		await(this.beats, 4);
		heartbeat.stop();
	}

	@Test
	void stopWhenWorkSwallowsTheInterruptEndsTheThread() throws InterruptedException {
		CountDownLatch working = new CountDownLatch(1);
		Thread[] beating = new Thread[1];
		Heartbeat heartbeat = new Heartbeat("test", Duration.ofMillis(1), () -> {
			beating[0] = Thread.currentThread();
			working.countDown();
			awaitLatch(new CountDownLatch(1));
		});
		heartbeat.start();
		assertThat(working.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(heartbeat.isRunning()).isTrue();
		heartbeat.stop();
		assertThat(heartbeat.isRunning()).isFalse();
		beating[0].join(Duration.ofSeconds(10));
		assertThat(beating[0].isAlive()).isFalse();
	}

	@Test
	void startWhenStoppedBeatsAgain() {
		Heartbeat heartbeat = new Heartbeat("test", NEVER, this.beats::incrementAndGet);
		heartbeat.stop();
		heartbeat.start();
		heartbeat.start();
		await(this.beats, 1);
		heartbeat.stop();
		heartbeat.stop();
		int before = this.beats.get();
		assertThat(before).isOne();
		heartbeat.start();
		await(this.beats, before + 1);
		heartbeat.stop();
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			// Swallowed on purpose: bad work does that.
		}
	}

}
