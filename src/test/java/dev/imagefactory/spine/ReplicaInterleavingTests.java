package dev.imagefactory.spine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import dev.imagefactory.build.Attempted;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.HistoryEntry;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.StateTable;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.planning.BuildRequests.RerunAnswer;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three replicas on one database, each of which may act on what it read long ago: every
 * build ends once, by the table; green is true; no tag stays held; and whatever run is
 * left over is ended.
 */
@Tag("scaled")
class ReplicaInterleavingTests {

	private static final List<CommitSha> COMMITS = List.of(Spine.C1, Spine.C2);

	private static final List<String> TABLES = List.of("build_order", "build", "build_step", "build_finding",
			"build_event", "image_tag", "scanned_image", "delivery", "delivery_order", "delivery_body", "image_owner");

	private static final int SEEDS = Boolean.getBoolean("tests.soak") ? 300 : 15;

	private static final int MOMENTS = 90;

	private static final int MOST_BUILDS = 9;

	@EachDatabase
	void everythingWhenInterleavedEndsByTheTable(TestDatabase database) {
		Map<StateName, Integer> ends = new HashMap<>();
		for (int seed = 1; seed <= SEEDS; seed++) {
			TABLES.forEach((table) -> database.jdbc().sql("DELETE FROM " + table).update());
			try (Spine spine = new Spine(database)) {
				new Story(spine, new Random(seed)).tell();
				check(spine, "seed " + seed).forEach((end) -> ends.merge(end, 1, Integer::sum));
			}
		}
		assertThat(ends).as("ends that were reached")
			.containsKeys(StateName.SUCCEEDED, StateName.FAILED, StateName.CANCELLED, StateName.ERRORED,
					StateName.LOST);
	}

	private static List<StateName> check(Spine spine, String seed) {
		List<Build> builds = spine.builds.list(BuildFilter.any(), null, 100);
		for (Build build : builds) {
			List<HistoryEntry> history = spine.builds.history(build.id());
			String story = "%s: %s is %s, %s".formatted(seed, build.id(), build.state(), history);
			assertThat(build.isOpen()).as(story).isFalse();
			assertThat(history).as(story).allMatch(StateTable::allows);
			assertThat(history).as(story).filteredOn((line) -> line.from().isOpen() && !line.to().isOpen()).hasSize(1);
			assertThat(IntStream.range(1, history.size())
				.allMatch((i) -> history.get(i).from() == history.get(i - 1).to())).as(story).isTrue();
			if (build.state().name() == StateName.SUCCEEDED) {
				assertGreen(spine, build, story);
			}
		}
		assertThat(spine.engine.list()).as(seed).isEmpty();
		assertThat(spine.held()).as(seed).isEmpty();
		return builds.stream().map((build) -> build.state().name()).toList();
	}

	/** The registry holds it, whole, and an attempt at this order has scanned it. */
	private static void assertGreen(Spine spine, Build build, String story) {
		Digest digest = build.image().digest();
		assertThat(digest).as(story).isNotNull();
		assertThat(spine.registry.holds(Spine.APP, digest)).as(story).isTrue();
		if (build.order().recipe().kind() == OrderKind.RETAG) {
			return;
		}
		List<Attempted> scanned = spine.builds.scanned(build.order().id());
		assertThat(scanned).as(story)
			.anyMatch((attempt) -> attempt.image().digest().equals(digest)
					&& (build.image().adopted() || attempt.build().equals(build.id())));
		assertThat(build.image().scan()).as(story).isEqualTo(Spine.SCAN);
		build.tags()
			.stream()
			.filter((tag) -> tag.tagClass() == TagClass.RELEASE)
			.map(ImageTag::name)
			.forEach((tag) -> assertThat(spine.registry.digest(Spine.APP, tag)).as(story).contains(digest));
	}

	/** One process: it may be late, and it may see the engine as it was. */
	private static final class Replica implements Engine {

