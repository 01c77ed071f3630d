package dev.imagefactory.intake.jdbc;

import java.sql.Types;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.imagefactory.github.GitHubEvent.Repository;
import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.Triage.Decision;
import dev.imagefactory.intake.VerifiedDelivery;
import dev.imagefactory.intake.VerifiedDelivery.Envelope;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.Provider;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Stores what comes in. New deliveries cost two statements, their rows and their bodies,
 * and each is sent to the database once for all that come together; only a repeat looks
 * for what is there. The caller holds a transaction.
 */
final class Receiving {

	private static final String INSERT = """
			INSERT INTO delivery (id, hook, guid, body_sha256, event, action, provider, provider_id, repository,
			repository_key, received_at, receipts, outcome, reason, detail, verdicts, plan_at, plan_since,
			plan_attempts, body_kept, version)
			VALUES (:id, :hook, :guid, :sha256, :event, :action, :provider, :providerId, :repository,
			:repositoryKey, :at, 1, :outcome, :reason, :detail, :verdicts, :planAt, :planAt, 0, :bodyKept, 0)
			ON CONFLICT DO NOTHING""";

	private final JdbcClient jdbc;

	private final NamedParameterJdbcOperations batches;

	private final StoredBodies bodies;

	Receiving(JdbcClient jdbc, NamedParameterJdbcOperations batches, StoredBodies bodies) {
		this.jdbc = jdbc;
		this.batches = batches;
		this.bodies = bodies;
	}

	/**
	 * Stores deliveries, or finds the rows of their first receipts. Rows are locked in
	 * the order of their keys, so that two groups that repeat each other cannot each hold
	 * what the other waits for.
	 * @param arrivals what came
	 * @return what was made of each
	 */
	List<Receipt> receive(List<Arrival> arrivals) {
		List<New> all = arrivals.stream().map(New::of).toList();
		Map<DeliveryId, Receipt> receipts = store(all.stream().sorted(New.BY_KEY).toList());
		return all.stream().map((one) -> receipts.get(one.id())).toList();
	}

	private Map<DeliveryId, Receipt> store(List<New> all) {
		int[] inserted = this.batches.batchUpdate(INSERT,
				all.stream().map(New::row).toArray(SqlParameterSource[]::new));
		Map<DeliveryId, byte[]> bodies = new LinkedHashMap<>();
		for (int i = 0; i < inserted.length; i++) {
			if (inserted[i] == 1 && all.get(i).verdict().keepsBody()) {
				bodies.put(all.get(i).id(), all.get(i).arrival().delivery().body());
			}
		}
		this.bodies.add(bodies);
		Map<DeliveryId, Receipt> receipts = new HashMap<>();
		for (int i = 0; i < inserted.length; i++) {
			New one = all.get(i);
			receipts.put(one.id(), (inserted[i] == 1) ? new Receipt.Fresh(one.id()) : again(one));
		}
		return receipts;
	}

	private Receipt again(New repeated) {
		while (true) {
			Stored stored = stored(repeated.envelope());
			if (stored.isSettled() && countRepeat(stored)) {
				return new Receipt.Repeat(stored.id());
			}
			if (!stored.isSettled() && decideAgain(stored, repeated)) {
				return new Receipt.Fresh(stored.id());
			}
		}
	}

	private Stored stored(Envelope envelope) {
		return this.jdbc.sql("""
				SELECT id, outcome, body_kept, version FROM delivery
				WHERE hook = :hook AND guid = :guid AND body_sha256 = :sha256""")
			.param("hook", envelope.hook())
			.param("guid", envelope.guid())
			.param("sha256", envelope.bodySha256())
			.query((row, number) -> new Stored(DeliveryId.of(row.getString("id")),
					DeliveryOutcome.of(row.getString("outcome")), row.getBoolean("body_kept"), row.getInt("version")))
			.single();
	}

	/** Counting leaves the version alone: planning must not start over because of it. */
	private boolean countRepeat(Stored stored) {
		return this.jdbc.sql("""
				UPDATE delivery SET receipts = receipts + 1
				WHERE id = :id AND outcome IN ('accepted', 'built', 'duplicate')""")
			.param("id", stored.id().value())
			.update() == 1;
	}

