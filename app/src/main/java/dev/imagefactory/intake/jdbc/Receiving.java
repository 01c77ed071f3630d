package dev.imagefactory.intake.jdbc;

import java.sql.Types;
import java.time.Instant;
import java.util.List;

import dev.imagefactory.github.GitHubEvent.Repository;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.Triage.Decision;
import dev.imagefactory.intake.VerifiedDelivery;
import dev.imagefactory.intake.VerifiedDelivery.Envelope;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.Provider;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Stores what comes in. A new delivery costs two statements, its row and its body; only a
 * repeat looks for what is there. The caller holds a transaction.
 */
final class Receiving {

	private final JdbcClient jdbc;

	private final StoredBodies bodies;

	Receiving(JdbcClient jdbc, StoredBodies bodies) {
		this.jdbc = jdbc;
		this.bodies = bodies;
	}

	/**
	 * Stores a delivery, or finds the row of its first receipt.
	 * @param delivery the delivery
	 * @param decision the first decision
	 * @param at now
	 * @return what was made of it
	 */
	Receipt receive(VerifiedDelivery delivery, Decision decision, Instant at) {
		Verdict verdict = Verdict.of(decision);
		DeliveryId id = DeliveryId.next(at);
		if (insert(id, delivery, verdict, at)) {
			if (verdict.keepsBody()) {
				this.bodies.add(id, delivery.body());
			}
			return new Receipt.Fresh(id);
		}
		while (true) {
			Stored stored = stored(delivery.envelope());
			if (stored.isSettled() && countRepeat(stored)) {
				return new Receipt.Repeat(stored.id());
			}
			if (!stored.isSettled() && decideAgain(stored, delivery, verdict, at)) {
				return new Receipt.Fresh(stored.id());
			}
		}
	}

	private boolean insert(DeliveryId id, VerifiedDelivery delivery, Verdict verdict, Instant at) {
		Envelope envelope = delivery.envelope();
		Repository about = delivery.event().repository().orElse(null);
		StatementSpec insert = this.jdbc.sql("""
				INSERT INTO delivery (id, hook, guid, body_sha256, event, action, provider, provider_id, repository,
				repository_key, received_at, receipts, outcome, reason, detail, verdicts, plan_at, plan_since,
				plan_attempts, body_kept, version)
				VALUES (:id, :hook, :guid, :sha256, :event, :action, :provider, :providerId, :repository,
				:repositoryKey, :at, 1, :outcome, :reason, :detail, :verdicts, :planAt, :planAt, 0, :bodyKept, 0)
				ON CONFLICT DO NOTHING""")
			.param("id", id.value())
			.param("hook", envelope.hook())
			.param("guid", envelope.guid())
			.param("sha256", envelope.bodySha256())
			.param("provider", Provider.GITHUB.wireName())
			.param("providerId", (about != null) ? about.id().value() : null, Types.VARCHAR)
			.param("repository", (about != null) ? about.name().toString() : null, Types.VARCHAR)
			.param("repositoryKey", (about != null) ? about.name().key() : null, Types.VARCHAR)
			.param("at", DeliveryRow.time(at))
			.param("bodyKept", verdict.keepsBody());
		return decided(insert, delivery, verdict, at).update() == 1;
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

	private boolean decideAgain(Stored stored, VerifiedDelivery delivery, Verdict verdict, Instant at) {
		StatementSpec update = this.jdbc.sql("""
				UPDATE delivery SET receipts = receipts + 1, event = :event, action = :action, outcome = :outcome,
				reason = :reason, detail = :detail, verdicts = :verdicts, duplicate_of = NULL, plan_at = :planAt,
				plan_since = :planAt, plan_attempts = 0, planner = NULL, body_kept = :bodyKept, version = version + 1
				WHERE id = :id AND version = :version""")
			.param("bodyKept", stored.bodyKept() || verdict.keepsBody())
			.param("id", stored.id().value())
			.param("version", stored.version());
		boolean changed = decided(update, delivery, verdict, at).update() == 1;
		if (changed && verdict.keepsBody() && !stored.bodyKept()) {
			this.bodies.add(stored.id(), delivery.body());
		}
		return changed;
	}

	private static StatementSpec decided(StatementSpec statement, VerifiedDelivery delivery, Verdict verdict,
			Instant at) {
		return statement.param("event", delivery.envelope().eventName())
			.param("action", StoredText.of(delivery.event().action().orElse(null), DeliveryRow.LONGEST_ACTION),
					Types.VARCHAR)
			.param("outcome", verdict.outcome().wireName())
			.param("reason", verdict.reason(), Types.VARCHAR)
			.param("detail", StoredText.of(verdict.detail(), DeliveryRow.LONGEST_DETAIL), Types.VARCHAR)
			.param("verdicts", StoredRules.write(verdict.rules()))
			.param("planAt", (verdict.outcome() == DeliveryOutcome.ACCEPTED) ? DeliveryRow.time(at) : null,
					Types.TIMESTAMP_WITH_TIMEZONE);
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
