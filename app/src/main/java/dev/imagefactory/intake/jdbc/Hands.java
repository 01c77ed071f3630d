package dev.imagefactory.intake.jdbc;

import java.time.Instant;
import java.util.List;

import dev.imagefactory.intake.Deliveries.Claim;
import dev.imagefactory.intake.Delivery;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/**
 * Which replica has which delivery in hand. What a replica holds is free again when its
 * lease, a row of the table {@code replica}, is over by the database's clock. The caller
 * holds a transaction.
 */
final class Hands {

	/**
	 * Nobody's, or of somebody whose lease is over; also the planner's own, because what
	 * it has forgotten (an answer of the database that never came) nobody else may take.
	 */
	private static final String FREE = """
			(planner IS NULL OR planner = :planner OR NOT EXISTS (
			    SELECT 1 FROM replica WHERE replica.id = delivery.planner AND replica.lease_until > CURRENT_TIMESTAMP))""";

	private static final String DUE = "plan_at <= :now AND outcome = 'accepted' AND " + FREE;

	/**
	 * Asks again, locking. What was due is given apart and not as a subquery: H2 ran that
	 * once for each row, and PostgreSQL joined it with the whole table.
	 */
	static final String LOCKED = "SELECT " + DeliveryRow.COLUMNS + " FROM delivery WHERE id = ANY(:due) AND " + DUE
			+ " ORDER BY plan_at, id LIMIT :limit FOR UPDATE SKIP LOCKED";

	/**
	 * How many replicas may choose at the same time and each still find enough: they look
	 * at the same rows and pass over what another has locked.
	 */
	private static final int CROWD = 4;

	private final JdbcClient jdbc;

	Hands(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Takes due deliveries in hand; rows that another transaction is taking are passed
	 * over.
	 * @param claim who takes which
	 * @param now now
	 * @return the deliveries as they are stored now
	 */
	List<Delivery> claim(Claim claim, Instant now) {
		List<Delivery> taken = free(claim, now).stream()
			.filter((delivery) -> !claim.inHand().contains(delivery.id()))
			.limit(claim.limit())
			.map(Hands::changed)
			.toList();
		if (!taken.isEmpty()) {
			this.jdbc.sql("UPDATE delivery SET planner = :planner, version = version + 1 WHERE id IN (:ids)")
				.param("planner", claim.planner())
				.param("ids", taken.stream().map((delivery) -> delivery.id().value()).toList())
				.update();
		}
		return taken;
	}

	/** Those in hand are read too, so that asking is the same statement every time. */
	private List<Delivery> free(Claim claim, Instant now) {
		int wanted = claim.limit() + claim.inHand().size();
		List<String> due = due(claim, now, CROWD * wanted);
		return due.isEmpty() ? List.of()
				: asked(LOCKED, claim, now).param("due", due.toArray(String[]::new))
					.param("limit", wanted)
					.query(DeliveryRow::read)
					.list();
	}

	private List<String> due(Claim claim, Instant now, int limit) {
		StatementSpec select = asked(due(!claim.busy().isEmpty()), claim, now).param("limit", limit);
		select = claim.busy().isEmpty() ? select : select.param("busy", claim.busy());
		return select.query(String.class).list();
	}

	private StatementSpec asked(String sql, Claim claim, Instant now) {
		return this.jdbc.sql(sql).param("now", DeliveryRow.time(now)).param("planner", claim.planner());
	}

	/**
	 * Selects the ids of what can be taken in hand. It locks nothing, because H2 uses no
	 * index for the order of rows that it locks: it read and sorted all that was due.
	 * @param without whether repositories are left out
	 * @return SQL
	 */
	static String due(boolean without) {
		return "SELECT id FROM delivery WHERE " + DUE + (without ? " AND repository_key NOT IN (:busy)" : "")
				+ " ORDER BY plan_at, id LIMIT :limit";
	}

	private static Delivery changed(Delivery read) {
		return new Delivery(read.id(), read.hook(), read.guid(), read.event(), read.action(), read.repositoryId(),
				read.repository(), read.receivedAt(), read.receipts(), read.decision(), read.planning(),
				read.bodyKept(), read.version() + 1);
	}

}
