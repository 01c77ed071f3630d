package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.registry.oci.OciRegistryServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three replicas on one PostgreSQL and one registry, each with a data directory of its
 * own, get signed deliveries, nearly a third of them twice and in no order, while one
 * replica after the other is killed with SIGKILL and started again. Afterwards every
 * delivery that was answered 2xx is exactly one order, and every order exactly one image.
 */
@Tag("scaled")
@Order(1)
class ReplicaCrashSystemTests {

	private static final boolean SOAK = Boolean.getBoolean("tests.soak");

	private static final int DELIVERIES = SOAK ? 1000 : 30;

	private static final int KILLS = SOAK ? 60 : 3;

	private static final int REPLICAS = 3;

	private static final int REPOSITORIES = 5;

	private static final int SENDERS = 6;

	private static final String TOKEN = "a-token-that-all-replicas-share-0123456789";

	private static final String SECRET = "a secret for crashes of replicas";

	private final Random random = new Random(11);

	@TempDir
	private Path folder;

	/** What is to be sent; what was not answered 2xx comes back. */
	private final BlockingQueue<Sent> unsent = new LinkedBlockingQueue<>();

	/** GUIDs that were answered 2xx. */
	private final Set<String> acknowledged = new ConcurrentSkipListSet<>();

	private final AtomicReferenceArray<@Nullable ServiceProcess> replicas = new AtomicReferenceArray<>(REPLICAS);

	/** How many of a GUID that was answered 2xx before were answered 2xx too. */
	private final AtomicInteger repeats = new AtomicInteger();

	/** GUIDs that were answered 202: taken as new, each at most once. */
	private final Queue<String> taken = new ConcurrentLinkedQueue<>();

	/** Answers that no delivery should get, whoever dies. */
	private final Queue<Api.Answer> wrong = new ConcurrentLinkedQueue<>();

	/** The tags of each repository that were released. */
	private final Map<String, Set<String>> released = new TreeMap<>();

	@Test
	void everyAcknowledgedDeliveryBecomesOneImageWhicheverReplicaDies() throws Exception {
		try (OciRegistryServer registry = OciRegistryServer.start(this.folder.resolve("registry"));
				PostgresServer database = PostgresServer.start()) {
			ServiceProcess.Description[] described = describe(database, registry);
			TestDatabase.together(REPLICAS, (i) -> {
				this.replicas.set(i, described[i].start());
				return i;
			});
			long begun = System.nanoTime();
			sendAndKill(described);
			assertEachAnswered();
			List<JsonNode> builds = awaitAllEnded();
			assertOneOrderEach(builds);
			assertOneImageEach(builds, registry);
			System.out.printf(
					"Three replicas: %d deliveries (%d of them repeats) acknowledged, %d kills, %d orders, %d images, %d s%n",
					answered(), this.repeats.get(), KILLS, builds.size(), builds.size(),
					Duration.ofNanos(System.nanoTime() - begun).toSeconds());
		}
		finally {
			for (int i = 0; i < REPLICAS; i++) {
				close(this.replicas.get(i));
			}
		}
	}

	private static void close(@Nullable ServiceProcess replica) {
		if (replica != null) {
			replica.close();
		}
	}

