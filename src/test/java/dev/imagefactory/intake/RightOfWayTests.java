package dev.imagefactory.intake;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

@Timeout(30)
class RightOfWayTests {

	private final CountDownLatch stored = new CountDownLatch(1);

	private final CountDownLatch storing = new CountDownLatch(1);

	private final RightOfWay patient = new RightOfWay(Duration.ofHours(1));

	@AfterEach
	void store() {
		this.stored.countDown();
	}

	@Test
	void giveWayWhenNothingIsStoredReturnsAtOnce() {
		this.patient.giveWay();
	}

	@Test
	void giveWayWhenADeliveryIsBeingStoredWaitsForIt() {
		CompletableFuture<Boolean> sender = send(this.patient);
		Thread planner = Thread.ofPlatform().start(this.patient::giveWay);
		await().until(() -> planner.getState() == Thread.State.TIMED_WAITING);
		store();
		await().until(() -> planner.getState() == Thread.State.TERMINATED);
		assertThat(sender).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void giveWayWhenDeliveriesNeverEndWaitsNoLongerThanAllowed() {
		RightOfWay brief = new RightOfWay(Duration.ofMillis(20));
		CompletableFuture<Boolean> sender = send(brief);
		long began = System.nanoTime();
		brief.giveWay();
		assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(20));
		assertThat(sender).isNotDone();
	}

	@Test
	void giveWayWhenInterruptedReturnsAndStaysInterrupted() {
		send(this.patient);
		Thread.currentThread().interrupt();
		this.patient.giveWay();
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void giveWayWhenStoringFailedReturnsAtOnce() {
		assertThatIllegalStateException().isThrownBy(() -> this.patient.first(() -> {
			throw new IllegalStateException("full");
		}));
		this.patient.giveWay();
	}

	private CompletableFuture<Boolean> send(RightOfWay way) {
		CompletableFuture<Boolean> sender = CompletableFuture.supplyAsync(() -> way.first(() -> {
			this.storing.countDown();
			waitFor(this.stored);
			return true;
		}));
		waitFor(this.storing);
		return sender;
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
