package dev.imagefactory.audit.jdbc;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcAuditTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456789Z");

	private static JdbcAudit audit(TestDatabase database) {
		return audit(database, NOW);
	}

	private static JdbcAudit audit(TestDatabase database, Instant now) {
		return new JdbcAudit(database.jdbc(), Clock.fixed(now, ZoneOffset.UTC));
	}

	@EachDatabase
	void recordWhenCalledAddsRowsInOrder(TestDatabase database) {
		audit(database).record("admin", "build.cancel", "build-1", "it was running");
		audit(database, NOW.plusMillis(1)).record("admin", "build.rerun", "build-1", "");
		assertThat(database.jdbc().sql("SELECT action FROM audit ORDER BY id").query(String.class).list())
			.containsExactly("build.cancel", "build.rerun");
		Map<String, Object> row = database.jdbc()
			.sql("SELECT actor, subject, detail FROM audit WHERE action = 'build.cancel'")
			.query()
			.singleRow();
		assertThat(row).containsEntry("actor", "admin")
			.containsEntry("subject", "build-1")
			.containsEntry("detail", "it was running");
		assertThat(database.jdbc().sql("SELECT MIN(at) FROM audit").query(OffsetDateTime.class).single())
			.satisfies((at) -> assertThat(at.toInstant()).isEqualTo(Instant.parse("2026-03-01T12:00:00.123456Z")));
	}

	@EachDatabase
	void recordWhenTextsAreTooLongOrHaveNulCutsThem(TestDatabase database) {
		String text = "\0x".repeat(10_000);
		audit(database).record(text, text, text, text);
		assertThat(database.jdbc().sql("SELECT detail FROM audit").query(String.class).single())
			.isEqualTo("x".repeat(4000));
	}

	@EachDatabase
	void recordWhenCallerRollsBackLeavesNothing(TestDatabase database) {
		database.inTransaction().executeWithoutResult((status) -> {
			audit(database).record("admin", "build.cancel", "build-1", "");
			status.setRollbackOnly();
		});
		assertThat(database.jdbc().sql("SELECT COUNT(*) FROM audit").query(Integer.class).single()).isZero();
	}

}
