package dev.imagefactory.system;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.database.PostgresServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Takes the database away while deliveries come in and builds run, and gives it back:
 * nothing that was answered 2xx is lost or done twice, senders hear within 2 s that
 * nothing was stored, and so do programs and people that ask for something; and the
 * service needs no restart: the same one lives through both outages. An outage lasts 5 s,
 * and with the system property {@code tests.soak} a minute.
 */
@Isolated
@Tag("scaled")
class DatabaseOutageSystemTests {

	private static final Duration OUTAGE = Boolean.getBoolean("tests.soak") ? Duration.ofMinutes(1)
			: Duration.ofSeconds(5);

	private static final Duration SOON = Duration.ofSeconds(2);

	private static final String SECRET = "a secret for outages";

	private static final int RELEASES = 16;

	private static final int SENDERS = 4;

	@TempDir
	private static Path folder;

	private static PostgresServer database;

	private static ServiceProcess service;

	private final BlockingQueue<Hook.Delivery> unsent = new LinkedBlockingQueue<>();

	/** What was answered 2xx, by GUID. */
	private final Set<String> acknowledged = new ConcurrentSkipListSet<>();

	private final Queue<Sent> answers = new ConcurrentLinkedQueue<>();

	private final Queue<Told> told = new ConcurrentLinkedQueue<>();

	@BeforeAll
	static void start() throws IOException {
		database = PostgresServer.start();
		Path password = Files.writeString(folder.resolve("password"), database.password() + "\n");
		ServiceProcess.Description described = ServiceProcess.on(folder.resolve("data"))
			.with("image-factory.database.url", database.url())
			.with("image-factory.database.username", database.user())
			.with("image-factory.database.password-file", password);
		for (Outage outage : Outage.values()) {
			described.onboarding(outage.repository(), outage.project().url(), Hook.secretFile(folder, SECRET));
		}
		service = described.start();
		// What a first page costs beside the database is not what is measured here.
		assertThat(service.api().send(service.api().request("/").header("Accept", "text/html").GET()).status())
			.isEqualTo(200);
	}

	@AfterAll
	static void stop() {
		if (service != null) {
			service.close();
		}
		if (database != null) {
			database.close();
		}
	}

