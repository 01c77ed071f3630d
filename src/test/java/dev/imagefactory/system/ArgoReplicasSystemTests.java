package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.cluster.ArgoDefinitions;
import dev.imagefactory.cluster.LossyProxy;
import dev.imagefactory.cluster.RealKubernetes;
import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.registry.oci.OciRegistryServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Several processes with the engine argo on one PostgreSQL and one real Kubernetes API,
 * which each reaches over a proxy of its own. They are killed and frozen at the calls
 * that matter, before the call is heard or after it was done; always one Workflow comes
 * of each build. They are killed at two calls that another one has to make up for, and
 * with the system property {@code tests.soak} at all.
 */
@Order(Integer.MAX_VALUE)
@Tag("scaled")
class ArgoReplicasSystemTests {

	private static final String TOKEN = "a-token-that-all-replicas-share-0123456789";

	private static final String BUILDS = "builds";

	private static final int REPLICAS = 3;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final Hook HOOK = new Hook("acme/app", 1001, "s3cret");

	private static final List<Replica> STARTED = new CopyOnWriteArrayList<>();

	private static final AtomicInteger RELEASES = new AtomicInteger();

	@TempDir
	private static Path folder;

	private static RealKubernetes kubernetes;

	private static Path secret;

	private static PostgresServer database;

	private static OciRegistryServer registry;

	private static GitHttpServer git;

	private static GitProject project;

	private static ReplayedController controller;

	@BeforeAll
	static void start() throws IOException {
		assumeTrue(GitProject.Tools.has("skopeo"), "skopeo is not here: apt-get install skopeo");
		kubernetes = RealKubernetes.start();
		ArgoDefinitions.install(kubernetes.administrator(), BUILDS);
		registry = OciRegistryServer.start(folder.resolve("registry"));
		database = PostgresServer.start();
		git = GitHttpServer.open(folder.resolve("git"));
		project = new GitProject(folder.resolve("git/acme/app.git"));
		secret = Hook.secretFile(folder, "s3cret");
		controller = new ReplayedController(kubernetes, BUILDS, Files.createDirectory(folder.resolve("images")));
	}

	@AfterAll
	static void stop() {
		STARTED.forEach(Replica::close);
		if (controller != null) {
			controller.close();
			git.close();
			database.close();
			registry.close();
		}
		if (kubernetes != null) {
			kubernetes.close();
		}
	}

	@Test
	void buildsWhenReplicasAreKilledAtEachPointAreOneWorkflowEach() {
		Map<String, String> sent = new TreeMap<>();
		List<Point> points = Boolean.getBoolean("tests.soak") ? List.of(Point.values())
				: List.of(Point.CREATE, Point.LET_GO);
		for (int i = 0; i < points.size(); i += 2) {
			killAt(points.get(i), points.get(i + 1), sent);
		}
		assertEnded(sent);
	}

