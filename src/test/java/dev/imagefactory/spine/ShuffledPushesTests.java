package dev.imagefactory.spine;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.git.Ancestry;
import dev.imagefactory.git.Git;
import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.git.GitRemote;
import dev.imagefactory.git.SampleRepository;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.planning.TestPlanning;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.submission.Submitter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

import static dev.imagefactory.database.TestDatabase.together;
import static dev.imagefactory.spine.Spine.MAIN;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pushes in any order, some of them twice and some never, built by three replicas over a
 * real repository at a real git server: {@code dev} ends at the newest commit that came,
 * and never points at an older one than before. They are a hundred with the system
 * property {@code tests.soak}.
 */
@Tag("scaled")
@Order(1)
class ShuffledPushesTests {

	private static final boolean SOAK = Boolean.getBoolean("tests.soak");

	private static final int PUSHES = SOAK ? 100 : 40;

	/** How many orders are tried on each database. */
	private static final int SEEDS = SOAK ? 20 : 1;

	@TempDir
	Path folder;

	@EachDatabase
	void pushesWhenShuffledMoveDevForwardOnly(TestDatabase database) throws IOException {
		for (int seed = 1; seed <= SEEDS; seed++) {
			try (World world = new World(database, this.folder, seed)) {
				shuffled(world, new Random(seed), seed);
			}
		}
	}

	/**
	 * One in ten pushes is never delivered, and one in three is delivered twice; with
	 * every other seed the branch's head is never delivered, so that it is of no help.
	 */
	private static void shuffled(World world, Random random, int seed) {
		List<CommitSha> commits = world.commits(PUSHES);
		List<CommitSha> deliveries = new ArrayList<>();
		for (CommitSha commit : commits) {
			boolean lost = random.nextInt(10) == 0 || seed % 2 == 0 && commit.equals(commits.getLast());
			int times = lost ? 0 : (random.nextInt(3) == 0) ? 2 : 1;
			deliveries.addAll(Collections.nCopies(times, commit));
		}
		Collections.shuffle(deliveries, random);
		int next = 0;
		while (next < deliveries.size()) {
			int burst = Math.min(deliveries.size(), next + random.nextInt(12));
			deliveries.subList(next, burst).forEach(world::deliver);
			next = burst;
			world.work(random);
		}
		world.settle(random);
		CommitSha newest = commits.stream().filter(deliveries::contains).reduce((one, two) -> two).orElseThrow();
		world.checkEveryPushHasItsBuild(deliveries);
		assertThat(world.devAtTheRegistry()).as("seed %d", seed).contains(newest);
		assertThat(world.spine.tags.find(world.image, "dev").map(Tags.Known::commit)).contains(newest);
		world.checkForwardOnly();
	}

	@EachDatabase
	void pushesWhenHistoryIsRewrittenInBetweenEndAtTheNewHead(TestDatabase database) throws IOException {
		try (World world = new World(database, this.folder, 1)) {
			Random random = new Random(7);
			List<CommitSha> old = world.commits(12);
			old.subList(0, 6).forEach(world::deliver);
			world.work(random);
			List<CommitSha> late = new ArrayList<>(old.subList(6, 12));
			world.repository.force("main", old.get(2));
			List<CommitSha> rewritten = world.commits(6);
			late.addAll(rewritten);
			Collections.shuffle(late, random);
			for (CommitSha commit : late) {
				world.deliver(commit);
				world.work(random);
			}
			world.settle(random);
			assertThat(world.devAtTheRegistry()).contains(rewritten.getLast());
			world.checkForwardOnlyBut(1);
		}
	}

	/**
	 * Half of the pushes are resets to commits that came before, whatever runs; one in
	 * three is heard of later, in any order.
	 */
	@EachDatabase
	void pushesWhenTheBranchIsResetToCommitsOfBeforeEndAtItsHead(TestDatabase database) throws IOException {
		for (int seed = 1; seed <= SEEDS; seed++) {
			try (World world = new World(database, this.folder, 100 + seed)) {
				Random random = new Random(seed);
				List<CommitSha> known = new ArrayList<>(world.commits(1));
				world.deliver(known.getFirst());
				List<CommitSha> late = new ArrayList<>();
				for (int i = 0; i < 12; i++) {
					moveBranch(world, random, known, late);
				}
				deliverSome(world, random, late, late.size());
				world.settle(random);
				world.checkDevIsAtTheHead();
				CommitSha head = world.head();
				CommitSha other = known.stream().filter((commit) -> !commit.equals(head)).findFirst().orElseThrow();
				world.repository.force("main", other);
				world.deliver(other);
				world.settle(random);
				world.checkDevIsAtTheHead();
			}
		}
	}

