package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the service from outside, at points that can be seen from outside, and shows that
 * every delivery that was answered 2xx still becomes exactly one order and every order
 * exactly one image.
 */
@Tag("scaled")
@Order(1)
class CrashSystemTests {

	private static final String SECRET = "a secret for crashes";

	/**
	 * A build that was interrupted five times is given up, so each is left in peace
	 * before.
	 */
	private static final int CALM_EVERY = 3;

	private static final int MOST_ROUNDS = 40;

	/** Releases sent in a round; their builds are in many states when the kill comes. */
	private static final int PER_ROUND = 4;

	/** How often each point is to be hit at least. */
	private static final int LANDINGS = Boolean.getBoolean("tests.soak") ? 2 : 1;

	@TempDir
	private Path folder;

	/** The list of the test itself: what was answered 2xx, by tag. */
	private final Map<String, Hook.Delivery> acknowledged = new LinkedHashMap<>();

	private final Random random = new Random(7);

	private final Map<Point, Integer> landings = new EnumMap<>(Point.class);

	private int releases;

	@Test
	void everyAcknowledgedDeliveryBecomesOneImageWhereverTheKillLands() throws IOException {
		Assumptions.assumeTrue(GitProject.Tools.has("skopeo"), "skopeo counts the images: install skopeo");
		GitProject project = new GitProject(this.folder.resolve("app"));
		Hook hook = new Hook("acme/app", 42, SECRET);
		Path data = this.folder.resolve("data");
		ServiceProcess.Description description = ServiceProcess.on(data)
			.onboarding("acme/app", project.url(), Hook.secretFile(this.folder, SECRET));
		for (int round = 0; round < MOST_ROUNDS && !allLanded(); round++) {
			Point aim = leastLanded();
			ServiceProcess service = description.start();
			if (round % CALM_EVERY == CALM_EVERY - 1) {
				awaitAllEnded(service);
			}
			aim.awaitMoment(service, () -> sendRound(service, project, hook));
			service.kill();
			landedAt(new Rows(data)).forEach((point) -> this.landings.merge(point, 1, Integer::sum));
		}
		System.out.println("Kills landed: " + this.landings + ", deliveries acknowledged: " + this.acknowledged.size());
		assertThat(this.landings).as("how often the kill landed at each point").containsOnlyKeys(Point.values());
		try (ServiceProcess service = description.start()) {
			assertOneOrderEach(awaitAllEnded(service));
			assertOneImageEach(new Layout(data.resolve("registry/test/app")));
		}
	}

	private void sendRound(ServiceProcess service, GitProject project, Hook hook) {
		List<Hook.Delivery> round = new ArrayList<>();
		for (int i = 0; i < PER_ROUND; i++) {
			String tag = "v1.%d.0".formatted(this.releases++);
			project.commit(GitProject.hello("Hello from " + tag));
			project.tag(tag);
			Hook.Delivery delivery = hook.release(tag);
			round.add(delivery);
			this.acknowledged.put(tag, delivery);
		}
		List<Hook.Delivery> again = new ArrayList<>(this.acknowledged.values());
		Collections.shuffle(again, this.random);
		round.addAll(again.subList(0, Math.min(2, again.size())));
		Collections.shuffle(round, this.random);
		for (Hook.Delivery delivery : round) {
			int status = hook.send(service.api(), delivery).status();
			assertThat(status).isIn(200, 202);
		}
	}

	private boolean allLanded() {
		return List.of(Point.values()).stream().allMatch((point) -> this.landings.getOrDefault(point, 0) >= LANDINGS);
	}

	private Point leastLanded() {
		return List.of(Point.values())
			.stream()
			.min((one, other) -> this.landings.getOrDefault(one, 0) - this.landings.getOrDefault(other, 0))
			.orElseThrow();
	}

	private static Set<Point> landedAt(Rows rows) {
		Set<Point> landed = new LinkedHashSet<>();
		for (Point point : Point.values()) {
			if (rows.count(point.evidence) > 0) {
				landed.add(point);
			}
		}
		return landed;
	}

