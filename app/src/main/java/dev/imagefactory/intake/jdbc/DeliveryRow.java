package dev.imagefactory.intake.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.intake.Delivery.Planning;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/** A row of the table {@code delivery}, both ways. */
final class DeliveryRow {

	static final int LONGEST_ACTION = 64;

	static final int LONGEST_DETAIL = 2000;

	static final String COLUMNS = "id, hook, guid, event, action, provider, provider_id, repository, received_at, "
			+ "receipts, outcome, reason, detail, verdicts, rules, duplicate_of, plan_at, plan_since, plan_attempts, "
			+ "body_kept, version";

	private DeliveryRow() {
	}

	/**
	 * Reads a row.
	 * @param row stands on the row
	 * @param number not used
	 * @return the delivery
	 * @throws SQLException when the database fails
	 */
	static Delivery read(ResultSet row, int number) throws SQLException {
		String providerId = row.getString("provider_id");
		String repository = row.getString("repository");
		return new Delivery(DeliveryId.of(row.getString("id")), row.getString("hook"), row.getString("guid"),
				row.getString("event"), row.getString("action"),
				(providerId != null) ? new RepositoryId(Provider.of(row.getString("provider")), providerId) : null,
				(repository != null) ? RepositoryName.of(repository) : null,
				row.getObject("received_at", OffsetDateTime.class).toInstant(), row.getInt("receipts"), decided(row),
				new Planning(instant(row, "plan_at"), instant(row, "plan_since"), row.getInt("plan_attempts")),
				row.getBoolean("body_kept"), row.getInt("version"));
	}

	private static Decided decided(ResultSet row) throws SQLException {
		String duplicateOf = row.getString("duplicate_of");
		return new Decided(DeliveryOutcome.of(row.getString("outcome")), row.getString("reason"),
				row.getString("detail"), StoredRules.read(row),
				(duplicateOf != null) ? DeliveryId.of(duplicateOf) : null);
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
		return (value != null) ? value.toInstant() : null;
	}

	/**
	 * Turns a time into what the columns hold.
	 * @param instant the time
	 * @return the time in UTC, to the microsecond
	 */
	static @Nullable OffsetDateTime time(@Nullable Instant instant) {
		return (instant != null) ? instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC) : null;
	}

}