	/** Some old pushes come once more, and not all is built before the next. */
	private static void moveBranch(World world, Random random, List<CommitSha> known, List<CommitSha> late) {
		if (random.nextBoolean()) {
			world.repository.force("main", known.get(random.nextInt(known.size())));
		}
		else {
			known.addAll(world.commits(1));
		}
		if (random.nextInt(3) == 0) {
			late.add(world.head());
		}
		else {
			world.deliver(world.head());
		}
		deliverSome(world, random, late, random.nextInt(2));
		if (random.nextInt(4) == 0) {
			world.deliver(known.get(random.nextInt(known.size())));
		}
		for (int works = random.nextInt(6); works > 0; works--) {
			world.work(random);
		}
	}

	private static void deliverSome(World world, Random random, List<CommitSha> late, int most) {
		Collections.shuffle(late, random);
		List<CommitSha> some = late.subList(0, Math.min(most, late.size()));
		some.forEach(world::deliver);
		some.clear();
	}

	@EachDatabase
	void pushesWhenSomeBuildsFailEndAtTheNewestThatWorks(TestDatabase database) throws IOException {
		try (World world = new World(database, this.folder, 1)) {
			Random random = new Random(11);
			List<CommitSha> commits = world.commits(30);
			world.broken.addAll(commits.subList(20, 30));
			List<CommitSha> shuffled = new ArrayList<>(commits);
			Collections.shuffle(shuffled, random);
			shuffled.forEach((commit) -> {
				world.deliver(commit);
				world.work(random);
			});
			world.settle(random);
			CommitSha best = world.succeeded()
				.reduce((one, two) -> (commits.indexOf(one) > commits.indexOf(two)) ? one : two)
				.orElseThrow();
			assertThat(world.devAtTheRegistry()).contains(best);
			world.checkForwardOnly();
		}
	}

	/** Three replicas over one database, a repository and a registry. */
	private static final class World implements AutoCloseable {

		final Spine spine;

		final ImageName image;

		private final int number;

		private final String name;

		final SampleRepository repository;

		final List<CommitSha> broken = new ArrayList<>();

		private final GitHttpServer server;

		private final Git git = SampleRepository.client();

		private final GitRemote remote;

		private final List<Submitter> replicas;

		private final Map<Digest, CommitSha> images = new HashMap<>();

		private final List<DeliveryId> deliveries = new ArrayList<>();

		/** What dev pointed at, one after the other. */
		private final List<CommitSha> dev = new ArrayList<>();

		World(TestDatabase database, Path folder, int number) throws IOException {
			this.number = number;
			this.name = "acme/app" + number;
			this.image = ImageName.of("payments/app" + number);
			this.repository = SampleRepository.in(folder.resolve(this.name)).file("Dockerfile", "FROM scratch\n");
			this.server = GitHttpServer.open(folder);
			this.spine = new Spine(database);
			this.spine.cloneUrl = this.server.url("");
			this.remote = new GitRemote(RepositoryName.of(this.name), this.server.url(this.name), null);
			this.spine.planner = TestPlanning.planner(this.spine.planned(), this.spine, this.git, Runnable::run,
					this.spine.clock);
			this.replicas = Stream.generate(() -> this.spine.replica(SampleRepository.client())).limit(3).toList();
		}

		List<CommitSha> commits(int count) {
			return Stream.iterate(0, (number) -> number + 1)
				.limit(count)
				.map((number) -> this.repository.file("n", this.dev.size() + "." + number).commit("commit " + number))
				.toList();
		}

		/** Each delivery has a GUID of its own, as two hooks' deliveries have. */
		void deliver(CommitSha commit) {
			this.deliveries
				.add(this.spine.plan(SignedDelivery.push(this.name, this.number, MAIN.value(), commit.value())).id());
		}

