package dev.imagefactory.engine.jdbc;

import java.time.Duration;
import java.util.List;

import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.spine.TestClock;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcUsedPlacesTests {

	private final TestClock clock = new TestClock();

	@EachDatabase
	void allWhenPlacesAreUsedNamesEachOnceWhoeverNotesIt(TestDatabase database) {
		UsedPlaces places = TestUsedPlaces.on(database, this.clock);
		UsedPlaces others = TestUsedPlaces.on(database, this.clock);
		places.used(List.of("builds", "search"));
		others.used(List.of("builds"));
		this.clock.pass(Duration.ofDays(6));
		assertThat(others.all()).containsExactlyInAnyOrder("builds", "search");
	}

	@EachDatabase
	void unusedWhenOthersUseThePlaceLatelyForgetsNothing(TestDatabase database) {
		UsedPlaces places = TestUsedPlaces.on(database, this.clock);
		places.used(List.of("builds", "search"));
		this.clock.pass(Duration.ofMinutes(50));
		TestUsedPlaces.on(database, this.clock).used(List.of("builds"));
		this.clock.pass(Duration.ofMinutes(20));
		places.unused(List.of("builds", "search"));
		assertThat(places.all()).containsExactly("builds");
		this.clock.pass(Duration.ofMinutes(50));
		places.unused(List.of("builds"));
		assertThat(places.all()).isEmpty();
	}

	@EachDatabase
	void allWhenNobodyCouldLookIntoAPlaceForAWeekForgetsIt(TestDatabase database) {
		UsedPlaces places = TestUsedPlaces.on(database, this.clock);
		places.used(List.of("builds"));
		this.clock.pass(Duration.ofDays(7));
		assertThat(places.all()).containsExactly("builds");
		this.clock.pass(Duration.ofHours(1));
		places.all();
		assertThat(places.all()).isEmpty();
	}

	/** Or its clock was set ahead: nobody has had a chance to look. */
	@EachDatabase
	void allWhenTheServiceStoodStillForAWeekNamesThePlaceUntilItWasAskedForAWhile(TestDatabase database) {
		TestUsedPlaces.on(database, this.clock).used(List.of("builds"));
		this.clock.pass(Duration.ofDays(8));
		UsedPlaces places = TestUsedPlaces.on(database, this.clock);
		assertThat(places.all()).as("when the watches begin").containsExactly("builds");
		assertThat(places.all()).as("at the first list").containsExactly("builds");
		this.clock.pass(Duration.ofHours(1));
		places.all();
		assertThat(places.all()).isEmpty();
	}

	@EachDatabase
	void allWhenTheClockWasSetBackRemembersNoPlaceForEver(TestDatabase database) {
		UsedPlaces places = TestUsedPlaces.on(database, this.clock);
		places.used(List.of("builds"));
		this.clock.pass(Duration.ofDays(-365));
		assertThat(places.all()).containsExactly("builds");
		this.clock.pass(Duration.ofHours(2));
		places.unused(List.of("builds"));
		assertThat(places.all()).isEmpty();
	}

}
