package dev.imagefactory.build.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

class ListingTests {

	private static final int STORED = 4_000;

	private static final int PAGE = 50;

	/** What a database says it looked at, in its own words. */
	static final Pattern LOOKED_AT = Pattern
		.compile("(?:scanCount: |actual [^\\n]*rows=|Rows Removed by Filter: |Heap Fetches: )(\\d+)");

	/** The rarest are the oldest, and nothing newer matches. */
	@EachDatabase
	void listWhenThereIsALongHistoryLooksAtAPageOnly(TestDatabase database) {
		new ManyBuilds(database).addHistory(STORED);
		database.jdbc().sql("UPDATE build SET state = 'FAILED' WHERE id < :id").param("id", id(60)).update();
		database.jdbc()
			.sql("UPDATE build SET trigger_kind = 'manual' WHERE id > :low AND id < :high")
			.param("low", id(100))
			.param("high", id(160))
			.update();
		database.jdbc().sql("ANALYZE").update();
		Instant later = SampleBuilds.NOW.plus(Duration.ofHours(1));
		RepositoryName repository = RepositoryName.of("acme/r7");
		for (BuildFilter filter : List.of(BuildFilter.any(), state(StateName.FAILED), state(StateName.SUCCEEDED),
				trigger(Trigger.MANUAL), trigger(SampleBuilds.queued().order().key().trigger()), since(later),
				since(Instant.EPOCH), new BuildFilter(null, StateName.SUCCEEDED, null, null, later),
				new BuildFilter(repository, null, null, null, null),
				new BuildFilter(null, null, null, SampleBuilds.queued().order().key().commit(), null))) {
			assertThat(mostLookedAt(database, filter, null)).as("%s", filter).isLessThan(5L * PAGE);
			assertThat(mostLookedAt(database, filter, BuildId.of(id(2_000)))).as("%s", filter).isLessThan(5L * PAGE);
		}
	}

	private static BuildFilter state(StateName state) {
		return new BuildFilter(null, state, null, null, null);
	}

	private static BuildFilter trigger(Trigger trigger) {
		return new BuildFilter(null, null, trigger, null, null);
	}

	private static BuildFilter since(Instant since) {
		return new BuildFilter(null, null, null, null, since);
	}

	private static String id(int number) {
		return "build-%026d".formatted(number);
	}

	private static long mostLookedAt(TestDatabase database, BuildFilter filter, @Nullable BuildId before) {
		Listing listing = new Listing(filter, before, PAGE);
		String plan = String.join("\n",
				database.jdbc()
					.sql("EXPLAIN ANALYZE " + JdbcBuilds.SELECT + listing.sql())
					.params(listing.params())
					.query(String.class)
					.list());
		return LOOKED_AT.matcher(plan)
			.results()
			.map((MatchResult found) -> Long.parseLong(found.group(1)))
			.max(Long::compare)
			.orElseThrow(() -> new AssertionError("Nothing was counted in\n" + plan));
	}

	@EachDatabase
	void listWhenSinceIsTheVeryInstantOfABuildGivesIt(TestDatabase database) {
		Build build = Build.queued(BuildId.next(SampleBuilds.NOW), SampleBuilds.release("v1"), 1, SampleBuilds.NOW);
		TestStore.orders(database).addIfAbsent(build.order());
		JdbcBuilds builds = new JdbcBuilds(database.jdbc(), database.transactions(), TestStore.tags(database),
				(event) -> {
				}, TestStore.nowhere());
		builds.add(build);
		Instant created = build.times().createdAt();
		assertThat(builds.list(since(created), null, 9)).extracting(Build::id).containsExactly(build.id());
		assertThat(builds.list(since(created.plusMillis(1)), null, 9)).isEmpty();
		assertThat(builds.list(since(Instant.EPOCH.minusSeconds(1)), null, 9)).hasSize(1);
		assertThat(builds.list(since(Instant.parse("9999-12-31T00:00:00Z")), null, 9)).isEmpty();
	}

}