		/** The replicas look at the queue at the same moment, then runs go on. */
		void work(Random random) {
			this.spine.clock.pass(Duration.ofSeconds(20));
			this.spine.planner.work();
			together(this.replicas.size(), (number) -> {
				this.replicas.get(number).work();
				return number;
			});
			for (BuildId run : this.spine.engine.living()) {
				if (random.nextInt(3) > 0) {
					end(run);
				}
			}
			this.spine.tracking.relist();
		}

		private void end(BuildId run) {
			OrderKey key = this.spine.engine.sent.get(run).order().key();
			if (this.broken.contains(key.commit())) {
				this.spine.end(run,
						new RunPhase.Ended(new RunResult.Failed("build-failed", "It does not build."), null));
				return;
			}
			if (this.spine.isRetag(run)) {
				this.spine.retag(run);
			}
			else {
				this.images.put(this.spine.finish(run), key.commit());
			}
			CommitSha now = devAtTheRegistry().orElseThrow();
			if (this.dev.isEmpty() || !this.dev.getLast().equals(now)) {
				this.dev.add(now);
			}
		}

		void settle(Random random) {
			for (int i = 0; i < 200 && (all().anyMatch(Build::isOpen) || isPlanned()); i++) {
				work(random);
			}
			assertThat(isPlanned()).isFalse();
			assertThat(all()).noneMatch(Build::isOpen);
			assertThat(this.spine.held()).isEmpty();
		}

		private boolean isPlanned() {
			return this.deliveries.stream()
				.map((id) -> this.spine.deliveries.find(id).orElseThrow().decision().outcome())
				.anyMatch((outcome) -> outcome == DeliveryOutcome.ACCEPTED);
		}

		private Stream<Build> all() {
			return Stream.iterate(page(null), (page) -> !page.isEmpty(), (page) -> page(page.getLast().id()))
				.flatMap(List::stream)
				.filter((build) -> build.order().key().image().equals(this.image));
		}

		/** Worlds before this one have left theirs in the same database. */
		private List<Build> page(@Nullable BuildId before) {
			return this.spine.builds.list(BuildFilter.any(), before, 500);
		}

		Stream<CommitSha> succeeded() {
			return all().filter((build) -> build.state().name() == StateName.SUCCEEDED)
				.map((build) -> build.order().key().commit());
		}

		Optional<CommitSha> devAtTheRegistry() {
			return this.spine.registry.digest(this.image, "dev").map(this.images::get);
		}

		CommitSha head() {
			return this.git.resolve(this.remote, MAIN).orElseThrow();
		}

		void checkDevIsAtTheHead() {
			assertThat(devAtTheRegistry()).contains(head());
			assertThat(this.spine.tags.find(this.image, "dev").map(Tags.Known::commit)).contains(head());
		}

		void checkEveryPushHasItsBuild(List<CommitSha> deliveries) {
			assertThat(all().map((build) -> build.order().key().commit()))
				.containsExactlyInAnyOrderElementsOf(deliveries.stream().distinct().toList());
			assertThat(all().map((build) -> build.state().name())).containsOnly(StateName.SUCCEEDED,
					StateName.SUPERSEDED);
			assertThat(all().filter((build) -> build.state().name() == StateName.SUCCEEDED)).allSatisfy(
					(build) -> assertThat(build.tags()).contains(ImageTag.devSha(build.order().key().commit())));
		}

		void checkForwardOnly() {
			checkForwardOnlyBut(0);
		}

		/** Only a rewritten history may take dev to a commit that is not newer. */
		void checkForwardOnlyBut(int times) {
			long others = 0;
			for (int i = 1; i < this.dev.size(); i++) {
				Ancestry step = this.git.ancestry(this.remote, this.dev.get(i), this.dev.get(i - 1), Optional.of(MAIN));
				assertThat(step).as("dev went %s", this.dev).isNotIn(Ancestry.ANCESTOR, Ancestry.UNKNOWN);
				others += (step == Ancestry.DESCENDANT) ? 0 : 1;
			}
			assertThat(others).as("dev went %s", this.dev).isLessThanOrEqualTo(times);
		}

		@Override
		public void close() {
			this.server.close();
			this.spine.close();
		}

	}

}
