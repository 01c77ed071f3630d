package dev.imagefactory.access.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

import dev.imagefactory.access.IdempotencyKeys;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Idempotency keys in the table {@code idempotency}; every statement commits by itself.
 */
class JdbcIdempotencyKeys implements IdempotencyKeys {

	private static final String INSERT = """
			INSERT INTO idempotency (actor, key_text, body_sha256, request, created_at)
			VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""";

	private static final String FIND = """
			SELECT body_sha256, request, answer, location FROM idempotency
			WHERE actor = ? AND key_text = ?""";

	private static final String ANSWER = """
			UPDATE idempotency SET answer = ?, location = ?
			WHERE actor = ? AND key_text = ? AND answer IS NULL""";

	private static final String OLD = """
			SELECT actor, key_text FROM idempotency WHERE created_at < ? ORDER BY created_at LIMIT ?""";

	private static final String FORGET = "DELETE FROM idempotency WHERE actor = ? AND key_text = ?";

	private final JdbcClient jdbc;

	JdbcIdempotencyKeys(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@Override
	public Asked take(Key key, String bodySha256, String request, Instant at) {
		this.jdbc.sql(INSERT).params(key.actor(), key.text(), bodySha256, request, utc(at)).update();
		return find(key);
	}

	@Override
	public Answer answer(Key key, Answer answer) {
		this.jdbc.sql(ANSWER).params(answer.body(), answer.location(), key.actor(), key.text()).update();
		Answer stored = find(key).answer();
		return (stored != null) ? stored : answer;
	}

	@Override
	public int forget(Instant before, int limit) {
		List<Key> old = this.jdbc.sql(OLD)
			.params(utc(before), limit)
			.query((row, number) -> new Key(row.getString("actor"), row.getString("key_text")))
			.list();
		old.forEach((key) -> this.jdbc.sql(FORGET).params(key.actor(), key.text()).update());
		return old.size();
	}

	private Asked find(Key key) {
		return this.jdbc.sql(FIND).params(key.actor(), key.text()).query(JdbcIdempotencyKeys::asked).single();
	}

	private static Asked asked(ResultSet row, int number) throws SQLException {
		String body = row.getString("answer");
		Answer answer = (body != null) ? new Answer(body, row.getString("location")) : null;
		return new Asked(row.getString("body_sha256"), row.getString("request"), answer);
	}

	private static OffsetDateTime utc(Instant at) {
		return at.atOffset(ZoneOffset.UTC);
	}

}
