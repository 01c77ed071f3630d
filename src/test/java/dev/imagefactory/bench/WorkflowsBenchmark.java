package dev.imagefactory.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.imagefactory.cluster.ArgoDefinitions;
import dev.imagefactory.cluster.LossyProxy;
import dev.imagefactory.image.Digest;
import dev.imagefactory.system.Api;
import dev.imagefactory.system.ServiceProcess;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * From deliveries to Workflows on a real API server, and back from their changes to what
 * the API says. Service, database, API server and client run on the same cores. Results
 * go to {@code target/benchmarks-workflows.md}.
 */
@Isolated
class WorkflowsBenchmark {

	private static final Digest NONE = Digest.of("sha256:" + "d".repeat(64));

	private static final int WARM_UP = Integer.getInteger("bench.warm", 1000);

	private static final int FLOOD = 500;

	private static final int PACED = Integer.getInteger("bench.paced", 300);

	private static final int LIVE = Integer.getInteger("bench.live", 5000);

	/** Changes that are seen without watches. */
	private static final int SILENT = 40;

	private static final Duration RELIST = Duration.ofSeconds(5);

	private static Results results;

	@TempDir
	private Path folder;

	@BeforeAll
	static void header() {
		results = Results.in("benchmarks-workflows.md");
	}

	@Test
	void deliveriesBecomeWorkflows() throws Exception {
		try (WorkflowCluster cluster = new WorkflowCluster(this.folder, WARM_UP + FLOOD + PACED)) {
			try (ServiceProcess service = cluster.start()) {
				flood(cluster, service, 0, WARM_UP);
				Duration used = Results.processorTime(service.pid());
				say("500 deliveries at once are 500 Workflows after",
						"%.1f s".formatted(flood(cluster, service, WARM_UP, FLOOD)));
				say("processor time of the service for each of them", "%.1f ms"
					.formatted(Results.processorTime(service.pid()).minus(used).toMillis() / (double) FLOOD));
				results.say("| what | sent | rate | p50 | p95 | p99 |");
				results.say("| --- | --- | --- | --- | --- | --- |");
				results.say(bare(cluster).row("bare creates, 10/s, until the Workflow is seen"));
				results.say(paced(cluster, service).row("deliveries, 10/s, until the Workflow is seen"));
				service.terminate();
			}
			twice(cluster);
		}
	}

