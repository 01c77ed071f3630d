package dev.imagefactory;

import java.util.List;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import org.flywaydb.core.Flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SchemaGuardTests {

	private static final int PROCESSES = 4;

	private final SchemaGuard guard = new SchemaGuard();

	private static Flyway flyway(TestDatabase database) {
		return Flyway.configure().dataSource(database.source()).ignoreMigrationPatterns("").cleanDisabled(false).load();
	}

	private static void applied(TestDatabase database, String version, String description) {
		database.jdbc()
			.sql("INSERT INTO flyway_schema_history SELECT 1000 + CAST(? AS INTEGER), ?, ?, type, 'V.sql', 1, "
					+ "installed_by, installed_on, 1, TRUE FROM flyway_schema_history WHERE version = '1'")
			.params(version, version, description)
			.update();
	}

	@EachDatabase
	void migrateWhenSchemaIsNewerSaysWhichMigrationsAndWhatToDo(TestDatabase database) {
		applied(database, "98", "more of it");
		applied(database, "99", "even more");
		assertThatExceptionOfType(UnusableDatabase.class).isThrownBy(() -> this.guard.migrate(flyway(database)))
			.withMessage("The database was made by a newer version of the service: "
					+ "this version does not know its migration 98 (more of it), migration 99 (even more)")
			.satisfies((ex) -> assertThat(ex.action()).contains("Start the newer version again"));
	}

	@EachDatabase
	void migrateWhenSchemaIsOurOwnLeavesItAlone(TestDatabase database) {
		List<?> before = database.jdbc().sql("SELECT * FROM flyway_schema_history ORDER BY 1").query().listOfRows();
		this.guard.migrate(flyway(database));
		assertThat(database.jdbc().sql("SELECT * FROM flyway_schema_history ORDER BY 1").query().listOfRows())
			.isEqualTo(before);
	}

	@EachDatabase
	void migrateWhenProcessesStartTogetherOnNothingMakesOneSchema(TestDatabase database) {
		int migrations = database.count("flyway_schema_history");
		flyway(database).clean();
		TestDatabase.together(PROCESSES, (number) -> {
			this.guard.migrate(flyway(database));
			return number;
		});
		assertThat(database.count("flyway_schema_history")).isEqualTo(migrations);
		assertThat(database.count("build")).isZero();
	}

}
