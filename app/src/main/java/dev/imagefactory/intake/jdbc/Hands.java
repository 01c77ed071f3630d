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
		StatementSpec select = this.jdbc.sql(selection(!claim.busy().isEmpty()))
			.param("now", DeliveryRow.time(now))
			.param("planner", claim.planner())
			.param("looked", CROWD * wanted)
			.param("limit", wanted);
		select = claim.busy().isEmpty() ? select : select.param("busy", claim.busy());
		return select.query(DeliveryRow::read).list();
	}

	/**
	 * Selects what can be taken in hand. It first looks along the index
	 * {@code delivery_plan} without locking, because H2 uses no index for the order of
	 * rows that are locked and read and sorted all that was due; what was found is then
	 * asked again, locked. An array, not a subquery of IN, because PostgreSQL joined that
	 * with the whole table.
	 * @param without whether repositories are left out
	 * @return SQL
	 */
	static String selection(boolean without) {
		String free = "outcome = 'accepted' AND " + FREE;
		return "SELECT " + DeliveryRow.COLUMNS + " FROM delivery WHERE id = ANY(ARRAY(SELECT id FROM delivery"
				+ " WHERE plan_at <= :now AND " + free + (without ? " AND repository_key NOT IN (:busy)" : "")
				+ " ORDER BY plan_at, id LIMIT :looked)) AND plan_at <= :now AND " + free
				+ " ORDER BY plan_at, id LIMIT :limit FOR UPDATE SKIP LOCKED";
	}

	private static Delivery changed(Delivery read) {
		return new Delivery(read.id(), read.hook(), read.guid(), read.event(), read.action(), read.repositoryId(),
				read.repository(), read.receivedAt(), read.receipts(), read.decision(), read.planning(),
				read.bodyKept(), read.version() + 1);
	}

}
