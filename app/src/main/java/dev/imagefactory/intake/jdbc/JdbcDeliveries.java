package dev.imagefactory.intake.jdbc;

import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import com.github.f4b6a3.ulid.Ulid;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.source.DeliveryId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.namedparam.NamedParameterJdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** {@link Deliveries} on H2 and PostgreSQL. */
@Component
final class JdbcDeliveries implements Deliveries {

	private static final int SAME_GUID = 100;

	private final JdbcClient jdbc;

	private final Receiving receiving;

	private final StoredBodies bodies;

	private final Hands hands;

	private final TransactionTemplate transactions;

	private final TransactionTemplate forgettable;

	JdbcDeliveries(JdbcClient jdbc, NamedParameterJdbcOperations batches, PlatformTransactionManager transactions) {
		this.jdbc = jdbc;
		this.bodies = new StoredBodies(jdbc, batches);
		this.receiving = new Receiving(jdbc, batches, this.bodies);
		this.hands = new Hands(jdbc);
		this.transactions = new TransactionTemplate(transactions);
		this.forgettable = new TransactionTemplate(transactions);
		this.forgettable.setName("forgettable");
	}

	@Override
	public List<Receipt> receive(List<Arrival> arrivals) {
		return this.transactions.execute((status) -> this.receiving.receive(arrivals));
	}

	@Override
	public Optional<Delivery> find(DeliveryId id) {
		return select("WHERE id = :id").param("id", id.value()).query(DeliveryRow::read).optional();
	}

	@Override
	public List<Delivery> withGuid(String guid) {
		return select("WHERE guid = :guid ORDER BY id DESC LIMIT :limit").param("guid", guid)
			.param("limit", SAME_GUID)
			.query(DeliveryRow::read)
			.list();
	}

	@Override
	public Optional<byte[]> body(DeliveryId id) {
		return this.bodies.find(id);
	}

	@Override
	public List<Delivery> list(Filter filter, @Nullable DeliveryId before, int limit) {
		StringBuilder where = new StringBuilder("WHERE 1 = 1");
		where.append((filter.repository() != null) ? " AND repository_key = :repository" : "");
		where.append((filter.outcome() != null) ? " AND outcome = :outcome" : "");
		where.append((filter.event() != null) ? " AND event = :event" : "");
		where.append((before != null) ? " AND id < :before" : "");
		StatementSpec select = select(where + " ORDER BY id DESC LIMIT :limit").param("limit", limit);
		select = (filter.repository() != null) ? select.param("repository", filter.repository().key()) : select;
		select = (filter.outcome() != null) ? select.param("outcome", filter.outcome().wireName()) : select;
		select = (filter.event() != null) ? select.param("event", filter.event()) : select;
		select = (before != null) ? select.param("before", before.value()) : select;
		return select.query(DeliveryRow::read).list();
	}

	@Override
	public List<Delivery> claim(Claim claim, Instant now) {
		return this.forgettable.execute((status) -> this.hands.claim(claim, now));
	}

	@Override
	public boolean decide(Delivery delivery, Decided decided) {
		Instant due = (decided.outcome() == DeliveryOutcome.ACCEPTED) ? delivery.planning().due() : null;
		return guarded(delivery, """
				outcome = :outcome, reason = :reason, detail = :detail, verdicts = :verdicts,
				duplicate_of = :duplicateOf, plan_at = :due, planner = NULL""", "")
			.param("outcome", decided.outcome().wireName())
			.param("reason", decided.reason(), Types.VARCHAR)
			.param("detail", StoredText.of(decided.detail(), DeliveryRow.LONGEST_DETAIL), Types.VARCHAR)
			.param("verdicts", StoredRules.write(decided.rules()))
			.param("duplicateOf", Objects.toString(decided.duplicateOf(), null), Types.VARCHAR)
			.param("due", DeliveryRow.time(due), Types.TIMESTAMP_WITH_TIMEZONE)
			.update() == 1;
	}

	@Override
	public boolean postpone(Delivery delivery, Instant due, String detail) {
		return guarded(delivery, "plan_at = :due, plan_attempts = plan_attempts + 1, detail = :detail, planner = NULL",
				"AND outcome = 'accepted'")
			.param("due", DeliveryRow.time(due))
			.param("detail", StoredText.of(detail, DeliveryRow.LONGEST_DETAIL))
			.update() == 1;
	}

	@Override
	public boolean replay(Delivery delivery, Instant at) {
		return guarded(delivery, """
				outcome = 'accepted', reason = NULL, detail = NULL, duplicate_of = NULL,
				plan_at = :at, plan_since = :at, plan_attempts = 0, planner = NULL""", "AND body_kept")
			.param("at", DeliveryRow.time(at))
			.update() == 1;
	}

	@Override
	public int forgetBodies(Instant before, int limit) {
		// Ids are in the order of receipt, and only rows with a body are looked at.
		List<String> ids = this.jdbc.sql("""
				SELECT b.delivery_id FROM delivery_body b JOIN delivery d ON d.id = b.delivery_id
				WHERE b.part = 0 AND b.delivery_id < :before AND d.outcome <> 'accepted'
				ORDER BY b.delivery_id LIMIT :limit""")
			.param("before", Ulid.min(before.toEpochMilli()).toString())
			.param("limit", limit)
			.query(String.class)
			.list();
		ids.forEach((id) -> this.transactions.executeWithoutResult((status) -> forget(DeliveryId.of(id))));
		return ids.size();
	}

	private void forget(DeliveryId id) {
		int changed = this.jdbc.sql("""
				UPDATE delivery SET body_kept = FALSE, version = version + 1
				WHERE id = :id AND outcome <> 'accepted'""").param("id", id.value()).update();
		if (changed == 1) {
			this.bodies.delete(id);
		}
	}

	private StatementSpec select(String where) {
		return this.jdbc.sql("SELECT " + DeliveryRow.COLUMNS + " FROM delivery " + where);
	}

	/** A change that happens only when nobody changed the row since it was read. */
	private StatementSpec guarded(Delivery read, String changes, String condition) {
		return this.jdbc
			.sql("UPDATE delivery SET %s, version = version + 1 WHERE id = :id AND version = :version %s"
				.formatted(changes, condition))
			.param("id", read.id().value())
			.param("version", read.version());
	}

}
