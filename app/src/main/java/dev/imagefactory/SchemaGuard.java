package dev.imagefactory;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;

/**
 * Brings the schema to this version's form. One that a newer version made is left alone:
 * an older service would misread it. Processes that start at the same moment wait for
 * each other, by Flyway's lock in the database.
 */
final class SchemaGuard implements FlywayMigrationStrategy {

	@Override
	public void migrate(Flyway flyway) {
		refuseNewer(flyway);
		try {
			flyway.migrate();
		}
		catch (FlywayException ex) {
			// Somebody newer may have come in between.
			refuseNewer(flyway);
			throw new UnusableDatabase(
					"The database could not be brought to the form that this version needs: " + lastLine(ex),
					"Mend what is named above and start again. The user needs the right to create tables in its schema: "
							+ "GRANT CREATE ON SCHEMA",
					ex);
		}
	}

	private static void refuseNewer(Flyway flyway) {
		List<MigrationInfo> unknown = Stream.of(flyway.info().applied()).filter(SchemaGuard::isUnknown).toList();
		if (!unknown.isEmpty()) {
			throw new UnusableDatabase(
					"""
							The database was made by a newer version of the service: this version does not know its %s"""
						.formatted(unknown.stream()
							.map((one) -> "migration %s (%s)".formatted(one.getVersion(), one.getDescription()))
							.collect(Collectors.joining(", "))),
					"Start the newer version again, or restore a backup from before it was started", null);
		}
	}

	private static boolean isUnknown(MigrationInfo applied) {
		return switch (applied.getState()) {
			case FUTURE_SUCCESS, FUTURE_FAILED, MISSING_SUCCESS, MISSING_FAILED -> true;
			case PENDING, ABOVE_TARGET, BELOW_BASELINE, BASELINE_IGNORED, BASELINE, IGNORED, SUCCESS, UNDONE, AVAILABLE,
					FAILED, OUT_OF_ORDER, OUTDATED, SUPERSEDED, DELETED ->
				false;
		};
	}

	private static String lastLine(Throwable failure) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		return String.valueOf(root.getMessage()).strip();
	}

}
