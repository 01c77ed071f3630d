package dev.imagefactory.bench;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

/**
 * The bare cost of keeping a delivery: the two rows of it in one transaction, with
 * nothing around, neither HTTP nor signature nor planning.
 */
final class DeliveryFloor {

	private static final byte[] RULES = """
			[{"rule":"trigger","image":"acme/app","verdict":"pass","detail":"A release was published."}]
			""".getBytes(StandardCharsets.UTF_8);

	private final DataSource database;

	private final AtomicInteger numbers = new AtomicInteger();

	/**
	 * Measures on a database.
	 * @param database has the service's schema
	 */
	DeliveryFloor(DataSource database) {
		this.database = database;
	}

	/**
	 * Stores deliveries one by one on some threads.
	 * @param threads how many
	 * @param deliveries how many
	 * @return how long each took
	 */
	Latencies run(int threads, int deliveries) throws Exception {
		long[] nanos = new long[deliveries];
		AtomicInteger next = new AtomicInteger();
		try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
			long start = System.nanoTime();
			List<Future<?>> work = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				work.add(executor.submit(() -> storeAll(next, nanos)));
			}
			for (Future<?> each : work) {
				each.get(10, TimeUnit.MINUTES);
			}
			return new Latencies(nanos, System.nanoTime() - start);
		}
	}

	private Void storeAll(AtomicInteger next, long[] nanos) throws SQLException {
		for (int i = next.getAndIncrement(); i < nanos.length; i = next.getAndIncrement()) {
			byte[] body = DeliveryLoad.payload(i);
			long start = System.nanoTime();
			try (Connection connection = this.database.getConnection()) {
				connection.setAutoCommit(false);
				String id = "%026d".formatted(this.numbers.getAndIncrement());
				storeRow(connection, id);
				storeBody(connection, id, body);
				connection.commit();
			}
			nanos[i] = System.nanoTime() - start;
		}
		return null;
	}

	private static void storeRow(Connection connection, String id) throws SQLException {
		try (PreparedStatement insert = connection.prepareStatement("""
				INSERT INTO delivery (id, hook, guid, body_sha256, event, action, provider, provider_id, repository,
				repository_key, received_at, receipts, outcome, verdicts, plan_at, plan_since, plan_attempts, body_kept,
				version) VALUES (?, 'github:1', ?, ?, 'release', 'published', 'github', '1', 'acme/app', 'acme/app', ?,
				1, 'accepted', ?, ?, ?, 0, TRUE, 0) ON CONFLICT DO NOTHING""")) {
			OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
			insert.setString(1, id);
			insert.setString(2, UUID.randomUUID().toString());
			insert.setString(3, "ab".repeat(32));
			insert.setObject(4, now);
			insert.setBytes(5, RULES);
			insert.setObject(6, now);
			insert.setObject(7, now);
			insert.executeUpdate();
		}
	}

	private static void storeBody(Connection connection, String id, byte[] body) throws SQLException {
		try (PreparedStatement insert = connection
			.prepareStatement("INSERT INTO delivery_body (delivery_id, part, bytes) VALUES (?, 0, ?)")) {
			insert.setString(1, id);
			insert.setBytes(2, body);
			insert.executeUpdate();
		}
	}

}