	private ServiceProcess.Description[] describe(PostgresServer database, OciRegistryServer registry)
			throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), TOKEN);
		Path password = Files.writeString(this.folder.resolve("password"), database.password());
		List<GitProject> projects = makeReleases();
		ServiceProcess.Description[] all = new ServiceProcess.Description[REPLICAS];
		for (int i = 0; i < REPLICAS; i++) {
			all[i] = ServiceProcess.on(this.folder.resolve("data-" + i))
				.with("image-factory.database.url", database.url())
				.with("image-factory.database.username", database.user())
				.with("image-factory.database.password-file", password)
				.with("image-factory.access.admin-token-file", token)
				.with("image-factory.registry.kind", "oci")
				.with("image-factory.registry.url", registry.host())
				.with("image-factory.registry.insecure", true)
				.with("image-factory.local.builder", "jib")
				.with("image-factory.teams[0].gate.allow-unscanned", true)
				.with("image-factory.queue.max-running-per-repository", 10);
			for (int number = 0; number < REPOSITORIES; number++) {
				all[i].onboarding("acme/app" + number, projects.get(number).url(),
						Hook.secretFile(this.folder, SECRET));
			}
		}
		return all;
	}

	/** Seven of ten are releases of their own; the rest are sent once more, whenever. */
	private List<GitProject> makeReleases() {
		List<GitProject> projects = new ArrayList<>();
		List<Sent> all = new ArrayList<>();
		int distinct = DELIVERIES * 7 / 10;
		for (int number = 0; number < REPOSITORIES; number++) {
			String name = "acme/app" + number;
			GitProject project = new GitProject(this.folder.resolve("app" + number));
			Hook hook = new Hook(name, 100 + number, SECRET);
			projects.add(project);
			for (int release = number; release < distinct; release += REPOSITORIES) {
				String tag = "v1.%d.0".formatted(release);
				project.commit(GitProject.hello("Hello from " + name + " " + tag));
				project.tag(tag);
				this.released.computeIfAbsent(name, (key) -> new TreeSet<>()).add(tag);
				all.add(new Sent(hook, hook.release(tag)));
			}
		}
		List<Sent> repeated = new ArrayList<>(all);
		Collections.shuffle(repeated, this.random);
		all.addAll(repeated.subList(0, DELIVERIES - distinct));
		Collections.shuffle(all, this.random);
		this.unsent.addAll(all);
		return projects;
	}

	private int guids() {
		return DELIVERIES * 7 / 10;
	}

	/** Not before the last repeat is answered is it known what the repeats came to. */
	private void sendAndKill(ServiceProcess.Description[] described) throws Exception {
		try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
			List<Future<?>> sending = new ArrayList<>();
			for (int i = 0; i < SENDERS; i++) {
				sending.add(senders.submit(this::sendAll));
			}
			try {
				killAndStart(described);
				for (Future<?> sender : sending) {
					sender.get(10, TimeUnit.MINUTES);
				}
			}
			finally {
				senders.shutdownNow();
			}
		}
	}

	private int answered() {
		return this.acknowledged.size() + this.repeats.get();
	}

	private void assertEachAnswered() {
		assertThat(this.wrong).as("answers that are neither 2xx nor 503").isEmpty();
		assertThat(this.acknowledged).as("deliveries that were answered 2xx").hasSize(guids());
		assertThat(this.repeats).as("repeats that were answered 2xx").hasValue(DELIVERIES - guids());
		assertThat(this.taken).as("deliveries that were taken as new").isNotEmpty().doesNotHaveDuplicates();
	}

	/** Sends on until everything is answered 2xx, as GitHub's redelivery would. */
	private void sendAll() {
		Random own = new Random(Thread.currentThread().threadId());
		while (answered() < DELIVERIES && this.wrong.isEmpty()) {
			try {
				Sent sent = this.unsent.poll(100, TimeUnit.MILLISECONDS);
				if (sent != null && !send(sent, own.nextInt(REPLICAS))) {
					this.unsent.add(sent);
					TimeUnit.MILLISECONDS.sleep(20);
				}
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private boolean send(Sent sent, int number) {
		ServiceProcess replica = this.replicas.get(number);
		if (replica == null) {
			return false;
		}
		try {
			return note(sent, sent.hook().send(new Api(replica.base(), TOKEN), sent.delivery()));
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	private boolean note(Sent sent, Api.Answer answer) {
		boolean stored = answer.status() == 202 || answer.status() == 200;
		if (!stored && answer.status() != 503) {
			this.wrong.add(answer);
		}
		if (answer.status() == 202) {
			this.taken.add(sent.delivery().guid());
		}
		if (stored && !this.acknowledged.add(sent.delivery().guid())) {
			this.repeats.incrementAndGet();
		}
		return stored;
	}

	private void killAndStart(ServiceProcess.Description[] described) {
		for (int kill = 0; kill < KILLS; kill++) {
			int victim = this.random.nextInt(REPLICAS);
			ServiceProcess replica = this.replicas.get(victim);
			Awaitility.await()
				.pollDelay(Duration.ofMillis(200 + this.random.nextInt(1500)))
				.atMost(Duration.ofMinutes(1))
				.until(() -> true);
			this.replicas.set(victim, null);
			if (replica != null) {
				replica.kill();
			}
			this.replicas.set(victim, described[victim].start());
		}
	}

	private List<JsonNode> awaitAllEnded() {
		return Awaitility.await().atMost(Duration.ofMinutes(20)).pollInterval(Duration.ofSeconds(1)).until(() -> {
			Api api = api();
			boolean planned = api.get("/api/v1/deliveries?outcome=accepted").json().path("items").isEmpty();
			return planned ? api.builds() : List.<JsonNode>of();
		}, (builds) -> !builds.isEmpty() && builds.stream().allMatch((build) -> build.has("finishedAt")));
	}

	private Api api() {
		ServiceProcess replica = this.replicas.get(0);
		assertThat(replica).isNotNull();
		return new Api(replica.base(), TOKEN);
	}

	private void assertOneOrderEach(List<JsonNode> builds) {
		List<String> ordered = builds.stream()
			.map((build) -> build.path("repository").asText() + " " + build.path("ref").asText())
			.sorted()
			.toList();
		List<String> sent = new ArrayList<>();
		this.released.forEach((name, tags) -> tags.forEach((tag) -> sent.add(name + " refs/tags/" + tag)));
		assertThat(ordered).as("one build for every acknowledged release, and no other")
			.containsExactlyElementsOf(sent.stream().sorted().toList());
		assertThat(builds).allSatisfy((build) -> {
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
			assertThat(build.path("attempt").asInt()).isEqualTo(1);
		});
	}

	private void assertOneImageEach(List<JsonNode> builds, OciRegistryServer registry) {
		this.released.keySet().forEach((name) -> {
			Set<String> digests = new HashSet<>();
			builds.stream()
				.filter((build) -> build.path("repository").asText().equals(name))
				.forEach((build) -> digests.add(build.path("digest").asText()));
			String image = name.replace("acme/", "test/");
			assertThat(digests).as("images of " + name).hasSize(this.released.get(name).size());
			assertThat(registry.manifests(image)).as("every image that the registry ever got, tagged or not")
				.containsExactlyInAnyOrderElementsOf(digests);
		});
	}

	/**
	 * A delivery and the hook that sends it.
	 *
	 * @param hook the hook
	 * @param delivery the delivery
	 */
	private record Sent(Hook hook, Hook.Delivery delivery) {
	}

}
