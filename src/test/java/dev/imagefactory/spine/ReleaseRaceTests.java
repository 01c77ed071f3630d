package dev.imagefactory.spine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import com.github.f4b6a3.ulid.UlidCreator;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildFilter;
import dev.imagefactory.build.StateName;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.intake.SignedDelivery;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.planning.BuildRequests.BuildRequest;
import dev.imagefactory.planning.BuildRequests.RequestAnswer;
import dev.imagefactory.planning.BuildRequests.Target;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One release asked for by a webhook and by API calls at the same moment: whoever comes
 * first publishes it, all others make rebuilds, and nobody moves its tag.
 */
@Tag("scaled")
class ReleaseRaceTests {

	private static final int ROUNDS = Boolean.getBoolean("tests.soak") ? 150 : 6;

	private static final int REPLICAS = 3;

	@EachDatabase
	void releaseWhenAskedForTwiceAtOnceIsOneImageUnderItsTag(TestDatabase database) {
		try (Spine spine = new Spine(database); Replicas replicas = new Replicas(spine)) {
			spine.planned()
				.known()
				.remember(RepositoryId.github(1), RepositoryName.of("acme/app"), "main", spine.clock.instant());
			for (int round = 1; round <= ROUNDS; round++) {
				String tag = "v" + round;
				spine.git.refs.put(GitRef.tag(tag), Spine.C1);
				TestDatabase.together(3, (number) -> {
					if (number == 0) {
						spine.receive(SignedDelivery.release("acme/app", 1, tag));
						return tag;
					}
					assertThat(ask(spine, tag, number)).isInstanceOf(RequestAnswer.Accepted.class);
					return tag;
				});
				spine.planner.work();
				replicas.awaitAllOver();
				assertThat(replicas.refused).as("runs that pushed %s although another had it", tag).isEmpty();
				check(spine, tag);
			}
		}
	}

	/** An API call, as two people make it in the same second. */
	private static RequestAnswer ask(Spine spine, String tag, int number) {
		String request = UlidCreator.getUlid().toString();
		return spine.requests.request(new BuildRequest(RepositoryName.of("acme/app"), new Target.Release(tag), null,
				false, "ada-" + number, request));
	}

	private static void check(Spine spine, String tag) {
		List<Build> builds = spine.builds.list(BuildFilter.any(), null, 3);
		assertThat(builds).allMatch((build) -> build.state().name() == StateName.SUCCEEDED)
			.allMatch((build) -> build.order().key().ref().equals(GitRef.tag(tag)));
		List<Build> first = builds.stream().filter((build) -> build.tags().contains(ImageTag.release(tag))).toList();
		assertThat(first).as("builds that pushed %s", tag).hasSize(1);
		Digest published = first.getFirst().image().digest();
		assertThat(spine.registry.digest(Spine.APP, tag)).contains(published);
		assertThat(spine.tags.find(Spine.APP, tag).orElseThrow().digest()).isEqualTo(published);
		assertThat(builds.stream()
			.flatMap((build) -> build.tags().stream())
			.filter((name) -> name.tagClass() == TagClass.REBUILD)).containsExactlyInAnyOrder(
					ImageTag.rebuild(ImageTag.release(tag), 1), ImageTag.rebuild(ImageTag.release(tag), 2));
		builds.forEach((build) -> assertThat(spine.engine.starts).containsEntry(build.id(), 1));
	}

	/**
	 * Three processes' submission and tracking, and runs that push as soon as they can.
	 * Time goes on when each of them has done its work: none of them is frozen here.
	 */
	private static final class Replicas implements AutoCloseable {

		final List<BuildId> refused = new CopyOnWriteArrayList<>();

		private final Spine spine;

		private final AtomicBoolean over = new AtomicBoolean();

		private final ExecutorService threads = Executors.newFixedThreadPool(2 * REPLICAS + 1);

		private final List<Future<?>> loops = new ArrayList<>();

		private final Phaser rounds = new Phaser() {

			@Override
			protected boolean onAdvance(int round, int parties) {
				Replicas.this.spine.clock.pass(Duration.ofSeconds(2));
				return parties == 0;
			}

		};

		Replicas(Spine spine) {
			this.spine = spine;
			this.rounds.bulkRegister(2 * REPLICAS + 1);
			for (int i = 0; i < REPLICAS; i++) {
				List<Runnable> inHand = new ArrayList<>();
				Submitter submitter = spine.newSubmitter(inHand::add);
				Tracking tracking = spine.newTracking();
				this.loops.add(this.threads.submit(() -> loop(() -> submit(submitter, inHand))));
				this.loops.add(this.threads.submit(() -> loop(tracking::relist)));
			}
			this.loops.add(this.threads.submit(() -> loop(this::runs)));
		}

		private void loop(Runnable work) {
			try {
				while (!this.over.get()) {
					work.run();
					this.rounds.arriveAndAwaitAdvance();
				}
			}
			finally {
				this.rounds.arriveAndDeregister();
			}
		}

		/** A process claims what it was given at the same time, on threads of its own. */
		private static void submit(Submitter submitter, List<Runnable> inHand) {
			submitter.work();
			List<Runnable> given = List.copyOf(inHand);
			inHand.clear();
			if (!given.isEmpty()) {
				TestDatabase.together(given.size(), (number) -> {
					given.get(number).run();
					return number;
				});
			}
		}

		private void runs() {
			for (BuildId run : this.spine.engine.living()) {
				try {
					this.spine.finish(run);
				}
				catch (ReleaseTagTaken ex) {
					this.refused.add(run);
					this.spine.end(run, new RunPhase.Ended(new RunResult.Failed("tag-taken", ex.getMessage()), null));
				}
			}
		}

		void awaitAllOver() {
			Awaitility.await()
				.atMost(2, TimeUnit.MINUTES)
				.until(() -> this.spine.builds.list(BuildFilter.any(), null, 3)
					.stream()
					.noneMatch((build) -> build.isOpen()));
		}

		@Override
		public void close() {
			this.over.set(true);
			this.threads.close();
			this.loops.forEach((loop) -> assertThat(loop).succeedsWithin(Duration.ZERO));
		}

	}

}
