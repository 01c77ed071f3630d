package dev.imagefactory.onboarding.jdbc;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.onboarding.Installation;

import org.springframework.jdbc.core.simple.JdbcClient;

/** The oldest row of the table {@code installation}. */
class JdbcInstallation implements Installation {

	private static final String FIND = "SELECT id FROM installation ORDER BY created_at, id FETCH FIRST ROW ONLY";

	private static final String INSERT = "INSERT INTO installation (id, created_at) VALUES (?, ?)";

	private final JdbcClient jdbc;

	JdbcInstallation(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Makes an id at the first start on a database. Where two replicas do it at the same
	 * moment, the older row counts for both, because it is read each time.
	 * @param now the time
	 */
	void makeIfAbsent(Instant now) {
		if (read().isEmpty()) {
			this.jdbc.sql(INSERT)
				.params(UlidCreator.getMonotonicUlid(now.toEpochMilli()).toString(), now.atOffset(ZoneOffset.UTC))
				.update();
		}
	}

	@Override
	public String id() {
		return read().orElseThrow(() -> new IllegalStateException(
				"The table installation has lost the row that the first start made; restart the service to make another"));
	}

	private Optional<String> read() {
		return this.jdbc.sql(FIND).query(String.class).optional();
	}

}
