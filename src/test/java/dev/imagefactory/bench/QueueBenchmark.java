package dev.imagefactory.bench;

import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import dev.imagefactory.build.Turns;
import dev.imagefactory.build.jdbc.ManyBuilds;
import dev.imagefactory.build.jdbc.TestStore;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What it costs to give a turn and to claim a build while much is queued and stored, and
 * to say where a build stands. Results go to {@code target/benchmarks-queue.md}.
 */
@Isolated
class QueueBenchmark {

	private static final Results RESULTS = Results.in("benchmarks-queue.md");

	private static final Turns.Limits LIMITS = new Turns.Limits(20, 3);

	private static final long MOST_STORED = Long.getLong("bench.stored", 1_000_000);

	private static final int REPOSITORIES = 200;

	private static final int ROUNDS = 1000;

	@Test
	void turnsOnH2() {
		try (TestDatabase database = TestDatabase.h2()) {
			turns(database);
		}
	}

	@Test
	void turnsOnPostgres() {
		try (TestDatabase database = TestDatabase.durablePostgres()) {
			turns(database);
		}
	}

	private void turns(TestDatabase database) {
		RESULTS
			.say("%n%s, %s, %d cores%n".formatted(database.jdbc().sql("SELECT version()").query(String.class).single(),
					Instant.now(), Runtime.getRuntime().availableProcessors()));
		RESULTS.say("| stored | queued | what | times | rate | p50 | p95 | p99 |");
		RESULTS.say("| --- | --- | --- | --- | --- | --- | --- | --- |");
		ManyBuilds many = new ManyBuilds(database);
		many.addQueued(2 * ROUNDS, REPOSITORIES);
		many.addHistory(10_000);
		rounds(database);
		many.addQueued(2 * ROUNDS, REPOSITORIES);
		measure(database, "10,000", "2,000");
		many.addQueued(100_000, REPOSITORIES);
		measure(database, "10,000", "100,000");
		many.addHistory(MOST_STORED - 10_000);
		measure(database, "%,d".formatted(MOST_STORED), "100,000");
		measureReading(database);
	}

	private void measure(TestDatabase database, String stored, String queued) {
		database.cleanUp();
		Rounds rounds = rounds(database);
		RESULTS
			.say("| %s | %s %s".formatted(stored, queued, new Latencies(rounds.given(), rounds.wall()).row("a turn")));
		RESULTS.say("| %s | %s %s".formatted(stored, queued,
				new Latencies(rounds.claimed(), rounds.wall()).row("the claim")));
	}

	private Rounds rounds(TestDatabase database) {
		Builds builds = TestStore.builds(database, (event) -> {
		});
		Turns turns = TestStore.turns(database);
		Tags tags = TestStore.tags(database);
		long[] given = new long[ROUNDS];
		long[] claimed = new long[ROUNDS];
		long start = System.nanoTime();
		for (int i = 0; i < ROUNDS; i++) {
			long before = System.nanoTime();
			Build build = turns.give("bench", LIMITS, 1, Instant.now()).getFirst();
			given[i] = System.nanoTime() - before;
			before = System.nanoTime();
			Transition claim = BuildMachine.apply(build, SampleBuilds.claimed(build), Instant.now()).orElseThrow();
			database.inTransaction().executeWithoutResult((status) -> {
				assertThat(tags.take(build.order().key().image(), build.tags(), build.id())).isTrue();
				builds.storeClaim(claim, SampleBuilds.run(build));
			});
			claimed[i] = System.nanoTime() - before;
			end(builds, build);
		}
		return new Rounds(given, claimed, System.nanoTime() - start);
	}

	private static void end(Builds builds, Build build) {
		Build now = builds.find(build.id()).orElseThrow();
		builds.store(
				BuildMachine.apply(now, new BuildEvent.RunEnded(new RunResult.Failed("no", "No."), null), Instant.now())
					.orElseThrow());
	}

	private void measureReading(TestDatabase database) {
		Builds builds = TestStore.builds(database, (event) -> {
		});
		Build last = builds.open(List.of(StateName.QUEUED), 1).getFirst();
		timed("where a build stands", () -> builds.queuePlace(last.id()));
		timed("newest 50 builds", () -> builds.list(BuildFilter.any(), null, 50));
		timed("newest 50 of a repository", () -> builds.list(filter(RepositoryName.of("acme/r7"), null), null, 50));
		timed("newest 50 that succeeded", () -> builds.list(filter(null, StateName.SUCCEEDED), null, 50));
		timed("newest 50 that are lost", () -> builds.list(filter(null, StateName.LOST), null, 50));
		timed("builds under way", () -> builds.open(List.of(StateName.SUBMITTING, StateName.RUNNING), 1000));
	}

	private static BuildFilter filter(RepositoryName repository, StateName state) {
		return new BuildFilter(repository, state, null, null, null);
	}

	private static void timed(String what, Supplier<Object> work) {
		long[] nanos = new long[20];
		long start = System.nanoTime();
		for (int i = 0; i < nanos.length; i++) {
			long before = System.nanoTime();
			work.get();
			nanos[i] = System.nanoTime() - before;
		}
		RESULTS.say(
				"| %,d | 100,000 %s".formatted(MOST_STORED, new Latencies(nanos, System.nanoTime() - start).row(what)));
	}

	/**
	 * What turns and claims took.
	 *
	 * @param given nanoseconds of each turn
	 * @param claimed nanoseconds of each claim
	 * @param wall nanoseconds of all
	 */
	private record Rounds(long[] given, long[] claimed, long wall) {
	}

}