	private static List<JsonNode> awaitAllEnded(ServiceProcess service) {
		return Awaitility.await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(500)).until(() -> {
			boolean planned = service.api().get("/api/v1/deliveries?outcome=accepted").json().path("items").isEmpty();
			return planned ? service.api().builds() : List.<JsonNode>of();
		}, (builds) -> !builds.isEmpty() && builds.stream().allMatch((build) -> build.has("finishedAt")));
	}

	private void assertOneOrderEach(List<JsonNode> builds) {
		List<String> refs = builds.stream().map((build) -> build.path("ref").asText()).sorted().toList();
		Set<String> sent = new TreeSet<>();
		this.acknowledged.keySet().forEach((tag) -> sent.add("refs/tags/" + tag));
		assertThat(refs).as("one build for every acknowledged release, and no other").containsExactlyElementsOf(sent);
		assertThat(builds).allSatisfy((build) -> {
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
			assertThat(build.path("attempt").asInt()).isEqualTo(1);
		});
	}

	private void assertOneImageEach(Layout layout) {
		Set<String> digests = new HashSet<>();
		for (String tag : this.acknowledged.keySet()) {
			JsonNode image = layout.inspect(tag);
			assertThat(image.path("Labels").path("org.opencontainers.image.version").asText()).isEqualTo(tag);
			digests.add(image.path("Digest").asText());
			assertThat(layout.file(image.path("Digest").asText(), "hello.txt")).isEqualTo("Hello from " + tag + "\n");
		}
		assertThat(digests).hasSize(this.acknowledged.size());
		assertThat(layout.labelsOfAllImages()).as("images in the layout, tagged or not")
			.hasSize(this.acknowledged.size());
	}

	/**
	 * Where a kill is to land, how one sees the moment, and what the dead process must
	 * have left.
	 */
	private enum Point {

		AFTER_STORE("delivery WHERE outcome = 'accepted'", (service) -> true),

		BEFORE_SUBMIT("build WHERE state = 'QUEUED'", (service) -> service.output().contains(" is ordered as ")),

		AFTER_NAME_IS_STORED("build WHERE state = 'SUBMITTING' AND run IS NOT NULL",
				(service) -> service.output().contains(" is submitted: ")),

		MID_BUILD("local_run WHERE ended = FALSE AND steps LIKE '%\"BUILD\",\"state\":\"RUNNING\"%'",
				(service) -> hasFile(service, "logs", "build.log")),

		BEFORE_DIGEST_CHECK(
				"local_run r JOIN build b ON b.id = r.build_id "
						+ "WHERE r.pushing IS NOT NULL AND b.state <> 'SUCCEEDED'",
				(service) -> hasFile(service, "logs", "push.log"));

		private final String evidence;

		private final Predicate<ServiceProcess> moment;

		Point(String evidence, Predicate<ServiceProcess> moment) {
			this.evidence = evidence;
			this.moment = moment;
		}

		void awaitMoment(ServiceProcess service, Runnable work) {
			Set<Path> before = files(service, "logs");
			work.run();
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(2))
				.until(() -> this.moment.test(service) && (this.evidence.startsWith("delivery")
						|| this.evidence.startsWith("build") || !files(service, "logs").equals(before)));
		}

		private static boolean hasFile(ServiceProcess service, String folder, String name) {
			return files(service, folder).stream().anyMatch((file) -> file.endsWith(name) && isFresh(file));
		}

		/** Written a moment ago, and not finished. */
		private static boolean isFresh(Path log) {
			String step = log.getFileName().toString().replace(".log", ".complete");
			return !Files.exists(log.resolveSibling(step));
		}

		private static Set<Path> files(ServiceProcess service, String folder) {
			Path root = service.dataDirectory().resolve(folder);
			if (!Files.isDirectory(root)) {
				return Set.of();
			}
			try (var all = Files.walk(root)) {
				return new HashSet<>(all.filter(Files::isRegularFile).toList());
			}
			catch (IOException | java.io.UncheckedIOException ex) {
				return Set.of();
			}
		}

	}

}