	/** Releases are sent until two of three processes died. */
	private static void killAt(Point one, Point other, Map<String, String> sent) {
		List<Replica> replicas = replicas(REPLICAS);
		controller.holds = one.isStop();
		List<AtomicBoolean> dead = List.of(replicas.get(0).dieAt(one), replicas.get(1).dieAt(other));
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
			Replica next = dead.get(0).get() ? replicas.get(1) : replicas.get(0);
			String build = release(next, replicas.get(2));
			sent.put(build, one.isStop() ? "CANCELLED" : "SUCCEEDED");
			if (one.isStop()) {
				Api.Answer answer = replicas.get(2).api().post("/api/v1/builds/" + build + "/cancel", "");
				assertThat(answer.status()).as(answer.body()).isLessThan(300);
			}
			return dead.stream().allMatch(AtomicBoolean::get);
		});
		controller.holds = false;
	}

	@Test
	void buildWhenItsReplicaIsFrozenPastItsLeaseIsCarriedOnByAnotherAndTheResumedOneDoesNoHarm() {
		List<Replica> replicas = replicas(2);
		Replica frozen = replicas.get(0);
		AtomicBoolean asleep = frozen.freezeAt(Point.CREATED);
		Map<String, String> sent = new TreeMap<>();
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1)).until(() -> {
			sent.put(release(frozen, replicas.get(1)), "SUCCEEDED");
			return asleep.get();
		});
		sent.keySet().forEach((build) -> replicas.get(1).api().awaitEnd(build));
		frozen.process().resume();
		sent.put(release(frozen, frozen), "SUCCEEDED");
		assertEnded(sent);
		assertThat(frozen.api().isReady()).isTrue();
	}

	/** Each build is over, has one Workflow, and is let go; nothing else is there. */
	private static void assertEnded(Map<String, String> sent) {
		Api api = replicas(1).getFirst().api();
		sent.forEach((build, state) -> {
			JsonNode ended = api.awaitEnd(build);
			assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo(state);
			assertThat(ended.path("attempt").asInt()).as(ended.toString()).isOne();
		});
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(controller.workflows())
				.allMatch((workflow) -> workflow.getMetadata().getFinalizers().isEmpty()));
		List<String> created = STARTED.stream().flatMap((replica) -> replica.proxy.creations()).toList();
		assertThat(created).as("Workflows that were ever created")
			.doesNotHaveDuplicates()
			.isSubsetOf(api.builds().stream().map((build) -> build.path("id").asText()).toList());
		assertThat(created).containsAll(succeeded(sent));
		assertThat(registry.manifests("test/app")).as("images that were ever pushed").hasSameSizeAs(controller.pushed);
	}

	private static List<String> succeeded(Map<String, String> sent) {
		return sent.entrySet()
			.stream()
			.filter((each) -> each.getValue().equals("SUCCEEDED"))
			.map(Map.Entry::getKey)
			.toList();
	}

	/** A release of a new commit, told to one process and seen by another; its build. */
	private static String release(Replica told, Replica seen) {
		String tag = "v1.0." + RELEASES.incrementAndGet();
		project.commit(Map.of("Dockerfile", "FROM scratch\n", "version", tag));
		project.tag(tag);
		Hook.Delivery delivery = HOOK.release(tag);
		Api.Answer answer = send(told, delivery).orElseGet(() -> send(seen, delivery).orElseThrow());
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return seen.api().awaitPlanned(answer.json().path("delivery").asText()).at("/builds/0/id").asText();
	}

	/** What was not acknowledged is delivered again, as people do. */
	private static Optional<Api.Answer> send(Replica told, Hook.Delivery delivery) {
		try {
			return Optional.of(HOOK.send(told.api(), delivery));
		}
		catch (UncheckedIOException ex) {
			return Optional.empty();
		}
	}

	/** Those that live, after as many were started as are missing. */
	private static List<Replica> replicas(int least) {
		int missing = least - (int) STARTED.stream().filter(Replica::isAlive).count();
		if (missing > 0) {
			List<Integer> numbers = new ArrayList<>();
			for (int i = 0; i < missing; i++) {
				numbers.add(STARTED.size() + i);
			}
			TestDatabase.together(missing, (i) -> STARTED.add(Replica.start(numbers.get(i))));
		}
		return STARTED.stream().filter(Replica::isAlive).toList();
	}

	/** Where a process may end. */
	private enum Point {

		CREATE("POST", "/workflows", false), CREATED("POST", "/workflows", true), LET_GO("PATCH", "finalizers", false),
		LET_GO_DONE("PATCH", "finalizers", true), LIST("GET", "limit=", true), FIND("GET", "/workflows/build-", true),
		STOP("PATCH", "shutdown", false), STOPPED("PATCH", "shutdown", true);

		private final String method;

		private final String part;

		private final boolean done;

		Point(String method, String part, boolean done) {
			this.method = method;
			this.part = part;
			this.done = done;
		}

		boolean isStop() {
			return this.part.equals("shutdown");
		}

		LossyProxy.Trap trap(Runnable deed) {
			return new LossyProxy.Trap(this.method, this.part, this.done, deed);
		}

	}

	/**
	 * A process and its way to Kubernetes.
	 *
	 * @param process the process
	 * @param proxy its way
	 */
	private record Replica(ServiceProcess process, LossyProxy proxy) {

		static Replica start(int number) {
			LossyProxy proxy = new LossyProxy(kubernetes, 0, number);
			try {
				Path config = Files.writeString(folder.resolve("kubeconfig-" + number),
						RealKubernetes.accessOver(proxy.address()));
				return new Replica(described(number).environment("KUBECONFIG", config.toString()).start(), proxy);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		private static ServiceProcess.Description described(int number) throws IOException {
			Path token = Files.writeString(folder.resolve("token"), TOKEN);
			Path password = Files.writeString(folder.resolve("password"), database.password());
			return ServiceProcess.on(folder.resolve("replica-" + number))
				.with("image-factory.engine", "argo")
				.with("image-factory.argo.relist-interval", "2s")
				.with("image-factory.database.url", database.url())
				.with("image-factory.database.username", database.user())
				.with("image-factory.database.password-file", password)
				.with("image-factory.access.admin-token-file", token)
				.with("image-factory.registry.kind", "oci")
				.with("image-factory.registry.url", registry.host())
				.with("image-factory.registry.insecure", true)
				.with("image-factory.queue.max-running-per-repository", 20)
				.with("image-factory.github.web-url", git.url("").toString().replaceAll("/$", ""))
				.with("image-factory.github.webhook.secret-files[0]", secret)
				.with("image-factory.teams[0].name", "test")
				.with("image-factory.teams[0].image-prefix", "test")
				.with("image-factory.teams[0].repositories[0].name", "acme/app");
		}

		Api api() {
			return new Api(this.process.base(), TOKEN);
		}

		boolean isAlive() {
			return this.process.isAlive();
		}

		/** Ends the process at a call. */
		AtomicBoolean dieAt(Point point) {
			return at(point, this.process::kill);
		}

		/** Freezes the process at a call. */
		AtomicBoolean freezeAt(Point point) {
			return at(point, this.process::freeze);
		}

		private AtomicBoolean at(Point point, Runnable deed) {
			AtomicBoolean there = new AtomicBoolean();
			this.proxy.lay(point.trap(() -> {
				deed.run();
				there.set(true);
			}));
			return there;
		}

		void close() {
			this.process.close();
			this.proxy.close();
		}

	}

}
