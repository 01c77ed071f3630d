package dev.imagefactory.engine.jdbc;

import java.nio.file.Path;

import javax.sql.DataSource;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.imagefactory.engine.local.LocalRuns;
import dev.imagefactory.TestEmbeddedDatabase;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcConnectionPool;

import org.springframework.http.converter.json.Jackson2ObjectMapperBuilder;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The table of local runs in a real H2 file database. */
public final class TestLocalRuns {

	private TestLocalRuns() {
	}

	/** A migrated database in a folder. */
	public static DataSource database(Path folder) {
		DataSource database = JdbcConnectionPool.create(TestEmbeddedDatabase.url(folder.toAbsolutePath()), "sa", "");
		Flyway.configure().dataSource(database).load().migrate();
		return database;
	}

	/** The table in a database. */
	public static LocalRuns on(DataSource database) {
		return new JdbcLocalRuns(JdbcClient.create(database));
	}

	/** JSON as the service writes it. */
	public static ObjectMapper json() {
		return Jackson2ObjectMapperBuilder.json()
			.featuresToDisable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
					SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
			.build();
	}

}
