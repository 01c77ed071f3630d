package dev.imagefactory.build.jdbc;

import java.util.stream.LongStream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.database.TestDatabase;

/**
 * Fills a database with as many builds as one likes: copies of one real row, each with an
 * order of its own.
 */
public final class ManyBuilds {

	private static final int AT_ONCE = 20_000;

	private final TestDatabase database;

	private final Build model;

	private long made;

	/**
	 * Stores the build that all others are copies of.
	 * @param database an empty database
	 */
	public ManyBuilds(TestDatabase database) {
		this.database = database;
		this.model = SampleBuilds.queued();
		TestStore.orders(database).addIfAbsent(this.model.order());
		TestStore.builds(database, (event) -> {
		}).add(this.model);
	}

	/**
	 * Adds builds that are over.
	 * @param count how many
	 */
	public void addHistory(long count) {
		add(count, "NULL", "SUCCEEDED", "{\"state\":\"SUCCEEDED\",\"digest\":\"" + SampleBuilds.DIGEST + "\"}", 100);
	}

	/**
	 * Adds queued builds with their lanes.
	 * @param count how many
	 * @param repositories among how many repositories
	 */
	public void addQueued(long count, int repositories) {
		add(count, "TRUE", "QUEUED", "{\"state\":\"QUEUED\"}", repositories);
		this.database.jdbc().sql("""
				INSERT INTO queue_lane (priority, repository_key, waiting, start_tag, since)
				SELECT priority, repository_key, TRUE, 0, MIN(id) FROM build WHERE state = 'QUEUED'
				GROUP BY priority, repository_key ON CONFLICT DO NOTHING
				""").update();
	}

	private void add(long count, String open, String state, String detail, int repositories) {
		LongStream.iterate(0, (done) -> done < count, (done) -> done + AT_ONCE)
			.forEach((done) -> addSome(Math.min(AT_ONCE, count - done), open, state, detail, repositories));
	}

	private void addSome(long count, String open, String state, String detail, int repositories) {
		long first = this.made + 1;
		this.made += count;
		String range = "generate_series(%d, %d) AS n(x)".formatted(first, this.made);
		String number = "CAST(n.x AS VARCHAR)";
		this.database.jdbc().sql("""
				INSERT INTO build_order (id, provider, provider_id, trigger_kind, ref, commit_sha, image, request,
				    repository, team, origin, missed, delivery_id, recipe, created_at)
				SELECT LPAD(%1$s, 26, '0'), provider, provider_id, trigger_kind, ref, commit_sha, image,
				    'copy-' || %1$s, repository, team, origin, missed, delivery_id, recipe, created_at
				FROM build_order o, %2$s WHERE o.id = :model
				""".formatted(number, range)).param("model", this.model.order().id().value()).update();
		this.database.jdbc()
			.sql("""
					INSERT INTO build (id, order_id, attempt, open, state, state_detail, tags, adopted, repository_key,
					    trigger_kind, commit_sha, image, priority, created_at, changed_at, version)
					SELECT 'build-' || LPAD(%1$s, 26, '0'), LPAD(%1$s, 26, '0'), 1, %2$s, :state, :detail, tags, adopted,
					    'acme/r' || CAST(MOD(n.x, %3$d) AS VARCHAR), trigger_kind, commit_sha, image, priority, created_at,
					    changed_at, 0
					FROM build b, %4$s WHERE b.id = :model
					"""
				.formatted(number, open, repositories, range))
			.param("state", state)
			.param("detail", detail)
			.param("model", this.model.id().value())
			.update();
	}

}
