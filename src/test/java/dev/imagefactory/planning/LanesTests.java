package dev.imagefactory.planning;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LanesTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final Map<String, Integer> begun = new ConcurrentHashMap<>();

	private static List<Delivery> deliveries(String repository, int count) {
		return IntStream.range(0, count).mapToObj((number) -> delivery(repository)).toList();
	}

	private static Delivery delivery(String repository) {
		Delivery.Decided accepted = new Delivery.Decided(DeliveryOutcome.ACCEPTED, null, null, List.of(), null);
		return new Delivery(DeliveryId.next(NOW), "", "guid", "push", null, RepositoryId.github(1),
				RepositoryName.of(repository), NOW, 1, accepted, new Delivery.Planning(NOW, NOW, 0), true, 0);
	}

	@Test
	void addWhenSixtyFourAreOfASilentRepositoryStillPlansOthers() throws InterruptedException {
		CountDownLatch answer = new CountDownLatch(1);
		try (ExecutorService threads = Executors.newFixedThreadPool(12)) {
			Lanes lanes = new Lanes(threads, 4, (delivery) -> {
				String repository = String.valueOf(delivery.repository());
				this.begun.merge(repository, 1, Integer::sum);
				if (repository.equals("acme/silent")) {
					await(answer);
				}
			});
			lanes.add(deliveries("acme/silent", 64));
			try {
				assertThat(lanes.busy(16)).containsExactly("acme/silent");
				assertThat(lanes.size(Set.of("acme/silent"))).isZero();
				lanes.add(deliveries("acme/app", 10));
				Awaitility.await()
					.atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(this.begun).containsEntry("acme/app", 10));
				assertThat(this.begun).as("deliveries of the silent repository at work")
					.containsEntry("acme/silent", 4);
				assertThat(lanes.inHand()).hasSize(64);
			}
			finally {
				answer.countDown();
			}
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> lanes.inHand().isEmpty());
			assertThat(this.begun).containsEntry("acme/silent", 64);
		}
	}

	@Test
	void addWhenTheExecutorIsEndedLetsGo() {
		ExecutorService ended = Executors.newFixedThreadPool(1);
		ended.shutdownNow();
		Lanes lanes = new Lanes(ended, 1, (delivery) -> this.begun.merge("any", 1, Integer::sum));
		lanes.add(deliveries("acme/app", 1));
		assertThat(lanes.inHand()).isEmpty();
		assertThat(this.begun).isEmpty();
	}

	@Test
	void addWhenWorkBreaksGoesOnWithTheRestOfItsLane() {
		ExecutorService one = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task);
			thread.setUncaughtExceptionHandler((broken, ex) -> this.begun.merge(ex.getMessage(), 1, Integer::sum));
			return thread;
		});
		try (one) {
			Lanes lanes = new Lanes(one, 1, (delivery) -> {
				this.begun.merge("any", 1, Integer::sum);
				throw new StackOverflowError("broken");
			});
			lanes.add(deliveries("acme/app", 3));
			Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> lanes.inHand().isEmpty());
			assertThat(this.begun).containsEntry("any", 3);
		}
		assertThat(this.begun).as("errors that were told").containsEntry("broken", 3);
	}

	@Test
	void addWhenThereIsNoThreadToBeHadLetsGoOfWhatWaitsToo() {
		Lanes lanes = new Lanes((task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		}, 1, (delivery) -> this.begun.merge("any", 1, Integer::sum));
		List<Delivery> deliveries = deliveries("acme/app", 2);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> lanes.add(deliveries));
		assertThat(lanes.inHand()).isEmpty();
	}

	private static void await(CountDownLatch answer) {
		try {
			answer.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