	@Test
	void nothingIsLostWhenTheServiceIsKilledInTheMiddle() throws Exception {
		try (WorkflowCluster cluster = new WorkflowCluster(this.folder, FLOOD)) {
			Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
			try (ServiceProcess service = cluster.start()) {
				Thread killer = Thread.ofPlatform().start(() -> {
					Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> cluster.seen.size() > 100);
					service.kill();
				});
				send(service, 0, FLOOD, acknowledged);
				killer.join();
			}
			say("acknowledged before the kill", Integer.toString(acknowledged.size()));
			int before = cluster.seen.size();
			try (ServiceProcess service = cluster.start()) {
				long began = System.nanoTime();
				acknowledged.forEach((release) -> cluster.awaitReleases(release, release + 1, Duration.ofMinutes(3)));
				say("Workflows at the kill, and seconds after the start until each acknowledged one has its own",
						"%d, %.1f s".formatted(before, (System.nanoTime() - began) / 1e9));
				for (int i = 0; i < FLOOD; i++) {
					if (!acknowledged.contains(i)) {
						send(service, i, 1, acknowledged);
					}
				}
				cluster.awaitReleases(0, FLOOD, Duration.ofMinutes(3));
			}
			say("lost", Integer.toString(FLOOD - cluster.seen.size()));
			twice(cluster);
		}
	}

	@Test
	void changesAreVisible() throws Exception {
		int samples = Integer.getInteger("bench.samples", 100);
		try (WorkflowCluster cluster = new WorkflowCluster(this.folder, samples + SILENT);
				LossyProxy proxy = new LossyProxy(cluster.kubernetes, 0, 1);
				ServiceProcess service = cluster.start(proxy, RELIST)) {
			flood(cluster, service, 0, samples + SILENT);
			results.say("| what | sent | rate | p50 | p95 | p99 |");
			results.say("| --- | --- | --- | --- | --- | --- |");
			results.say(visible(cluster, service, 0, samples, Duration.ZERO).row("a change, until the API shows it"));
			proxy.silent = true;
			results.say(visible(cluster, service, samples, SILENT, RELIST)
				.row("the same, watches silent, relist-interval 5 s"));
		}
	}

	@Test
	void manyLiveWorkflowsAreTracked() throws Exception {
		try (WorkflowCluster cluster = new WorkflowCluster(this.folder, LIVE);
				LossyProxy proxy = new LossyProxy(cluster.kubernetes, 0, 1);
				ServiceProcess service = cluster.start(proxy, Duration.ofSeconds(10))) {
			say("%,d deliveries at once are as many Workflows after".formatted(LIVE),
					"%.1f s".formatted(flood(cluster, service, 0, LIVE)));
			LockSupport.parkNanos(Duration.ofSeconds(30).toNanos());
			proxy.pages.clear();
			Duration used = Results.processorTime(service.pid());
			LockSupport.parkNanos(Duration.ofSeconds(60).toNanos());
			say("lists in 60 s at a relist-interval of 10 s, each of pages of 500",
					"%d first pages, %d pages in all".formatted(proxy.firstPages(), proxy.pages.size()));
			say("processor time meanwhile",
					"%d ms".formatted(Results.processorTime(service.pid()).minus(used).toMillis()));
			say("resident memory with %,d live Workflows".formatted(LIVE),
					"%d MB".formatted(Results.memory(service.pid())));
			results.say(visible(cluster, service, 0, 50, Duration.ZERO).row("a change, until the API shows it"));
			twice(cluster);
		}
	}

	private static void say(String what, String figure) {
		results.say("| %s | %s |".formatted(what, figure));
	}

	private static void twice(WorkflowCluster cluster) {
		long twice = cluster.seen.values().stream().filter((each) -> each.times() > 1).count();
		say("Workflows, and releases with two of them", "%d, %d".formatted(cluster.seen.size(), twice));
	}

	/**
	 * Sends over twenty connections; returns the seconds until all Workflows are there.
	 */
	private static double flood(WorkflowCluster cluster, ServiceProcess service, int from, int count)
			throws InterruptedException {
		long began = System.nanoTime();
		send(service, from, count, ConcurrentHashMap.newKeySet());
		cluster.awaitReleases(from, from + count, Duration.ofMinutes(10));
		long last = cluster.seen.values().stream().mapToLong(WorkflowCluster.Seen::nanos).max().orElseThrow();
		return (last - began) / 1e9;
	}

	private static void send(ServiceProcess service, int from, int count, Set<Integer> acknowledged)
			throws InterruptedException {
		AtomicInteger next = new AtomicInteger(from);
		try (ExecutorService threads = Executors.newFixedThreadPool(20)) {
			for (int i = 0; i < Math.min(20, count); i++) {
				threads.submit(() -> {
					try (DeliverySender sender = new DeliverySender(service.base(), DeliveryLoad.SECRET)) {
						for (int n = next.getAndIncrement(); n < from + count; n = next.getAndIncrement()) {
							while (sender.send(WorkflowCluster.payload(n)) != 202) {
								// Told that it was not stored, a sender tries again.
								LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
							}
							acknowledged.add(n);
						}
					}
					catch (IOException ex) {
						// The service is gone: what was not acknowledged is sent again.
					}
					return null;
				});
			}
			threads.shutdown();
			threads.awaitTermination(5, TimeUnit.MINUTES);
		}
	}

	private static Latencies paced(WorkflowCluster cluster, ServiceProcess service) throws Exception {
		long[] nanos = new long[PACED];
		long[] due = new long[PACED];
		long began = System.nanoTime();
		try (DeliverySender sender = new DeliverySender(service.base(), DeliveryLoad.SECRET)) {
			for (int i = 0; i < PACED; i++) {
				due[i] = await(began + i * 100_000_000L);
				sender.send(WorkflowCluster.payload(WARM_UP + FLOOD + i));
			}
		}
		cluster.awaitReleases(WARM_UP + FLOOD, WARM_UP + FLOOD + PACED, Duration.ofMinutes(2));
		for (int i = 0; i < PACED; i++) {
			nanos[i] = cluster.seen.get(WorkflowCluster.ref(WARM_UP + FLOOD + i)).nanos() - due[i];
		}
		return new Latencies(nanos, System.nanoTime() - began);
	}

	/** What the API server itself needs for such Workflows. */
	private static Latencies bare(WorkflowCluster cluster) {
		GenericKubernetesResource sample = cluster.replay.workflows().getFirst();
		List<Long> nanos = new ArrayList<>();
		long began = System.nanoTime();
		for (int i = 0; i < PACED; i++) {
			long due = await(began + i * 100_000_000L);
			sample.setMetadata(new ObjectMetaBuilder().withName("bare-" + i).build());
			cluster.kubernetes.administrator()
				.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
				.inNamespace(WorkflowCluster.BUILDS)
				.resource(sample)
				.create();
			nanos.add(System.nanoTime() - due);
		}
		return new Latencies(nanos.stream().mapToLong(Long::longValue).toArray(), System.nanoTime() - began);
	}

	private static long await(long at) {
		for (long left = at - System.nanoTime(); left > 0; left = at - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
		return at;
	}

	/**
	 * Begins Workflows one after another, and asks the API until it says so. Each begins
	 * at any moment of a spell, so that none is bound to follow upon a list.
	 */
	private static Latencies visible(WorkflowCluster cluster, ServiceProcess service, int from, int count,
			Duration spell) {
		long[] nanos = new long[count];
		Api api = service.api();
		Random moments = new Random(1);
		long began = System.nanoTime();
		for (int i = 0; i < count; i++) {
			LockSupport.parkNanos((long) (moments.nextDouble() * spell.toNanos()));
			String build = cluster.seen.get(WorkflowCluster.ref(from + i)).name();
			cluster.replay.say(build, "running-clone", NONE);
			long changed = System.nanoTime();
			Awaitility.await()
				.atMost(Duration.ofSeconds(Integer.getInteger("bench.patience", 120)))
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(5))
				.untilAsserted(
						() -> assertThat(api.get("/api/v1/builds/" + build).json().path("state").asText()).as(build)
							.isEqualTo("RUNNING"));
			nanos[i] = System.nanoTime() - changed;
		}
		return new Latencies(nanos, System.nanoTime() - began);
	}

}
