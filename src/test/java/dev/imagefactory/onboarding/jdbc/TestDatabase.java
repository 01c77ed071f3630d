package dev.imagefactory.onboarding.jdbc;

import java.util.UUID;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;

import org.springframework.jdbc.core.simple.JdbcClient;

/** A migrated database in memory, one per test. */
class TestDatabase {

	private final HikariDataSource dataSource;

	TestDatabase() {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID()
				+ ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;LOCK_TIMEOUT=5000");
		this.dataSource = new HikariDataSource(config);
		Flyway.configure().dataSource(this.dataSource).load().migrate();
	}

	JdbcClient jdbc() {
		return JdbcClient.create(this.dataSource);
	}

	int count(String table) {
		return jdbc().sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	void close() {
		this.dataSource.close();
	}

}
