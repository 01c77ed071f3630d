package dev.imagefactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEnded;
import dev.imagefactory.build.CancelWanted;
import dev.imagefactory.build.SampleBuilds;
import dev.imagefactory.build.jdbc.TestStore;
import dev.imagefactory.database.EachDatabase;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.intake.DeliveryAccepted;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.spine.TestClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.transaction.event.TransactionalEventListenerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Background work begins as soon as what makes it is committed. Its regular looks would
 * find it too, so here nothing beats: what counts is who was woken, and when.
 */
class BackgroundWorkTests {

	private static final DeliveryAccepted ACCEPTED = new DeliveryAccepted(DeliveryId.next(SampleBuilds.NOW));

	private static final BuildId BUILD = BuildId.next(SampleBuilds.NOW);

	private final Sleeping planning = new Sleeping("planning");

	private final Sleeping submission = new Sleeping("submission");

	private final Sleeping tracking = new Sleeping("tracking");

	private final List<String> looks = new ArrayList<>();

	private final TestClock clock = new TestClock();

	private boolean answering = true;

	private final Set<BuildId> unanswered = new HashSet<>();

	private final BackgroundWork.HintedTracking hinted = new BackgroundWork.HintedTracking(
			new BackgroundWork.Looks(this::look, () -> this.looks.add("all"), () -> this.looks.add("images")),
			Duration.ofSeconds(60), this.clock);

	private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();

	@BeforeEach
	void listen() {
		this.context.registerBean(TransactionalEventListenerFactory.class);
		this.context.registerBean(BackgroundWork.Wakes.class,
				() -> new BackgroundWork().wakes(this.planning, this.submission, this.tracking, this.hinted));
		this.context.refresh();
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@EachDatabase
	void wakeWhenBuildIsQueuedComesOnceWithTheCommit(TestDatabase database) {
		database.inTransaction().executeWithoutResult((status) -> {
			queue(database);
			assertWoken(0, 0, 0);
		});
		assertWoken(0, 1, 0);
	}

	@Test
	void wakeWhenBuildEndedComesToTracking() {
		this.context.publishEvent(new BuildEnded(BuildId.of("build-01jz00000000000000000000a1")));
		assertWoken(0, 0, 1);
	}

	@EachDatabase
	void wakeWhenQueuedBuildIsRolledBackDoesNotCome(TestDatabase database) {
		database.inTransaction().executeWithoutResult((status) -> {
			queue(database);
			status.setRollbackOnly();
		});
		assertWoken(0, 0, 0);
	}

	@EachDatabase
	void wakeWhenDeliveryIsToBePlannedComesOnceWithTheCommit(TestDatabase database) {
		database.inTransaction().executeWithoutResult((status) -> {
			this.context.publishEvent(ACCEPTED);
			assertWoken(0, 0, 0);
		});
		assertWoken(1, 0, 0);
	}

	@EachDatabase
	void wakeWhenDeliveryToBePlannedIsRolledBackDoesNotCome(TestDatabase database) {
		database.inTransaction().executeWithoutResult((status) -> {
			this.context.publishEvent(ACCEPTED);
			status.setRollbackOnly();
		});
		assertWoken(0, 0, 0);
	}

	/**
	 * Deliveries are stored in groups, so each is told of when its group is committed.
	 */
	@Test
	void wakeWhenDeliveryIsCommittedAlreadyComesAtOnce() {
		this.context.publishEvent(ACCEPTED);
		assertWoken(1, 0, 0);
	}

	@Test
	void wakeWhenCancelIsWantedLooksAtTheBuildAtOnce() {
		this.hinted.beat();
		this.looks.clear();
		this.context.publishEvent(new CancelWanted(BUILD));
		assertWoken(0, 0, 1);
		this.hinted.beat();
		assertThat(this.looks).containsExactly(BUILD.value());
	}

	@Test
	void beatWhenTimePassesAsksAboutImagesOftenAndForEverythingSeldom() {
		this.hinted.beat();
		assertThat(this.looks).containsExactly("all");
		this.hinted.beat();
		this.clock.pass(Duration.ofSeconds(1));
		this.hinted.beat();
		assertThat(this.looks).containsExactly("all", "images");
		this.clock.pass(Duration.ofSeconds(59));
		this.hinted.beat();
		assertThat(this.looks).containsExactly("all", "images", "all");
		this.clock.pass(Duration.ofHours(-1));
		this.hinted.beat();
		assertThat(this.looks).endsWith("all", "all");
	}

	@Test
	void beatWhenTheEngineDoesNotAnswerKeepsTheHints() {
		this.hinted.beat();
		this.looks.clear();
		this.answering = false;
		this.hinted.hint(BUILD);
		this.hinted.hint(BuildId.next(SampleBuilds.NOW));
		this.hinted.beat();
		assertThat(this.looks).hasSize(2);
		this.answering = true;
		this.hinted.beat();
		assertThat(this.looks).hasSize(4).contains(BUILD.value());
		this.hinted.beat();
		assertThat(this.looks).hasSize(4);
	}

	@Test
	void beatWhenTheEngineDoesNotAnswerAsksForFew() {
		this.answering = false;
		hints(20);
		this.hinted.beat();
		assertThat(this.looks).hasSize(3).endsWith("all");
	}

	@Test
	void beatWhenSomeBuildsNeverHaveAnAnswerFollowsTheOthersAndForgetsThem() {
		this.unanswered.addAll(hints(20));
		BuildId other = BuildId.next(SampleBuilds.NOW);
		this.hinted.hint(other);
		beats(11);
		assertThat(this.looks).as("after all that could be in its way").containsOnlyOnce(other.value());
		this.hinted.hint(BUILD);
		beats(1);
		assertThat(this.looks).as("those that have no answer come last").contains(BUILD.value());
		beats(60);
		this.looks.clear();
		beats(1);
		assertThat(this.looks).isEmpty();
	}

	private List<BuildId> hints(int count) {
		List<BuildId> builds = Stream.generate(() -> BuildId.next(SampleBuilds.NOW)).limit(count).toList();
		builds.forEach(this.hinted::hint);
		return builds;
	}

	private void beats(int count) {
		for (int i = 0; i < count; i++) {
			this.hinted.beat();
		}
	}

	private boolean look(BuildId build) {
		this.looks.add(build.value());
		return this.answering && !this.unanswered.contains(build);
	}

	private void queue(TestDatabase database) {
		Build build = SampleBuilds.queued();
		TestStore.orders(database).addIfAbsent(build.order());
		TestStore.builds(database, this.context).add(build);
	}

	private void assertWoken(int planned, int submitted, int tracked) {
		assertThat(this.planning.wakes).as("wakes of planning").isEqualTo(planned);
		assertThat(this.submission.wakes).as("wakes of submission").isEqualTo(submitted);
		assertThat(this.tracking.wakes).as("wakes of tracking").isEqualTo(tracked);
	}

	/** A heartbeat that does not beat and counts how often it was to. */
	private static final class Sleeping extends Heartbeat {

		private int wakes;

		Sleeping(String name) {
			super(name, Duration.ofHours(1), () -> {
			});
		}

		@Override
		void wake() {
			this.wakes++;
		}

	}

}