	private boolean decideAgain(Stored stored, New repeated) {
		boolean keepsBody = repeated.verdict().keepsBody();
		boolean changed = this.jdbc.sql("""
				UPDATE delivery SET receipts = receipts + 1, event = :event, action = :action, outcome = :outcome,
				reason = :reason, detail = :detail, verdicts = :verdicts, duplicate_of = NULL, plan_at = :planAt,
				plan_since = :planAt, plan_attempts = 0, planner = NULL, body_kept = :bodyKept, version = version + 1
				WHERE id = :id AND version = :version""")
			.paramSource(repeated.decided()
				.addValue("bodyKept", stored.bodyKept() || keepsBody)
				.addValue("id", stored.id().value())
				.addValue("version", stored.version()))
			.update() == 1;
		if (changed && keepsBody && !stored.bodyKept()) {
			this.bodies.add(Map.of(stored.id(), repeated.arrival().delivery().body()));
		}
		return changed;
	}

	/**
	 * What came, as it is to be stored.
	 *
	 * @param id our own id, if it is new
	 * @param arrival what came
	 * @param verdict its first decision
	 */
	private record New(DeliveryId id, Arrival arrival, Verdict verdict) {

		private static final Comparator<New> BY_KEY = Comparator.comparing(New::envelope,
				Comparator.comparing(Envelope::hook).thenComparing(Envelope::guid).thenComparing(Envelope::bodySha256));

		private static New of(Arrival arrival) {
			return new New(DeliveryId.next(arrival.at()), arrival, Verdict.of(arrival.decision()));
		}

		private Envelope envelope() {
			return this.arrival.delivery().envelope();
		}

		private MapSqlParameterSource row() {
			Envelope envelope = envelope();
			Repository about = this.arrival.delivery().event().repository().orElse(null);
			return decided().addValue("id", this.id.value())
				.addValue("hook", envelope.hook())
				.addValue("guid", envelope.guid())
				.addValue("sha256", envelope.bodySha256())
				.addValue("provider", Provider.GITHUB.wireName())
				.addValue("providerId", (about != null) ? about.id().value() : null, Types.VARCHAR)
				.addValue("repository", (about != null) ? about.name().toString() : null, Types.VARCHAR)
				.addValue("repositoryKey", (about != null) ? about.name().key() : null, Types.VARCHAR)
				.addValue("at", DeliveryRow.time(this.arrival.at()))
				.addValue("bodyKept", this.verdict.keepsBody());
		}

		private MapSqlParameterSource decided() {
			boolean accepted = this.verdict.outcome() == DeliveryOutcome.ACCEPTED;
			VerifiedDelivery delivery = this.arrival.delivery();
			return new MapSqlParameterSource("event", delivery.envelope().eventName())
				.addValue("action", StoredText.of(delivery.event().action().orElse(null), DeliveryRow.LONGEST_ACTION),
						Types.VARCHAR)
				.addValue("outcome", this.verdict.outcome().wireName())
				.addValue("reason", this.verdict.reason(), Types.VARCHAR)
				.addValue("detail", StoredText.of(this.verdict.detail(), DeliveryRow.LONGEST_DETAIL), Types.VARCHAR)
				.addValue("verdicts", StoredRules.write(this.verdict.rules()))
				.addValue("planAt", accepted ? DeliveryRow.time(this.arrival.at()) : null,
						Types.TIMESTAMP_WITH_TIMEZONE);
		}

	}

	/**
	 * The row of an earlier receipt.
	 *
	 * @param id our own id
	 * @param outcome what became of it
	 * @param bodyKept whether its body is there
	 * @param version the row's version
	 */
	private record Stored(DeliveryId id, DeliveryOutcome outcome, boolean bodyKept, int version) {

		private boolean isSettled() {
			return switch (this.outcome) {
				case ACCEPTED, BUILT, DUPLICATE -> true;
				case IGNORED, FAILED -> false;
			};
		}

	}

	/**
	 * A decision as its columns.
	 *
	 * @param outcome the outcome
	 * @param reason the contract's word for why
	 * @param detail why, in a sentence
	 * @param keepsBody whether the body is stored
	 * @param rules what every rule said
	 */
	private record Verdict(DeliveryOutcome outcome, @Nullable String reason, @Nullable String detail, boolean keepsBody,
			List<RuleVerdict> rules) {

		private static Verdict of(Decision decision) {
			return switch (decision) {
				case Decision.Accept accept -> new Verdict(DeliveryOutcome.ACCEPTED, null, null, true, accept.rules());
				case Decision.Ignore ignore -> new Verdict(DeliveryOutcome.IGNORED, ignore.reason(), ignore.detail(),
						ignore.onboarded(), ignore.rules());
			};
		}

	}

}