	@ParameterizedTest
	@EnumSource
	void everyAcknowledgedDeliveryBecomesOneImageAlthoughTheDatabaseWasGone(Outage outage) throws Exception {
		List<Hook.Delivery> releases = outage.releases();
		try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
			for (int i = 0; i < SENDERS; i++) {
				senders.execute(() -> sendAll(outage));
			}
			this.unsent.addAll(releases.subList(0, RELEASES / 2));
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> this.acknowledged.size() > SENDERS && hasOpenBuild(outage));
			outage.begin.accept(database);
			long gone = System.nanoTime();
			this.unsent.addAll(releases.subList(RELEASES / 2, RELEASES));
			askWhileGone(outage);
			long back = System.nanoTime();
			outage.end.accept(database);
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> service.api().isReady());
			Awaitility.await().atMost(Duration.ofMinutes(3)).until(() -> this.acknowledged.size() == RELEASES);
			assertToldSoon(gone, back);
			assertEveryQuestionToldSoon();
			assertOneImageEach(outage);
		}
	}

	/** Sends on, as a sender does who presses "Redeliver" for what failed. */
	private void sendAll(Outage outage) {
		while (this.acknowledged.size() < RELEASES) {
			Hook.Delivery delivery = next();
			if (delivery != null) {
				send(outage, delivery);
			}
		}
	}

	private Hook.@Nullable Delivery next() {
		try {
			return this.unsent.poll(100, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void send(Outage outage, Hook.Delivery delivery) {
		long began = System.nanoTime();
		Api.Answer answer = outage.hook.send(service.api(), delivery);
		this.answers.add(new Sent(began, Duration.ofNanos(System.nanoTime() - began), answer));
		if (answer.status() < 300) {
			this.acknowledged.add(delivery.guid());
		}
		else {
			this.unsent.add(delivery);
		}
	}

	private static List<JsonNode> builds(Outage outage) {
		return service.api()
			.builds()
			.stream()
			.filter((build) -> build.path("repository").asText().equals(outage.repository()))
			.toList();
	}

	private static boolean hasOpenBuild(Outage outage) {
		return builds(outage).stream().anyMatch((build) -> !build.has("finishedAt"));
	}

	/**
	 * From the first moment on, while the service still takes its connections for good
	 * ones; nobody asks any more when the database comes back, so that no build is made.
	 */
	private void askWhileGone(Outage outage) throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		try (ExecutorService askers = Executors.newFixedThreadPool(Question.values().length)) {
			List<Future<?>> asking = Arrays.stream(Question.values()).<Future<?>>map((question) -> askers.submit(() -> {
				while (!over.get()) {
					ask(question, outage);
				}
			})).toList();
			try {
				assertRedFor(OUTAGE);
			}
			finally {
				over.set(true);
			}
			for (Future<?> asker : asking) {
				asker.get(1, TimeUnit.MINUTES);
			}
		}
	}

	private void ask(Question question, Outage outage) {
		long began = System.nanoTime();
		Api.Answer answer = question.ask(service.api(), outage);
		this.told.add(new Told(question, new Sent(began, Duration.ofNanos(System.nanoTime() - began), answer)));
	}

	private void assertEveryQuestionToldSoon() {
		for (Question question : Question.values()) {
			List<Sent> answers = this.told.stream()
				.filter((told) -> told.question() == question)
				.map(Told::sent)
				.toList();
			System.out.println("%s while the database was gone: %d answers, the slowest after %d ms".formatted(question,
					answers.size(), answers.stream().mapToLong((sent) -> sent.took().toMillis()).max().orElse(0)));
			assertThat(answers).as(question.name()).hasSizeGreaterThan(2).allSatisfy((sent) -> {
				assertThat(sent.answer().status()).as(sent.answer().body()).isEqualTo(503);
				assertThat(sent.answer().headers()).containsKey("retry-after");
				question.assertExplained(sent.answer());
				assertThat(sent.took()).isLessThan(SOON);
			});
		}
	}

	private static void assertRedFor(Duration outage) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> isRed());
		Awaitility.await()
			.during(outage)
			.atMost(outage.plusSeconds(10))
			.pollInterval(Duration.ofMillis(500))
			.until(() -> isRed());
	}

	private static boolean isRed() {
		return service.api().get("/actuator/health/readiness").status() == 503;
	}

	private void assertToldSoon(long gone, long back) {
		List<Sent> meanwhile = this.answers.stream()
			.filter((sent) -> sent.began() - gone > 0 && sent.began() + sent.took().toNanos() - back < 0)
			.toList();
		System.out.println("Answers while the database was gone: %d, the slowest after %d ms".formatted(
				meanwhile.size(), meanwhile.stream().mapToLong((sent) -> sent.took().toMillis()).max().orElse(0)));
		assertThat(meanwhile).as("answers while the database was gone")
			.hasSizeGreaterThan(SENDERS)
			.allSatisfy((sent) -> {
				assertThat(sent.answer().status()).as(sent.answer().body()).isEqualTo(503);
				assertThat(sent.answer().headers()).containsKey("retry-after");
				assertThat(sent.took()).isLessThan(SOON);
			});
	}

	private void assertOneImageEach(Outage outage) {
		List<JsonNode> builds = Awaitility.await()
			.atMost(Duration.ofMinutes(5))
			.pollInterval(Duration.ofMillis(500))
			.until(() -> builds(outage),
					(all) -> all.size() >= RELEASES && all.stream().allMatch((build) -> build.has("finishedAt")));
		Set<String> refs = new TreeSet<>();
		for (int i = 0; i < RELEASES; i++) {
			refs.add("refs/tags/v1.%d.0".formatted(i));
		}
		assertThat(builds).extracting((build) -> build.path("ref").asText())
			.as("one build for every release, and no other")
			.containsExactlyInAnyOrderElementsOf(refs);
		assertThat(builds).allSatisfy(
				(build) -> assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED"));
		Layout layout = new Layout(
				service.dataDirectory().resolve("registry").resolve(outage.repository().replace("acme/", "test/")));
		assertThat(layout.tags()).hasSize(2 * RELEASES);
		assertThat(layout.labelsOfAllImages()).as("images in the layout, each under two tags").hasSize(RELEASES);
		assertThat(service.isAlive()).isTrue();
	}

	/** What programs and people ask for, and how they are told that it cannot be had. */
	private enum Question {

		PAGE {
			@Override
			Api.Answer ask(Api api, Outage outage) {
				return api.send(api.request("/").header("Accept", "text/html").GET());
			}

			@Override
			void assertExplained(Api.Answer answer) {
				assertThat(answer.headers().get("content-type").getFirst()).startsWith("text/html");
				assertThat(answer.body()).contains("The database does not answer.");
			}
		},

		LIST {
			@Override
			Api.Answer ask(Api api, Outage outage) {
				return api.get("/api/v1/builds");
			}
		},

		ORDER {
			@Override
			Api.Answer ask(Api api, Outage outage) {
				return api.post("/api/v1/builds", """
						{"repository": "%s", "ref": "refs/heads/main"}""".formatted(outage.repository()));
			}
		},

		ORDER_WITH_KEY {
			@Override
			Api.Answer ask(Api api, Outage outage) {
				return api.send(api.request("/api/v1/builds")
					.header("Content-Type", "application/json")
					.header("Idempotency-Key", UUID.randomUUID().toString())
					.POST(HttpRequest.BodyPublishers.ofString("""
							{"repository": "%s", "ref": "refs/heads/main"}""".formatted(outage.repository()))));
			}
		},

		DECISION {
			@Override
			Api.Answer ask(Api api, Outage outage) {
				return api.post("/api/v1/decisions", """
						{"event": "release", "payload": %s}"""
					.formatted(new String(outage.hook.release("v1.0.0").body(), StandardCharsets.UTF_8)));
			}
		};

		abstract Api.Answer ask(Api api, Outage outage);

		void assertExplained(Api.Answer answer) {
			assertThat(answer.headers().get("content-type").getFirst()).startsWith("application/problem+json");
			assertThat(answer.problem()).isEqualTo("503 unavailable");
		}

	}

	/**
	 * What a question came to.
	 *
	 * @param question what was asked
	 * @param sent when, and the answer
	 */
	private record Told(Question question, Sent sent) {

	}

	/** How a database goes away, and comes back; each has a repository of its own. */
	private enum Outage {

		FROZEN(PostgresServer::pause, PostgresServer::resume),

		KILLED(PostgresServer::kill, PostgresServer::restart);

		private final Consumer<PostgresServer> begin;

		private final Consumer<PostgresServer> end;

		private final Hook hook = new Hook(repository(), 42 + ordinal(), SECRET);

		Outage(Consumer<PostgresServer> begin, Consumer<PostgresServer> end) {
			this.begin = begin;
			this.end = end;
		}

		String repository() {
			return "acme/" + name().toLowerCase(Locale.ROOT);
		}

		GitProject project() {
			return new GitProject(folder.resolve(repository()));
		}

		List<Hook.Delivery> releases() {
			GitProject project = project();
			return IntStream.range(0, RELEASES).mapToObj("v1.%d.0"::formatted).map((tag) -> {
				project.commit(GitProject.hello("Hello from " + tag));
				project.tag(tag);
				return this.hook.release(tag);
			}).toList();
		}

	}

	/**
	 * A delivery that was sent.
	 *
	 * @param began when, in nanoseconds of this machine
	 * @param took until the answer
	 * @param answer the answer
	 */
	private record Sent(long began, Duration took, Api.Answer answer) {

	}

}