		private final Spine spine;

		private final Random random;

		private final Deque<Runnable> late = new ArrayDeque<>();

		private List<RunStatus> old = List.of();

		private boolean frozen;

		Submitter submitter;

		Tracking tracking;

		Replica(Spine spine, Random random) {
			this.spine = spine;
			this.random = random;
			start();
		}

		void start() {
			this.late.clear();
			this.submitter = this.spine.newSubmitter(this, this::later);
			this.tracking = this.spine.newTracking(this);
		}

		/** A task may run at once or long after it was given. */
		private void later(Runnable task) {
			if (this.random.nextInt(3) > 0) {
				task.run();
			}
			else {
				this.late.add(task);
			}
		}

		void catchUp() {
			for (int i = this.late.size(); i > 0; i--) {
				this.late.removeFirst().run();
			}
		}

		/** From now on it sees the engine as it is now, until it thaws. */
		void freeze() {
			try {
				this.old = this.spine.engine.list();
				this.frozen = true;
			}
			catch (EngineUnavailable ex) {
				this.frozen = false;
			}
		}

		void thaw() {
			this.frozen = false;
		}

		@Override
		public int room() {
			return this.spine.engine.room();
		}

		@Override
		public String name() {
			return this.spine.engine.name();
		}

		@Override
		public Submission submit(Run run) {
			return this.spine.engine.submit(run);
		}

		@Override
		public Optional<RunStatus> find(BuildId build) {
			return this.frozen ? this.old.stream().filter((status) -> status.build().equals(build)).findFirst()
					: this.spine.engine.find(build);
		}

		@Override
		public Optional<Run> kept(BuildId build) {
			return this.spine.engine.kept(build);
		}

		@Override
		public List<RunStatus> list() {
			return this.frozen ? this.old : this.spine.engine.list();
		}

		@Override
		public void stop(BuildId build) {
			this.spine.engine.stop(build);
		}

		/** An engine lets no run go that lives, whoever asks. */
		@Override
		public void release(BuildId build) {
			if (!this.spine.engine.living().contains(build)) {
				this.spine.engine.release(build);
			}
		}

		@Override
		public void onChange(Consumer<BuildId> listener) {
			this.spine.engine.onChange(listener);
		}

	}

	/** What happens, moment by moment. */
	private static final class Story {

		private final Spine spine;

		private final Random random;

		private final List<Replica> replicas;

		private final List<BuildId> builds = new ArrayList<>();

		private final Map<BuildId, UnsteadyRegistry.Local> scanned = new HashMap<>();

		Story(Spine spine, Random random) {
			this.spine = spine;
			this.random = random;
			this.replicas = IntStream.range(0, 3).mapToObj((number) -> new Replica(spine, random)).toList();
			this.builds.add(spine.release("v1", Spine.C1));
		}

		void tell() {
			this.spine.engine.obeying = true;
			for (int i = 0; i < MOMENTS; i++) {
				happen(this.replicas.get(this.random.nextInt(3)));
			}
			settle();
		}

		private void happen(Replica replica) {
			BuildId one = this.builds.get(this.random.nextInt(this.builds.size()));
			switch (this.random.nextInt(22)) {
				case 0, 1 -> order(one);
				case 2, 3, 4 -> replica.submitter.work();
				case 5, 6, 7 -> replica.tracking.relist();
				case 8 -> replica.tracking.look(one);
				case 9 -> replica.catchUp();
				case 10 -> replica.freeze();
				case 11 -> replica.thaw();
				case 12 -> replica.start();
				case 13 -> this.spine.clock.pass(Duration.ofSeconds(this.random.nextInt(8)));
				case 14 -> this.spine.requests.cancel(one, "ada");
				case 15 -> this.spine.registry.silent = this.random.nextInt(3) == 0;
				case 16 -> this.spine.engine.losingAnswers = this.random.nextInt(3) == 0;
				case 17 -> this.spine.engine.down = this.random.nextInt(4) == 0;
				default -> live();
			}
		}

