package dev.imagefactory.intake.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.TestTriage;
import dev.imagefactory.intake.VerifiedDeliveries;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

class ReceivingTests {

	private static final Instant NOW = Instant.parse("2026-03-02T08:15:30Z");

	private static final List<String> SOME = List.of("a", "m", "z");

	/** Each would hold a row that the other waits for, if it went in its own order. */
	@EachDatabase
	void receiveWhenTwoGroupsRepeatEachOtherInAnotherOrderBothAreStored(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		List<CompletableFuture<List<Receipt>>> groups = database.inTransaction().execute((status) -> {
			receive(deliveries, List.of("m"));
			List<CompletableFuture<List<Receipt>>> begun = Stream.of(SOME, SOME.reversed())
				.map((guids) -> CompletableFuture.supplyAsync(() -> receive(deliveries, guids),
						(task) -> Thread.ofPlatform().start(task)))
				.toList();
			Awaitility.await().until(() -> waiting(database) == 2);
			status.setRollbackOnly();
			return begun;
		});
		List<Receipt> one = groups.getFirst().join();
		List<Receipt> other = groups.getLast().join().reversed();
		for (int i = 0; i < SOME.size(); i++) {
			Delivery stored = deliveries.withGuid(SOME.get(i)).getFirst();
			assertThat(stored.receipts()).isEqualTo(2);
			Receipt.Fresh fresh = new Receipt.Fresh(stored.id());
			assertThat(List.of(one.get(i), other.get(i))).containsExactlyInAnyOrder(fresh,
					new Receipt.Repeat(fresh.id()));
		}
	}

	/** The sender repeated it while it waited: whichever is first is stored. */
	@EachDatabase
	void receiveWhenOneOfAGroupRepeatsAnotherAnswersEachInItsPlace(TestDatabase database) {
		Deliveries deliveries = TestDeliveries.of(database);
		List<Receipt> receipts = receive(deliveries, List.of("z", "a", "z"));
		Receipt.Fresh first = new Receipt.Fresh(deliveries.withGuid("z").getFirst().id());
		assertThat(receipts).containsExactly(first, new Receipt.Fresh(deliveries.withGuid("a").getFirst().id()),
				new Receipt.Repeat(first.id()));
	}

	private static List<Receipt> receive(Deliveries deliveries, List<String> guids) {
		return deliveries.receive(guids.stream()
			.map((guid) -> VerifiedDeliveries.of(SignedDelivery.release("acme/app", 1, "v1").withGuid(guid)))
			.map((delivery) -> new Arrival(delivery, TestTriage.accept(), NOW))
			.toList());
	}

	/** How many wait for somebody else's row, or, as far as H2 tells, insert one. */
	private static int waiting(TestDatabase database) throws SQLException {
		try (Connection connection = database.source().getConnection()) {
			boolean postgres = connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
			return database.jdbc()
				.sql(postgres ? """
						SELECT COUNT(*) FROM pg_stat_activity
						WHERE datname = current_database() AND wait_event_type = 'Lock'"""
						: "SELECT COUNT(*) FROM INFORMATION_SCHEMA.SESSIONS WHERE EXECUTING_STATEMENT LIKE 'INSERT%'")
				.query(Integer.class)
				.single();
		}
	}

}
