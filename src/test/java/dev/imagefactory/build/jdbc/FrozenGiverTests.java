package dev.imagefactory.build.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.Turns;
import dev.imagefactory.build.Turns.Limits;
import dev.imagefactory.database.TestDatabase;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.transaction.TransactionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What a process that stands still while it gives turns costs the others. */
class FrozenGiverTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

	private static final Limits ROOMY = new Limits(1000, 1000);

	@Test
	void giveWhenAnotherProcessFreezesInTheMiddleOfItGoesOnWithinSecondsAndUndoesItsTurns() {
		try (TestDatabase database = TestDatabase.postgres()) {
			Build build = SampleBuilds.queued();
			TestStore.orders(database).addIfAbsent(build.order());
			TestStore.builds(database, (event) -> {
			}).add(build);
			Turns turns = TestStore.turns(database);
			assertThatExceptionOfType(TransactionException.class)
				.isThrownBy(() -> database.inTransaction().executeWithoutResult((frozen) -> {
					assertThat(turns.give("frozen", ROOMY, 1, NOW)).hasSize(1);
					List<Build> given = Awaitility.await()
						.atMost(Duration.ofSeconds(6))
						.pollInterval(Duration.ofMillis(100))
						.until(() -> turns.give("other", ROOMY, 1, NOW), (some) -> !some.isEmpty());
					assertThat(given).extracting(Build::id).containsExactly(build.id());
				}));
		}
	}

}