		private void order(BuildId one) {
			if (this.spine.count("build") >= MOST_BUILDS) {
				return;
			}
			CommitSha commit = COMMITS.get(this.random.nextInt(COMMITS.size()));
			if (this.random.nextInt(3) == 0) {
				this.spine.reset("acme/app", 1, commit).ifPresent(this.builds::add);
			}
			else if (this.spine.requests.rerun(one, "ada") instanceof RerunAnswer.Accepted accepted) {
				this.builds.add(accepted.build().id());
			}
		}

		/** What happens to a run by itself. */
		private void live() {
			List<BuildId> living = this.spine.engine.living();
			if (living.isEmpty()) {
				return;
			}
			BuildId run = living.get(this.random.nextInt(living.size()));
			switch (this.random.nextInt(8)) {
				case 0 -> this.spine.engine.phase(run, new RunPhase.Running(Step.values()[this.random.nextInt(4)]));
				case 1 -> scan(run);
				case 2 -> vanish(run);
				case 3 -> end(run, new RunResult.Failed("no-dockerfile", "None."), null);
				case 4 -> end(run, new RunResult.Errored("disk-full", "Full."), null);
				case 5 -> end(run, new RunResult.Stopped("in step push"), push(run));
				case 6 -> {
					push(run);
					vanish(run);
				}
				default -> succeed(run);
			}
		}

		/** A run that nobody has seen yet is begun again under its name instead. */
		private void vanish(BuildId run) {
			boolean seen = this.spine.builds.find(run)
				.filter((build) -> build.state().name() == StateName.RUNNING
						|| build.state().name() == StateName.WAITING)
				.isPresent();
			if (seen) {
				this.spine.engine.forget(run);
			}
		}

		private void scan(BuildId run) {
			if (!this.spine.isRetag(run)) {
				this.scanned.computeIfAbsent(run, this.spine::scan);
			}
		}

		private Digest push(BuildId run) {
			if (this.spine.isRetag(run)) {
				return this.spine.point(run);
			}
			UnsteadyRegistry.Local made = this.scanned.computeIfAbsent(run, this.spine::scan);
			try {
				return this.spine.push(run, made);
			}
			catch (ReleaseTagTaken ex) {
				return made.digest();
			}
		}

		private void succeed(BuildId run) {
			if (this.spine.isRetag(run)) {
				this.spine.retag(run);
				return;
			}
			UnsteadyRegistry.Local made = this.scanned.computeIfAbsent(run, this.spine::scan);
			try {
				end(run, new RunResult.Succeeded(this.spine.push(run, made), Spine.SCAN), made.digest());
			}
			catch (ReleaseTagTaken ex) {
				end(run, new RunResult.Failed("tag-taken", "Taken."), made.digest());
			}
		}

		private void end(BuildId run, RunResult result, @Nullable Digest pushed) {
			this.spine.end(run, new RunPhase.Ended(result, pushed));
		}

		/** Everything answers again, every run ends, and nobody asks for more. */
		private void settle() {
			this.spine.registry.silent = false;
			this.spine.engine.losingAnswers = false;
			this.spine.engine.down = false;
			this.replicas.forEach(Replica::catchUp);
			this.replicas.forEach(Replica::thaw);
			for (int i = 0; i < 60 && isUnsettled(); i++) {
				this.spine.clock.pass(Spine.APART);
				this.replicas.forEach((replica) -> {
					replica.submitter.work();
					replica.catchUp();
					replica.tracking.relist();
				});
				this.spine.engine.living().forEach(this::succeed);
			}
		}

		private boolean isUnsettled() {
			return !this.spine.engine.list().isEmpty()
					|| this.spine.builds.list(BuildFilter.any(), null, 100).stream().anyMatch(Build::isOpen);
		}

	}

}
