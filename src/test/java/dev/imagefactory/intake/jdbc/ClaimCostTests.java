package dev.imagefactory.intake.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.intake.TestTriage;
import dev.imagefactory.intake.VerifiedDeliveries;

import static org.assertj.core.api.Assertions.assertThat;

/** A flood that is not planned yet must not make planning slower. */
class ClaimCostTests {

	private static final Instant NOW = Instant.parse("2026-03-02T08:15:30Z");

	/** 16,384 are due. */
	private static final int DOUBLINGS = 14;

	/** Stores each delivery once more under another id. */
	private static final String DOUBLE = """
			INSERT INTO delivery (id, guid, hook, body_sha256, event, action, provider, provider_id, repository,
			    repository_key, received_at, receipts, outcome, rules, plan_at, plan_since, plan_attempts, body_kept, version)
			SELECT SUBSTRING(id, 1, :before) || '-' || SUBSTRING(id, :after), SUBSTRING(id, 1, :before) || '-'
			    || SUBSTRING(id, :after), hook, body_sha256, event, action, provider, provider_id, repository,
			    repository_key, received_at, receipts, outcome, rules, plan_at, plan_since, plan_attempts, body_kept, version
			FROM delivery""";

	private static final int TAKEN = 64;

	/** What a database says it looked at, in its own words. */
	private static final Pattern LOOKED_AT = Pattern.compile("(?:scanCount: |actual [^\\n]*rows=)(\\d+)");

	@EachDatabase
	void claimWhenThousandsAreDueLooksAtWhatItTakesOnly(TestDatabase database) {
		new JdbcDeliveries(database.jdbc(), database.batches(), database.transactions())
			.receive(List.of(new Arrival(VerifiedDeliveries.of(SignedDelivery.release("acme/app", 1, "v1")),
					TestTriage.accept(), NOW)));
		for (int round = 1; round <= DOUBLINGS; round++) {
			database.jdbc().sql(DOUBLE).param("before", round - 1).param("after", round + 1).update();
		}
		database.jdbc().sql("ANALYZE").update();
		assertThat(mostLookedAt(database, Hands.due(false))).isLessThan(2 * TAKEN);
		assertThat(mostLookedAt(database, Hands.due(true))).isLessThan(2 * TAKEN);
		assertThat(mostLookedAt(database, Hands.LOCKED)).isLessThan(2 * TAKEN);
	}

	private static long mostLookedAt(TestDatabase database, String asked) {
		String plan = String.join("\n",
				database.jdbc()
					.sql("EXPLAIN ANALYZE " + asked)
					.param("now", DeliveryRow.time(NOW.plus(Duration.ofHours(1))))
					.param("planner", "me")
					.param("limit", TAKEN)
					.param("busy", List.of("acme/other"))
					.param("due", newest(database))
					.query(String.class)
					.list());
		return LOOKED_AT.matcher(plan)
			.results()
			.map((MatchResult found) -> Long.parseLong(found.group(1)))
			.max(Long::compare)
			.orElseThrow(() -> new AssertionError("Nothing was counted in\n" + plan));
	}

	private static String[] newest(TestDatabase database) {
		return database.jdbc()
			.sql("SELECT id FROM delivery ORDER BY id DESC LIMIT :limit")
			.param("limit", TAKEN)
			.query(String.class)
			.list()
			.toArray(String[]::new);
	}

}
