package dev.imagefactory.spine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.source.CommitSha;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever happens in whatever order: every build ends, no build has two runs, green is
 * true, and no tag stays held.
 */
class InterleavingTests {

	private static final List<CommitSha> COMMITS = List.of(Spine.C1, Spine.C2);

	private static final int MOST_BUILDS = 8;

	@Label("Every build ends once, and green only with its image")
	@Property(tries = 25)
	void everythingEnds(@ForAll long seed) {
		playOn(TestDatabase.h2(), seed);
	}

	@Label("The same on PostgreSQL")
	@Property(tries = 8)
	void everythingEndsOnPostgres(@ForAll long seed) {
		playOn(TestDatabase.postgres(), seed);
	}

	private static void playOn(TestDatabase database, long seed) {
		try (database; Spine spine = new Spine(database)) {
			Random random = new Random(seed);
			List<BuildId> builds = new ArrayList<>(List.of(spine.release("v1", Spine.C1)));
			for (int i = 0; i < 60; i++) {
				happen(spine, random, builds);
			}
			settle(spine);
			check(spine);
		}
	}

	private static void happen(Spine spine, Random random, List<BuildId> builds) {
		BuildId one = builds.get(random.nextInt(builds.size()));
		switch (random.nextInt(16)) {
			case 0, 1 -> order(spine, random, builds);
			case 2, 3, 4 -> spine.submitter.work();
			case 5, 6 -> spine.tracking.relist();
			case 7 -> spine.tracking.look(one);
			case 8 -> spine.clock.pass(Duration.ofSeconds(random.nextInt(8)));
			case 9 -> spine.restart();
			case 10 -> spine.requests.cancel(one, "ada");
			case 11 -> spine.registry.silent = random.nextBoolean();
			case 12 -> spine.engine.losingAnswers = random.nextBoolean();
			case 13 -> spine.engine.down = random.nextInt(3) == 0;
			case 14 -> spine.engine.notReleasing = random.nextInt(3) == 0;
			default -> live(spine, random);
		}
	}

	private static void order(Spine spine, Random random, List<BuildId> builds) {
		CommitSha commit = COMMITS.get(random.nextInt(COMMITS.size()));
		if (spine.count("build") >= MOST_BUILDS) {
			return;
		}
		if (random.nextBoolean()) {
			spine.reset("acme/app", 1, commit).ifPresent(builds::add);
		}
		else if (spine.requests.rerun(builds.get(random.nextInt(builds.size())),
				"ada") instanceof RerunAnswer.Accepted accepted) {
			builds.add(accepted.build().id());
		}
	}

	/** What happens to a run by itself. */
	private static void live(Spine spine, Random random) {
		List<BuildId> living = spine.engine.living();
		if (living.isEmpty()) {
			return;
		}
		BuildId run = living.get(random.nextInt(living.size()));
		switch (random.nextInt(7)) {
			case 0 -> spine.engine.phase(run, new RunPhase.Running(Step.values()[random.nextInt(4)]));
			case 1 -> forget(spine, run);
			case 2 -> spine.end(run, new RunPhase.Ended(new RunResult.Failed("no-dockerfile", "None."), null));
			case 3 -> spine.end(run, Spine.succeeded(spine.registry.make(run.value()).digest()));
			case 4 -> {
				push(spine, run);
				forget(spine, run);
			}
			case 5 -> spine.end(run, new RunPhase.Ended(new RunResult.Stopped("in step push"), push(spine, run)));
			default -> spine.end(run, Spine.succeeded(push(spine, run)));
		}
	}

	/**
	 * A run that nobody has seen yet does not vanish: it is begun again under its name,
	 * as the design wants it, and both engines hold runs until they are released.
	 */
	private static void forget(Spine spine, BuildId run) {
		if (spine.state(run) != StateName.SUBMITTING) {
			spine.engine.forget(run);
		}
		else {
			spine.end(run, new RunPhase.Ended(new RunResult.Errored("broken", "Broken."), null));
		}
	}

	private static Digest push(Spine spine, BuildId run) {
		return spine.isRetag(run) ? spine.point(run) : spine.pushImage(run);
	}

	/** Everything answers again, every run ends, and nobody asks for more. */
	private static void settle(Spine spine) {
		spine.registry.silent = false;
		spine.engine.losingAnswers = false;
		spine.engine.down = false;
		spine.engine.notReleasing = false;
		for (int i = 0; i < 60; i++) {
			spine.beat();
			spine.engine.living()
				.forEach((run) -> spine.end(run, new RunPhase.Ended(new RunResult.Stopped("in the end"), null)));
		}
	}

	private static void check(Spine spine) {
		for (Build build : spine.builds.list(BuildFilter.any(), null, 100)) {
			assertThat(build.isOpen()).as("%s is %s, %s", build.id(), build.state(), spine.builds.history(build.id()))
				.isFalse();
			assertThat(spine.engine.starts.getOrDefault(build.id(), 0)).isLessThanOrEqualTo(1);
			assertThat(spine.engine.knows(build.id())).as("released").isFalse();
			if (build.state().name() == StateName.SUCCEEDED) {
				Digest digest = build.image().digest();
				assertThat(digest).isNotNull();
				assertThat(spine.registry.holds(Spine.APP, digest)).isTrue();
			}
		}
		assertThat(spine.held()).isEmpty();
	}

}
