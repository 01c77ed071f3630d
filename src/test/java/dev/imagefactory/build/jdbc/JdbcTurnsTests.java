package dev.imagefactory.build.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Builds.QueuePlace;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.Turns;
import dev.imagefactory.build.Turns.Limits;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

class JdbcTurnsTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

	private static final TeamName SEARCH = TeamName.of("search");

	private static final Limits ROOMY = new Limits(1000, 1000);

	private final AtomicInteger numbers = new AtomicInteger();

	private Builds builds;

	private Turns turns;

	private void open(TestDatabase database) {
		this.builds = TestStore.builds(database, (event) -> {
		});
		this.turns = TestStore.turns(database);
		this.database = database;
	}

	private TestDatabase database;

	private Build release(String repository) {
		return add(SampleBuilds.release("v" + this.numbers.incrementAndGet()), repository);
	}

	private Build main(String repository) {
		return add(SampleBuilds.main(CommitSha.of("%040x".formatted(this.numbers.incrementAndGet()))), repository);
	}

	private Build add(BuildOrder order, String repository) {
		return add(order, repository, order.team());
	}

	private Build add(BuildOrder order, String repository, TeamName team) {
		BuildOrder moved = new BuildOrder(order.id(), order.key(), RepositoryName.of(repository), team, order.origin(),
				order.missed(), order.delivery(), order.recipe(), order.createdAt());
		TestStore.orders(this.database).addIfAbsent(moved);
		// Ids made in one JVM are in order only when their times are far apart.
		BuildId id = BuildId.next(NOW.plusSeconds(20L * this.numbers.get()));
		Build build = Build.queued(id, moved, 1, NOW);
		this.builds.add(build);
		return build;
	}

	private List<String> give(String process, Limits limits, int room, Instant at) {
		return this.turns.give(process, limits, room, at)
			.stream()
			.map((build) -> build.order().repository() + " " + build.order().key().trigger().wireName())
			.toList();
	}

	@EachDatabase
	void giveWhenSeveralRepositoriesWaitGoesInTurnBetweenThem(TestDatabase database) {
		open(database);
		IntStream.range(0, 3).forEach((number) -> release("acme/many"));
		release("acme/one");
		IntStream.range(0, 2).forEach((number) -> release("acme/two"));
		assertThat(give("a", ROOMY, 10, NOW)).containsExactly("acme/many release", "acme/one release",
				"acme/two release", "acme/many release", "acme/two release", "acme/many release");
		assertThat(give("a", ROOMY, 10, NOW)).isEmpty();
	}

	@EachDatabase
	void giveWhenUrgenciesDifferTakesTheMostUrgentFirst(TestDatabase database) {
		open(database);
		Build bulk = add(SampleBuilds.bulk(SampleBuilds.release("v0")), "acme/app");
		Build main = main("acme/app");
		Build manual = add(SampleBuilds.manual(GitRef.tag("v0")), "acme/app");
		Build release = release("acme/app");
		Build web = main("acme/web");
		assertThat(this.turns.give("a", ROOMY, 10, NOW)).extracting(Build::id)
			.containsExactly(release.id(), manual.id(), main.id(), web.id(), bulk.id());
	}

	@EachDatabase
	void giveWhenReleasesNeverEndLetsManualBuildsAndPushesThroughByTurnsButNoBulkRebuild(TestDatabase database) {
		open(database);
		add(SampleBuilds.bulk(SampleBuilds.release("v0")), "acme/bulk");
		IntStream.range(0, 40).forEach((number) -> release("acme/flood"));
		IntStream.range(0, 3).forEach((number) -> main("acme/web"));
		add(SampleBuilds.manual(GitRef.tag("v0")), "acme/web");
		List<String> given = give("a", ROOMY, 36, NOW);
		assertThat(given).hasSize(36);
		List<String> others = IntStream.of(7, 15, 23, 31).mapToObj(given::get).toList();
		assertThat(others).as("each eighth turn")
			.containsExactly("acme/web main", "acme/web manual", "acme/web main", "acme/web main");
		assertThat(given).filteredOn("acme/flood release"::equals).hasSize(32);
	}

	@EachDatabase
	void giveWhenSomebodyElseGivesTurnsGivesNoneAtOnce(TestDatabase database) {
		open(database);
		release("acme/app");
		whileHeld("SELECT priority FROM queue_time WHERE priority = 0",
				() -> assertThat(give("a", ROOMY, 10, NOW)).isEmpty());
		assertThat(give("a", ROOMY, 10, NOW)).hasSize(1);
	}

	@EachDatabase
	void giveWhenSomebodyElseHoldsABuildPassesItOverAtOnce(TestDatabase database) {
		open(database);
		Build held = release("acme/app");
		Build free = release("acme/app");
		whileHeld(held, () -> assertThat(this.turns.give("a", ROOMY, 10, NOW)).extracting(Build::id)
			.containsExactly(free.id()));
		assertThat(this.turns.give("a", ROOMY, 10, NOW)).extracting(Build::id).containsExactly(held.id());
	}

	@EachDatabase
	void unfinishedWhenSomebodyElseHoldsABuildPassesItOverAtOnce(TestDatabase database) {
		open(database);
		Build held = claimed(release("acme/app"));
		Build free = claimed(release("acme/web"));
		whileHeld(held,
				() -> assertThat(this.turns.unfinished("a", 10, NOW)).extracting(Build::id).containsExactly(free.id()));
		assertThat(this.turns.unfinished("a", 10, NOW)).extracting(Build::id).containsExactly(held.id());
	}

	private Build claimed(Build build) {
		this.builds.storeClaim(BuildMachine.apply(build, SampleBuilds.claimed(build), NOW).orElseThrow(),
				SampleBuilds.run(build));
		return build;
	}

	@EachDatabase
	void renewWhenSomebodyElseHoldsABuildProlongsTheOthersAtOnce(TestDatabase database) {
		open(database);
		Build held = release("acme/app");
		Build free = release("acme/web");
		give("a", ROOMY, 10, NOW);
		whileHeld(held, () -> this.turns.renew("a", List.of(held.id(), free.id()), NOW.plusSeconds(20)));
		assertThat(this.turns.give("b", ROOMY, 10, NOW.plus(Turns.LENGTH))).extracting(Build::id)
			.containsExactly(held.id());
	}

	@EachDatabase
	void wakeWhenSomebodyElseHoldsABuildWakesTheOthersAtOnce(TestDatabase database) {
		open(database);
		Build held = release("acme/app");
		Build free = release("acme/web");
		give("a", ROOMY, 10, NOW);
		List.of(held, free).forEach((build) -> this.turns.giveBack(build.id(), "a", NOW.plusSeconds(10)));
		whileHeld(held, () -> this.turns.wake(NOW));
		assertThat(this.turns.give("a", ROOMY, 10, NOW)).extracting(Build::id).containsExactly(free.id());
	}

	private void whileHeld(Build build, Executable work) {
		whileHeld("SELECT id FROM build WHERE id = '" + build.id() + "'", work);
	}

	/** Another connection holds a row: nobody waits for it. */
	private void whileHeld(String row, Executable work) {
		this.database.inTransaction().executeWithoutResult((status) -> {
			this.database.jdbc().sql(row + " FOR UPDATE").query().singleRow();
			Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), work);
		});
	}

	@EachDatabase
	void giveWhenOneRepositoryHasWaitedForLongDoesNotPunishItNorLetItStarveANewOne(TestDatabase database) {
		open(database);
		IntStream.range(0, 12).forEach((number) -> release("acme/busy"));
		give("a", ROOMY, 8, NOW);
		release("acme/new");
		release("acme/new");
		assertThat(give("a", ROOMY, 4, NOW)).as("in turn from the moment it came")
			.containsExactly("acme/new release", "acme/busy release", "acme/new release", "acme/busy release");
	}

	@EachDatabase
	void giveWhenARepositoryIsAtItsLimitGoesOnWithTheOthers(TestDatabase database) {
		open(database);
		IntStream.range(0, 5).forEach((number) -> release("acme/app"));
		Build web = main("acme/web");
		assertThat(give("a", new Limits(10, 2), 10, NOW)).containsExactly("acme/app release", "acme/app release",
				"acme/web main");
		assertThat(give("b", new Limits(10, 2), 10, NOW)).isEmpty();
		this.turns.giveBack(web.id(), "a", null);
		assertThat(give("b", new Limits(3, 2), 10, NOW)).containsExactly("acme/web main");
		assertThat(give("b", new Limits(3, 9), 10, NOW)).as("three are under way").isEmpty();
	}

	@EachDatabase
	void giveWhenABuildWasClaimedStillCountsIt(TestDatabase database) {
		open(database);
		Build first = release("acme/app");
		release("acme/app");
		assertThat(give("a", new Limits(1, 1), 5, NOW)).hasSize(1);
		this.builds.storeClaim(BuildMachine.apply(first, SampleBuilds.claimed(first), NOW).orElseThrow(),
				SampleBuilds.run(first));
		assertThat(give("a", new Limits(1, 1), 5, NOW.plusSeconds(300))).isEmpty();
		Build claimed = this.builds.find(first.id()).orElseThrow();
		this.builds
			.store(BuildMachine.apply(claimed, new BuildEvent.RunEnded(new RunResult.Failed("no", "No."), null), NOW)
				.orElseThrow());
		assertThat(give("a", new Limits(1, 1), 5, NOW)).hasSize(1);
	}

	@EachDatabase
	void giveWhenAProcessDiedGivesItsTurnsToOthersLater(TestDatabase database) {
		open(database);
		release("acme/app");
		assertThat(give("dead", ROOMY, 5, NOW)).hasSize(1);
		assertThat(give("b", ROOMY, 5, NOW.plus(Turns.LENGTH.minusSeconds(1)))).isEmpty();
		assertThat(give("b", ROOMY, 5, NOW.plus(Turns.LENGTH))).hasSize(1);
	}

	@EachDatabase
	void renewWhenTheProcessLivesKeepsItsTurnsAndNobodyElses(TestDatabase database) {
		open(database);
		Build build = release("acme/app");
		give("a", ROOMY, 5, NOW);
		this.turns.renew("a", List.of(build.id()), NOW.plusSeconds(20));
		this.turns.renew("b", List.of(build.id()), NOW.plusSeconds(25));
		assertThat(give("b", ROOMY, 5, NOW.plusSeconds(49))).isEmpty();
		assertThat(give("b", ROOMY, 5, NOW.plusSeconds(50))).hasSize(1);
	}

	/** Its place went to another build meanwhile. */
	@EachDatabase
	void renewWhenTheTurnIsOverDoesNotBringItBack(TestDatabase database) {
		open(database);
		Build late = release("acme/app");
		release("acme/web");
		assertThat(give("a", new Limits(1, 1), 1, NOW)).containsExactly("acme/app release");
		Instant over = NOW.plus(Turns.LENGTH);
		assertThat(give("b", new Limits(1, 1), 1, over)).containsExactly("acme/web release");
		this.turns.renew("a", List.of(late.id()), over);
		assertThat(isOwn(late, "a", over)).isFalse();
	}

	@EachDatabase
	void whileOwnWhenTheClockWasSetBackAndItsPlaceIsAnothersIsOver(TestDatabase database) {
		open(database);
		Build first = release("acme/app");
		release("acme/web");
		assertThat(give("a", new Limits(1, 1), 1, NOW)).containsExactly("acme/app release");
		Instant back = NOW.minus(Duration.ofHours(1));
		assertThat(give("b", new Limits(1, 1), 1, back)).containsExactly("acme/web release");
		assertThat(isOwn(first, "a", back)).isFalse();
		this.turns.renew("a", List.of(first.id()), back);
		assertThat(isOwn(first, "a", back)).isFalse();
	}

	/** Nobody sees what it does before its commit, which takes a while. */
	@EachDatabase
	void whileOwnWhenTheTurnEndsBeforeTheCommitGivesItsPlaceToNobodyElse(TestDatabase database) {
		open(database);
		Build late = release("acme/app");
		release("acme/web");
		give("a", new Limits(1, 1), 1, NOW);
		Instant over = NOW.plus(Turns.LENGTH);
		List<String> others = new ArrayList<>();
		boolean own = this.turns.whileOwn(late.id(), "a", over.minusSeconds(1),
				() -> others.addAll(CompletableFuture.supplyAsync(() -> give("b", new Limits(1, 1), 1, over)).join()));
		assertThat(own && !others.isEmpty()).as("both have the one place").isFalse();
	}

	/** So that the turn cannot end between the look at it and the commit. */
	@Test
	void whileOwnWhenItsProcessStandsStillIsEndedByTheServer() {
		try (TestDatabase server = TestDatabase.postgres()) {
			open(server);
			Build build = release("acme/app");
			give("a", ROOMY, 1, NOW);
			List<String> limit = new ArrayList<>();
			this.turns.whileOwn(build.id(), "a", NOW, () -> limit
				.add(server.jdbc().sql("SHOW idle_in_transaction_session_timeout").query(String.class).single()));
			assertThat(limit).containsExactly("3s");
		}
	}

	private boolean isOwn(Build build, String process, Instant at) {
		return this.turns.whileOwn(build.id(), process, at, () -> {
		});
	}

	@EachDatabase
	void giveWhenTheClockWasSetBackDoesNotWaitForItToCatchUp(TestDatabase database) {
		open(database);
		Build build = release("acme/app");
		give("a", ROOMY, 5, NOW);
		this.turns.giveBack(build.id(), "a", NOW.plusSeconds(15));
		assertThat(give("a", ROOMY, 5, NOW.minus(Duration.ofHours(1)))).hasSize(1);
	}

	@EachDatabase
	void giveBackWhenItIsToRestLeavesItAloneAndTakesNobodysPlace(TestDatabase database) {
		open(database);
		Build resting = release("acme/app");
		release("acme/web");
		assertThat(give("a", new Limits(1, 1), 1, NOW)).containsExactly("acme/app release");
		this.turns.giveBack(resting.id(), "a", NOW.plusSeconds(10));
		assertThat(give("a", new Limits(1, 1), 5, NOW.plusSeconds(1))).containsExactly("acme/web release");
		this.turns.wake(NOW.plusSeconds(2));
		assertThat(give("a", ROOMY, 5, NOW.plusSeconds(2))).containsExactly("acme/app release");
	}

	@EachDatabase
	void unfinishedWhenAClaimedBuildIsNobodysGivesItToOne(TestDatabase database) {
		open(database);
		Build build = release("acme/app");
		give("a", ROOMY, 5, NOW);
		this.builds.storeClaim(BuildMachine.apply(build, SampleBuilds.claimed(build), NOW).orElseThrow(),
				SampleBuilds.run(build));
		assertThat(this.turns.unfinished("b", 5, NOW.plusSeconds(1))).as("a finishes it").isEmpty();
		assertThat(this.turns.unfinished("b", 5, NOW.plus(Turns.LENGTH))).hasSize(1);
		assertThat(this.turns.unfinished("c", 5, NOW.plus(Turns.LENGTH))).isEmpty();
		this.turns.giveBack(build.id(), "b", null);
		assertThat(this.turns.unfinished("c", 5, NOW.plus(Turns.LENGTH))).hasSize(1);
	}

	@EachDatabase
	void queuePlaceWhenLanesTakeTurnsIsTheOrderOfTurns(TestDatabase database) {
		open(database);
		List<Build> all = new ArrayList<>();
		IntStream.range(0, 4).forEach((number) -> all.add(release("acme/many")));
		IntStream.range(0, 2).forEach((number) -> all.add(release("acme/few")));
		all.add(main("acme/app"));
		Map<BuildId, Integer> positions = new HashMap<>();
		all.forEach((build) -> positions.put(build.id(), place(build).position()));
		List<BuildId> order = this.turns.give("a", ROOMY, 10, NOW).stream().map(Build::id).toList();
		assertThat(order).hasSize(7);
		order.forEach((id) -> assertThat(positions.get(id)).isEqualTo(order.indexOf(id) + 1));
	}

	@EachDatabase
	void queuePlaceWhenALimitIsReachedNamesIt(TestDatabase database) {
		open(database);
		Build first = release("acme/app");
		Build second = release("acme/app");
		Build other = release("acme/web");
		assertThat(place(second).reason()).isEqualTo("waiting-for-its-turn");
		give("a", new Limits(1, 1), 1, NOW);
		this.builds.storeClaim(BuildMachine.apply(first, SampleBuilds.claimed(first), NOW).orElseThrow(),
				SampleBuilds.run(first));
		assertThat(place(second).reason()).isEqualTo("repository-limit");
		assertThat(place(other).reason()).isEqualTo("limit");
	}

	@EachDatabase
	void giveWhenThereIsALongHistoryLooksAtNothingOfIt(TestDatabase database) {
		new ManyBuilds(database).addHistory(3_000);
		database.jdbc().sql("ANALYZE").update();
		String plan = String.join("\n",
				database.jdbc()
					.sql("EXPLAIN ANALYZE " + UnderWay.SQL)
					.param("now", Columns.time(NOW))
					.param("longest", Columns.time(NOW.plusSeconds(60)))
					.query(String.class)
					.list());
		assertThat(ListingTests.LOOKED_AT.matcher(plan).results().map((found) -> Integer.parseInt(found.group(1))))
			.isNotEmpty()
			.allMatch((rows) -> rows < 10);
	}

	@EachDatabase
	void giveWhenARunIsPutOffCountsItOnlyWhileItHasItsTurn(TestDatabase database) {
		open(database);
		this.turns = TestStore.turns(database, (team) -> Optional.of(team.equals(SEARCH) ? "search" : "builds"));
		Build off = claimed(release("acme/app"));
		putOff(off);
		release("acme/api");
		add(SampleBuilds.main(CommitSha.of("c4".repeat(20))), "acme/web", SEARCH);
		Limits one = new Limits(1, 1);
		assertThat(this.turns.unfinished("a", 5, NOW)).as("only within the limits").isEmpty();
		assertThat(give("a", one, 5, NOW)).as("it may be taken now").containsExactly("acme/app release");
		assertThat(give("b", one, 5, NOW)).as("and counts meanwhile").isEmpty();
		this.turns.giveBack(off.id(), "a", NOW.plusSeconds(5));
		assertThat(give("b", one, 5, NOW)).as("its place is closed, not that of others")
			.containsExactly("acme/web main");
		assertThat(give("b", one, 5, NOW.plusSeconds(5))).as("no place is free for it").isEmpty();
		assertThat(give("b", new Limits(2, 1), 5, NOW.plusSeconds(5))).containsExactly("acme/app release");
		this.builds.store(BuildMachine.apply(find(off), new BuildEvent.RunTaken(), NOW).orElseThrow());
		assertThat(give("b", new Limits(3, 1), 5, NOW.plusSeconds(6))).as("nothing is closed any more")
			.containsExactly("acme/api release");
	}

	@EachDatabase
	void giveWhenRunsArePutOffBeginsNoMoreOfARepositoryThanItsLimit(TestDatabase database) {
		open(database);
		List<Build> app = IntStream.range(0, 3).mapToObj((number) -> claimed(release("acme/app"))).toList();
		app.forEach(this::putOff);
		putOff(claimed(release("acme/web")));
		release("acme/app");
		Limits two = new Limits(10, 2);
		assertThat(give("a", two, 10, NOW)).as("those behind them are not kept out")
			.containsExactly("acme/app release", "acme/app release", "acme/web release");
		assertThat(give("b", two, 10, NOW)).isEmpty();
		this.turns.giveBack(app.getFirst().id(), "a", NOW.plusSeconds(5));
		assertThat(this.turns.give("b", two, 10, NOW)).extracting(Build::id).containsExactly(app.getLast().id());
	}

	/**
	 * What was ordered before goes where it went then, and what is ordered now does not.
	 */
	@EachDatabase
	void giveWhenARepositoryChangedItsTeamPassesOverTheBuildsOfTheClosedOneOnly(TestDatabase database) {
		open(database);
		this.turns = TestStore.turns(database, (team) -> Optional.of(team.equals(SEARCH) ? "search" : "builds"));
		Build off = claimed(release("acme/api"));
		putOff(off);
		this.turns.giveBack(off.id(), "a", NOW);
		assertThat(give("a", ROOMY, 1, NOW)).containsExactly("acme/api release");
		IntStream.range(0, 8).forEach((number) -> release("acme/left"));
		Build left = add(SampleBuilds.release("v" + this.numbers.incrementAndGet()), "acme/left", SEARCH);
		Build came = add(SampleBuilds.release("v" + this.numbers.incrementAndGet()), "acme/came", SEARCH);
		release("acme/came");
		release("acme/stays");
		assertThat(this.turns.give("b", ROOMY, 9, NOW)).extracting(Build::id)
			.containsExactlyInAnyOrder(left.id(), came.id());
		assertThat(give("b", ROOMY, 9, NOW)).isEmpty();
	}

	@EachDatabase
	void unfinishedWhenAPutOffBuildIsCancelledGivesItWhateverTheLimits(TestDatabase database) {
		open(database);
		Build off = claimed(release("acme/app"));
		putOff(off);
		this.builds.store(BuildMachine.apply(find(off), new BuildEvent.CancelAsked("ada"), NOW).orElseThrow());
		assertThat(give("a", ROOMY, 5, NOW)).isEmpty();
		assertThat(this.turns.unfinished("a", 5, NOW)).extracting(Build::id).containsExactly(off.id());
	}

	private void putOff(Build build) {
		BuildEvent off = new BuildEvent.RunPutOff(new BuildState.PutOff("quota", "It is used up.", "builds", true));
		this.builds.store(BuildMachine.apply(find(build), off, NOW).orElseThrow());
		assertThat(find(build).state().why()).contains("quota");
	}

	private Build find(Build build) {
		return this.builds.find(build.id()).orElseThrow();
	}

	private QueuePlace place(Build build) {
		return this.builds.queuePlace(build.id()).orElseThrow();
	}

	@EachDatabase
	void giveWhenManyProcessesAskAtATimeNeverExceedsALimitAndLosesNoBuild(TestDatabase database) {
		open(database);
		int each = 30;
		Limits limits = new Limits(5, 2);
		Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
		AtomicInteger all = new AtomicInteger();
		AtomicInteger done = new AtomicInteger();
		List<String> broken = Collections.synchronizedList(new ArrayList<>());
		Turns shared = this.turns;
		TestDatabase.together(7, (thread) -> {
			if (thread < 4) {
				IntStream.range(0, each).forEach((number) -> release("acme/r" + thread));
				return thread;
			}
			while (done.get() < 4 * each) {
				for (Build build : shared.give("p" + thread, limits, 3, NOW)) {
					String repository = build.order().repository().toString();
					int now = running.computeIfAbsent(repository, (name) -> new AtomicInteger()).incrementAndGet();
					if (all.incrementAndGet() > limits.all() || now > limits.ofRepository()) {
						broken.add(repository + " " + now + " of " + all);
					}
					running.get(repository).decrementAndGet();
					all.decrementAndGet();
					this.builds.store(BuildMachine.apply(build, new BuildEvent.CancelAsked("ada"), NOW).orElseThrow());
					done.incrementAndGet();
				}
			}
			return thread;
		});
		assertThat(broken).isEmpty();
		assertThat(done).hasValue(4 * each);
		assertThat(give("z", ROOMY, 10, NOW)).isEmpty();
		release("acme/r0");
		assertThat(give("z", ROOMY, 10, NOW)).as("a lane that was closed opens again").hasSize(1);
	}

	@EachDatabase
	void turnsWhenTheDatabaseFallsMayBeForgottenAndWhatIsDoneInThemMayNot(TestDatabase database) {
		open(database);
		List<String> names = new ArrayList<>();
		Turns noted = new JdbcTurns(database.jdbc(), database.transactions(names), this.builds,
				new StandstillLimit(new JdbcTemplate(database.source())), TestStore.nowhere());
		Build build = release("acme/app");
		noted.give("a", ROOMY, 1, NOW);
		noted.unfinished("a", 1, NOW);
		noted.renew("a", List.of(build.id()), NOW);
		noted.giveBack(build.id(), "a", NOW);
		noted.wake(NOW);
		assertThat(names).hasSize(5).containsOnly("forgettable");
		noted.whileOwn(build.id(), "a", NOW, () -> {
		});
		assertThat(names).last().isEqualTo("");
	}

}
