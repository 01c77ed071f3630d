package dev.imagefactory.intake.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Claim;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.TestTriage;
import dev.imagefactory.intake.VerifiedDeliveries;
import dev.imagefactory.source.DeliveryId;
import org.junit.jupiter.api.Assertions;

import static org.assertj.core.api.Assertions.assertThat;

class HandsTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");

	/** Later ones are due later, and their ids follow. */
	private static final AtomicInteger RECEIVED = new AtomicInteger();

	private static final Delivery.Decided BUILT = new Delivery.Decided(DeliveryOutcome.BUILT, null, null, List.of(),
			null);

	private static DeliveryId accepted(Deliveries deliveries, String repository, String tag) {
		Receipt receipt = deliveries
			.receive(List.of(new Arrival(VerifiedDeliveries.of(SignedDelivery.release(repository, 1, tag)),
					TestTriage.accept(), NOW.minus(Duration.ofDays(1)).plusSeconds(20L * RECEIVED.getAndIncrement()))))
			.getFirst();
		return ((Receipt.Fresh) receipt).id();
	}

	private static List<DeliveryId> claim(Deliveries deliveries, String planner, Set<String> busy, int limit) {
		return deliveries.claim(new Claim(planner, Set.of(), busy, limit), NOW).stream().map(Delivery::id).toList();
	}

	private static void alive(TestDatabase database, String planner, int seconds) {
		database.jdbc().sql("DELETE FROM replica WHERE id = ?").param(planner).update();
		database.jdbc()
			.sql("INSERT INTO replica VALUES (?, 'host', 1, 'oci', CURRENT_TIMESTAMP, "
					+ "CURRENT_TIMESTAMP + INTERVAL '1' SECOND * CAST(? AS INTEGER))")
			.params(planner, seconds)
			.update();
	}

	@EachDatabase
	void claimWhenALivingPlannerHoldsADeliveryPassesItOver(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		DeliveryId first = accepted(deliveries, "acme/app", "v1");
		DeliveryId second = accepted(deliveries, "acme/app", "v2");
		alive(database, "a", 60);
		alive(database, "b", 60);
		assertThat(claim(deliveries, "a", Set.of(), 1)).containsExactly(first);
		assertThat(claim(deliveries, "b", Set.of(), 10)).containsExactly(second);
		assertThat(claim(deliveries, "b", Set.of("acme/app"), 10)).isEmpty();
	}

	@EachDatabase
	void claimWhenAnotherTransactionHoldsADeliveryTakesTheOthersAtOnce(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		DeliveryId held = accepted(deliveries, "acme/app", "v1");
		DeliveryId free = accepted(deliveries, "acme/app", "v2");
		database.inTransaction().executeWithoutResult((status) -> {
			database.jdbc()
				.sql("SELECT id FROM delivery WHERE id = ? FOR UPDATE")
				.param(held.value())
				.query(String.class)
				.single();
			Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10),
					() -> assertThat(claim(deliveries, "a", Set.of(), 10)).containsExactly(free));
		});
		assertThat(claim(deliveries, "b", Set.of(), 10)).contains(held);
	}

	@EachDatabase
	void claimWhenThePlannersLeaseIsOverTakesItAndTheOldHandDecidesNothing(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		DeliveryId id = accepted(deliveries, "acme/app", "v1");
		alive(database, "frozen", 60);
		Delivery before = deliveries.claim(new Claim("frozen", Set.of(), Set.of(), 10), NOW).getFirst();
		alive(database, "frozen", -1);
		alive(database, "b", 60);
		Delivery taken = deliveries.claim(new Claim("b", Set.of(), Set.of(), 10), NOW).getFirst();
		assertThat(taken).isEqualTo(deliveries.find(id).orElseThrow());
		assertThat(deliveries.decide(before, BUILT)).as("whoever lost it decides").isFalse();
		assertThat(deliveries.postpone(before, NOW, "Slow.")).as("whoever lost it puts it off").isFalse();
		assertThat(deliveries.decide(taken, BUILT)).isTrue();
	}

	@EachDatabase
	void claimWhenPutOffOrReplayedIsFreeForAll(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		DeliveryId id = accepted(deliveries, "acme/app", "v1");
		alive(database, "a", 60);
		alive(database, "b", 60);
		Delivery held = deliveries.claim(new Claim("a", Set.of(), Set.of(), 10), NOW).getFirst();
		assertThat(deliveries.postpone(held, NOW, "Not reachable.")).isTrue();
		assertThat(claim(deliveries, "b", Set.of(), 10)).containsExactly(id);
		assertThat(deliveries.replay(deliveries.find(id).orElseThrow(), NOW)).isTrue();
		assertThat(claim(deliveries, "a", Set.of(), 10)).containsExactly(id);
	}

	@EachDatabase
	void claimWhenARepositoryIsBusyTakesOthersBehindIt(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		for (int i = 0; i < 10; i++) {
			accepted(deliveries, "acme/slow", "v" + i);
		}
		DeliveryId other = accepted(deliveries, "acme/app", "v1");
		assertThat(claim(deliveries, "a", Set.of("acme/slow"), 5)).containsExactly(other);
	}

	@EachDatabase
	void claimWhenItForgotWhatItHeldTakesItAgainButNotWhatItHasInHand(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		DeliveryId first = accepted(deliveries, "acme/app", "v1");
		DeliveryId second = accepted(deliveries, "acme/app", "v2");
		alive(database, "a", 60);
		assertThat(claim(deliveries, "a", Set.of(), 10)).containsExactly(first, second);
		assertThat(deliveries.claim(new Claim("a", Set.of(first), Set.of(), 10), NOW)).extracting(Delivery::id)
			.containsExactly(second);
	}

	@EachDatabase
	void claimWhenManyReplicasAskAtOnceGivesEachDeliveryToOne(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		Set<DeliveryId> all = new HashSet<>();
		for (int i = 0; i < 60; i++) {
			all.add(accepted(deliveries, "acme/app", "v" + i));
		}
		for (int i = 0; i < 6; i++) {
			alive(database, "r" + i, 60);
		}
		List<DeliveryId> taken = new ArrayList<>();
		TestDatabase.together(6, (number) -> {
			List<DeliveryId> mine = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				Set<DeliveryId> inHand = Set.copyOf(mine);
				deliveries.claim(new Claim("r" + number, inHand, Set.of(), 7), NOW)
					.forEach((delivery) -> mine.add(delivery.id()));
			}
			return mine;
		}).forEach(taken::addAll);
		assertThat(taken).as("deliveries in hand").doesNotHaveDuplicates().hasSize(60);
		assertThat(new HashSet<>(taken)).isEqualTo(all);
	}

	@EachDatabase
	void claimWhenTheDatabaseFallsMayBeForgottenAndADeliveryMayNot(TestDatabase database) {
		List<String> names = new ArrayList<>();
		Deliveries deliveries = new JdbcDeliveries(database.jdbc(), database.batches(), database.transactions(names));
		accepted(deliveries, "acme/app", "v1");
		claim(deliveries, "a", Set.of(), 10);
		assertThat(names).containsExactly("", "forgettable");
	}

}
