package dev.imagefactory.build.jdbc;

import java.util.Map;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;

import static dev.imagefactory.build.SampleBuilds.NOW;
import static org.assertj.core.api.Assertions.assertThat;

/** What is asked of the builds under way reads neither the queue nor the history. */
class LongQueueTests {

	private static final int STORED = 3_000;

	private static final Map<String, Object> TIMES = Map.of("now", Columns.time(NOW), "longest",
			Columns.time(NOW.plusSeconds(60)), "limit", 16);

	@EachDatabase
	void openPlacesWhenTheQueueIsLongReadsNothingOfIt(TestDatabase database) {
		assertLooksAtLittle(database, JdbcBuilds.OPEN_PLACES, Map.of());
	}

	@EachDatabase
	void queuePlaceWhenTheQueueIsLongCountsWhatIsUnderWayOnly(TestDatabase database) {
		assertLooksAtLittle(database, QueuePlaces.UNDER_WAY, Map.of("repository", "acme/app"));
	}

	@EachDatabase
	void unfinishedWhenTheQueueIsLongReadsNothingOfIt(TestDatabase database) {
		assertLooksAtLittle(database, ClaimedTurns.claimed(ClaimedTurns.UNFINISHED), TIMES);
	}

	@EachDatabase
	void giveWhenTheQueueIsLongLooksForWhatIsPutOffOnly(TestDatabase database) {
		assertLooksAtLittle(database, ClaimedTurns.claimed(ClaimedTurns.PUT_OFF), TIMES);
	}

	@EachDatabase
	void giveWhenTheQueueIsLongTakesOnlyTheEndsOfEachLane(TestDatabase database) {
		assertLooksAtLittle(database, ClosedPlaces.ENDS, Map.of());
	}

	private static void assertLooksAtLittle(TestDatabase database, String question, Map<String, ?> params) {
		ManyBuilds builds = new ManyBuilds(database);
		builds.addHistory(STORED);
		builds.addQueued(STORED, 10);
		database.jdbc().sql("ANALYZE").update();
		String plan = String.join("\n",
				database.jdbc().sql("EXPLAIN ANALYZE " + question).params(params).query(String.class).list());
		assertThat(ListingTests.LOOKED_AT.matcher(plan).results().map((found) -> Integer.parseInt(found.group(1))))
			.as(plan)
			.isNotEmpty()
			.allMatch((rows) -> rows < 20);
	}

}
