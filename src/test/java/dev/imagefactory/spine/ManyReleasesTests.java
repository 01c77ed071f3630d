package dev.imagefactory.spine;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.submission.QueueSettings;
import dev.imagefactory.submission.Submitter;
import org.junit.jupiter.api.Tag;

import static dev.imagefactory.spine.Spine.C1;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * One repository publishes very many releases at once, a thousand with the system
 * property {@code tests.soak}, and others are there, too.
 */
@Tag("scaled")
class ManyReleasesTests {

	private static final int RELEASES = Boolean.getBoolean("tests.soak") ? 1000 : 200;

	private static final int REPLICAS = 3;

	private static final QueueSettings LIMITS = new QueueSettings(24, 20);

	/** So many repositories take the places that these releases may not have. */
	private static final int OTHERS = LIMITS.maxRunning() - LIMITS.maxRunningPerRepository();

	private static final RunPhase.Ended FAILED = new RunPhase.Ended(new RunResult.Failed("no-dockerfile", "None."),
			null);

	private int commits;

	@EachDatabase
	void workWhenVeryManyReleasesComeAtOnceNeitherStarvesOthersNorFloodsTheEngine(TestDatabase database) {
		try (Spine spine = new Spine(database, LIMITS)) {
			List<Submitter> replicas = IntStream.range(0, REPLICAS)
				.mapToObj((number) -> spine.replica(spine.git))
				.toList();
			database.inTransaction()
				.executeWithoutResult((status) -> IntStream.range(0, RELEASES)
					.forEach((number) -> release(spine, "acme/flood", 1, "v" + number)));
			work(spine, replicas);
			assertThat(spine.engine.living()).hasSize(LIMITS.maxRunningPerRepository());
			IntStream.range(0, OTHERS).forEach((number) -> spine.push("acme/r" + number, 10 + number, C1));
			work(spine, replicas);
			assertThat(spine.engine.living()).as("no place is free").hasSize(LIMITS.maxRunning());
			BuildId push = spine.push("acme/web", 2, C1);
			BuildId release = release(spine, "acme/web", 2, "v1");
			assertThat(turnsUntilItRuns(spine, replicas, release)).as("turns until the release ran").isOne();
			assertThat(turnsUntilItRuns(spine, replicas, push)).as("some replica's eighth turn")
				.isLessThanOrEqualTo(8 * REPLICAS);
			playOn(spine, replicas);
			assertThat(spine.engine.starts).hasSize(RELEASES + OTHERS + 2)
				.allSatisfy((id, times) -> assertThat(times).isOne());
			assertThat(database.jdbc().sql("SELECT DISTINCT state FROM build").query(String.class).list())
				.containsExactly(StateName.FAILED.name());
		}
	}

	/**
	 * Stored as planning does. Two releases of one commit would wait for each other
	 * because of its tag.
	 */
	private BuildId release(Spine spine, String repository, long id, String tag) {
		RepositoryName name = RepositoryName.of(repository);
		CommitSha commit = CommitSha.of("%012x".formatted(++this.commits) + "0".repeat(28));
		OrderKey key = new OrderKey(RepositoryId.github(id), Trigger.RELEASE, GitRef.tag(tag), commit,
				spine.find(name).orElseThrow().defaultImage(), "");
		BuildOrder sample = SampleBuilds.order(key, ImageTag.release(tag), ImageTag.sha(commit));
		BuildOrder order = new BuildOrder(sample.id(), key, name, sample.team(), sample.origin(), false, null,
				sample.recipe(), spine.clock.instant());
		spine.clock.pass(Duration.ofMillis(1));
		Build build = Build.queued(BuildId.next(spine.clock.instant()), order, 1, spine.clock.instant());
		spine.orders.addIfAbsent(order);
		spine.builds.add(build);
		return build.id();
	}

	/** One run of them ends at a time, so that there is one turn to give. */
	private static int turnsUntilItRuns(Spine spine, List<Submitter> replicas, BuildId waiting) {
		int turns = 0;
		while (!spine.engine.knows(waiting) && turns < 100) {
			spine.end(flood(spine).getFirst(), FAILED);
			spine.tracking.relist();
			work(spine, replicas);
			turns++;
		}
		return turns;
	}

	private static List<BuildId> flood(Spine spine) {
		return spine.engine.living().stream().filter((id) -> repository(spine, id).equals("acme/flood")).toList();
	}

	private static void playOn(Spine spine, List<Submitter> replicas) {
		for (int round = 0; round < RELEASES && !spine.engine.living().isEmpty(); round++) {
			spine.engine.living().forEach((id) -> spine.end(id, FAILED));
			spine.tracking.relist();
			work(spine, replicas);
		}
	}

	/** All replicas at once; nothing ends meanwhile, so what is too much stays so. */
	private static void work(Spine spine, List<Submitter> replicas) {
		spine.clock.pass(Spine.APART);
		TestDatabase.together(REPLICAS, (number) -> {
			replicas.get(number).work();
			return number;
		});
		replicas.getFirst().work();
		Map<String, Long> alive = spine.engine.living()
			.stream()
			.collect(Collectors.groupingBy((id) -> repository(spine, id), Collectors.counting()));
		assertThat(alive.values()).as("runs of a repository")
			.allMatch((count) -> count <= LIMITS.maxRunningPerRepository());
		assertThat(spine.engine.living()).as("runs in all").hasSizeLessThanOrEqualTo(LIMITS.maxRunning());
	}

	private static String repository(Spine spine, BuildId id) {
		return spine.engine.sent.get(id).order().repository().toString();
	}

}
