package dev.imagefactory.engine.argo;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A watch gives hints while it lives, and is opened again however it ends. */
class WorkflowWatchesTests {

	private final TestCluster cluster = new TestCluster();

	private final StrictKubernetes kubernetes = this.cluster.kubernetes;

	private final ArgoEngine engine = this.cluster.engine();

	private final Run run = TestRuns.release();

	private final List<BuildId> hints = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.cluster.close();
	}

	@Test
	void changeWhenItHappensIsHintedAtOnce() {
		watch();
		this.engine.submit(this.run);
		soon(() -> assertThat(this.hints).contains(this.run.build()));
		this.hints.clear();
		this.cluster.phase(this.run.build(), "Running");
		soon(() -> assertThat(this.hints).contains(this.run.build()));
		assertThat(this.kubernetes.requests).filteredOn((line) -> line.contains("watch=true"))
			.allMatch((line) -> line.contains("resourceVersion=1") && line.contains("allowWatchBookmarks=true")
					&& line.contains("labelSelector=") && line.contains("timeoutSeconds="));
	}

	@Test
	void changeWhenItIsOfACopyOrAnotherInstallationIsNoHint() {
		watch();
		this.cluster.engine(TestCluster.PATIENT, "another", TestCluster.team("payments", TestCluster.BUILDS))
			.submit(TestRuns.release());
		this.engine.submit(this.run);
		ObjectNode copy = this.cluster.stored(this.run);
		WorkflowStore.meta(copy).put("name", this.run.build() + "-abcde").remove("resourceVersion");
		this.kubernetes.store.put(TestCluster.BUILDS, copy);
		this.cluster.phase(this.run.build(), "Running");
		soon(() -> assertThat(this.hints).hasSizeGreaterThanOrEqualTo(2));
		assertThat(this.hints).containsOnly(this.run.build());
	}

	@Test
	void watchWhenItEndsGoesOnWhereItWas() {
		watch();
		this.engine.submit(this.run);
		soon(() -> assertThat(this.hints).isNotEmpty());
		this.kubernetes.store.endWatches();
		this.hints.clear();
		this.cluster.phase(this.run.build(), "Running");
		soon(() -> assertThat(this.hints).contains(this.run.build()));
	}

	@Test
	void watchWhenItIsTooOldBeginsAnew() {
		watch();
		this.engine.submit(this.run);
		this.kubernetes.store.compact();
		this.kubernetes.store.expireWatches();
		hintsComeAgain();
	}

	@Test
	void watchWhenItIsAnsweredGoneBeginsAnew() {
		watch();
		this.engine.submit(this.run);
		soon(() -> assertThat(this.hints).isNotEmpty());
		this.kubernetes.once("watch=true", Fault.answer(Reply.status(410, "Expired", "too old resource version")));
		this.kubernetes.store.endWatches();
		hintsComeAgain();
		assertThat(this.kubernetes.count("GET /apis/argoproj.io/v1alpha1/namespaces/builds/workflows?limit=1"))
			.isGreaterThan(1);
	}

	@Test
	void watchWhenNothingIsHeardIsOpenedAgain() {
		watch();
		this.engine.submit(this.run);
		this.kubernetes.store.blackholeWatches();
		hintsComeAgain();
	}

	/** Waits that double would be half a minute after so many. */
	@Test
	void watchWhenNothingHappensForLongIsOpenedAgainAtOnceEachTime() {
		WorkflowWatches.Timing timing = new WorkflowWatches.Timing(Duration.ofSeconds(60), Duration.ofMillis(40),
				Duration.ofMillis(1), Duration.ofHours(1));
		try (WorkflowWatches watches = KubernetesConnection
			.cluster(this.cluster.client(), TestCluster.PATIENT, timing, Duration.ofSeconds(60))
			.watches()) {
			watches.start(Set.of(TestCluster.BUILDS), new Ownership(TestCluster.INSTALLATION));
			soon(() -> assertThat(this.kubernetes.requests).filteredOn((line) -> line.contains("watch=true"))
				.hasSizeGreaterThan(15));
		}
	}

	@Test
	void watchWhenNobodyAnswersIsOpenedAgain() {
		this.kubernetes.once("watch=true", Fault.silent());
		this.engine.onChange(this.hints::add);
		this.engine.start();
		this.engine.submit(this.run);
		hintsComeAgain();
	}

	@Test
	void watchWhenItIsForbiddenHarmsNothingAndComesBack() {
		this.kubernetes.always("watch=true", Fault.answer(Reply.status(403, "Forbidden", "cannot watch")));
		this.engine.onChange(this.hints::add);
		this.engine.start();
		this.engine.submit(this.run);
		assertThat(this.engine.list()).hasSize(1);
		soon(() -> assertThat(this.kubernetes.requests.stream().filter((line) -> line.contains("watch=true")))
			.hasSizeGreaterThan(2));
		this.kubernetes.heal();
		hintsComeAgain();
	}

	@Test
	void watchWhenItSaysNonsenseIsOpenedAgain() {
		this.kubernetes.once("watch=true", Fault.answer(new Reply(200, "application/json", "<html>Sign in</html>\n")));
		this.engine.onChange(this.hints::add);
		this.engine.start();
		this.engine.submit(this.run);
		hintsComeAgain();
	}

	@Test
	void listenerWhenItFailsKeepsNobodyElseFromHearing() {
		this.engine.onChange((build) -> {
			throw new IllegalStateException("a listener that fails");
		});
		watch();
		this.engine.submit(this.run);
		hintsComeAgain();
	}

	@Test
	void closeWhenWatchingEndsTheWatch() {
		watch();
		this.engine.close();
		this.kubernetes.always("watch=true", Fault.answer(Reply.status(403, "Forbidden", "cannot watch")));
		this.kubernetes.store.endWatches();
		AtomicLong before = new AtomicLong(-1);
		// A watch that lives is opened again sooner than it is looked here.
		Awaitility.await().pollInterval(Duration.ofMillis(150)).during(Duration.ofMillis(600)).until(() -> {
			long now = this.kubernetes.count("GET");
			return before.getAndSet(now) == now;
		});
	}

	/**
	 * Another process claims for a namespace that the settings of this one do not know.
	 */
	@Test
	void namespaceWhenItIsFoundLaterIsWatchedFromThenOnAndNoLongerThanItIsListed() {
		Map<BuildId, String> open = new ConcurrentHashMap<>();
		ArgoEngine other = this.cluster.engine(Clock.systemUTC(),
				List.of(TestCluster.team("payments", TestCluster.BUILDS)), new OpenPlaces(open), UsedPlaces.none());
		other.list();
		assertThat(watches(TestCluster.SEARCH)).as("before the start").isZero();
		other.onChange(this.hints::add);
		other.start();
		open.put(this.run.build(), TestCluster.SEARCH);
		other.list();
		soon(() -> assertThat(watches(TestCluster.SEARCH)).isPositive());
		this.cluster.engine(TestCluster.PATIENT, TestCluster.team("payments", TestCluster.SEARCH)).submit(this.run);
		soon(() -> assertThat(this.hints).contains(this.run.build()));
		open.clear();
		other.list();
		assertNoNewWatches();
	}

	/** A watch that lives is opened again sooner than it is looked here. */
	private void assertNoNewWatches() {
		AtomicLong before = new AtomicLong(-1);
		Awaitility.await().pollInterval(Duration.ofMillis(150)).during(Duration.ofMillis(600)).until(() -> {
			this.kubernetes.store.endWatches();
			long now = watches(TestCluster.SEARCH);
			return before.getAndSet(now) == now;
		});
	}

	private long watches(String namespace) {
		return this.kubernetes.requests.stream()
			.filter((line) -> line.contains("/namespaces/" + namespace + "/") && line.contains("watch=true"))
			.count();
	}

	private void watch() {
		this.engine.onChange(this.hints::add);
		this.engine.start();
		soon(() -> assertThat(this.kubernetes.store.watching()).isPositive());
	}

	/** The controller changes the run again and again: one of the changes is heard. */
	private void hintsComeAgain() {
		this.hints.clear();
		soon(() -> {
			this.kubernetes.store.change(TestCluster.BUILDS, this.run.build().value(),
					(object) -> object.withObjectProperty("status").put("progress", "" + System.nanoTime()));
			assertThat(this.hints).contains(this.run.build());
		});
	}

	private static void soon(ThrowingRunnable assertion) {
		Awaitility.await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofSeconds(10)).untilAsserted(assertion);
	}

}
