package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.database.TestDatabase;
import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.registry.oci.OciRegistryServer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Several processes of the service on one PostgreSQL and one registry. They are shared by
 * the stories, because starting them takes longest; each story has a repository of its
 * own.
 */
@Order(1)
class ReplicasSystemTests {

	private static final String TOKEN = "a-token-that-all-replicas-share-0123456789";

	private static final int REPLICAS = 3;

	private static final List<ServiceProcess> STARTED = new CopyOnWriteArrayList<>();

	@TempDir
	private static Path folder;

	private static PostgresServer database;

	private static OciRegistryServer registry;

	private static GitHttpServer git;

	@BeforeAll
	static void start() throws IOException {
		assumeTrue(GitProject.Tools.has("buildah"), "buildah is not here: apt-get install buildah");
		assumeTrue(Files.isExecutable(Path.of("/bin/busybox")),
				"/bin/busybox is not here: apt-get install busybox-static");
		registry = OciRegistryServer.start(folder.resolve("registry"));
		database = PostgresServer.start();
		git = GitHttpServer.open(folder.resolve("git"));
	}

	@AfterEach
	void resume() {
		STARTED.forEach(ServiceProcess::resume);
	}

	@AfterAll
	static void stop() {
		STARTED.forEach(ServiceProcess::close);
		STARTED.clear();
		if (git != null) {
			git.close();
			registry.close();
			database.close();
		}
	}

	/** The replicas that live, after those that are missing were started. */
	private static List<ServiceProcess> replicas() throws IOException {
		List<ServiceProcess.Description> missing = new ArrayList<>();
		for (int i = living().size(); i < REPLICAS; i++) {
			missing.add(described("replica-" + (STARTED.size() + missing.size()), database.url())
				.with("image-factory.registry.kind", "oci")
				.with("image-factory.registry.url", registry.host())
				.with("image-factory.registry.insecure", true));
		}
		if (!missing.isEmpty()) {
			TestDatabase.together(missing.size(), (i) -> STARTED.add(missing.get(i).start()));
		}
		return living();
	}

	private static List<ServiceProcess> living() {
		return STARTED.stream().filter(ServiceProcess::isAlive).toList();
	}

	private static ServiceProcess.Description described(String name, String databaseUrl) throws IOException {
		Path token = Files.writeString(folder.resolve("token"), TOKEN);
		Path password = Files.writeString(folder.resolve("password"), database.password());
		ServiceProcess.Description described = ServiceProcess.on(folder.resolve(name))
			.with("image-factory.database.url", databaseUrl)
			.with("image-factory.database.username", database.user())
			.with("image-factory.database.password-file", password)
			.with("image-factory.access.admin-token-file", token)
			.with("image-factory.github.web-url", git.url("").toString().replaceAll("/$", ""))
			.with("image-factory.github.webhook.secret-files[0]", Hook.secretFile(folder, "s3cret"))
			.with("image-factory.teams[0].name", "test")
			.with("image-factory.teams[0].image-prefix", "test")
			.with("image-factory.teams[0].gate.allow-unscanned", true);
		for (Story story : Story.values()) {
			described.with("image-factory.teams[0].repositories[" + story.ordinal() + "].name", story.repository());
		}
		return described;
	}

	private static Api api(ServiceProcess replica) {
		return new Api(replica.base(), TOKEN);
	}

	private static List<String> rows(String query) {
		try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery(query)) {
			List<String> texts = new ArrayList<>();
			while (rows.next()) {
				texts.add(rows.getString(1));
			}
			return texts;
		}
		catch (SQLException ex) {
			throw new AssertionError(ex);
		}
	}

	/** Sends a release and waits until its build runs; returns the build. */
	private static String begin(Story story, ServiceProcess replica) {
		String build = planned(story, replica, "v1.0.0");
		awaitLine(replica, build, " begun");
		return build;
	}

	/** Sends a release and waits until it is planned; returns its build. */
	private static String planned(Story story, ServiceProcess replica, String tag) {
		return api(replica).awaitPlanned(story.send(replica, tag)).at("/builds/0/id").asText();
	}

	private static void awaitLine(ServiceProcess replica, String build, String end) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.until(() -> api(replica).get("/api/v1/builds/" + build + "/logs?step=build").body().lines().toList(),
					(lines) -> lines.stream().anyMatch((line) -> line.endsWith(end)));
	}

	/** The replica that carries a build out. */
	private static ServiceProcess ownerOf(String build) {
		List<String> pids = rows(
				"SELECT r.pid FROM local_run l JOIN replica r ON r.id = l.owner WHERE l.build_id = '" + build + "'");
		return living().stream()
			.filter((each) -> pids.contains(Long.toString(each.pid())))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No living replica owns " + build));
	}

	private static ServiceProcess anotherThan(ServiceProcess one) {
		return living().stream().filter((each) -> each != one).findFirst().orElseThrow();
	}

	@Test
	void deliveriesWhenThreeReplicasRunAreEachPlannedOnce() throws IOException {
		Story.PLANNED.project().commit(GitProject.hello("Hello"));
		List<ServiceProcess> replicas = replicas();
		List<String> sent = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			sent.add(Story.PLANNED.send(replicas.get(i % REPLICAS), "no-such-tag-" + i));
		}
		sent.forEach((delivery) -> assertThat(api(replicas.getFirst()).awaitPlanned(delivery).path("reason").asText())
			.isEqualTo("tag-not-found"));
		assertThat(git.requests()
			.stream()
			.filter((request) -> request.contains(Story.PLANNED.repository()) && request.contains("info/refs")))
			.as("questions to the repository")
			.hasSize(sent.size());
	}

	@Test
	void logsWhenTheBuildRunsOnAnotherReplicaAreReadAndFollowed() throws IOException {
		Story.FOLLOWED.commitSlow("v1.0.0", 8);
		String build = begin(Story.FOLLOWED, replicas().getFirst());
		ServiceProcess owner = ownerOf(build);
		ServiceProcess other = anotherThan(owner);
		awaitLine(other, build, " begun");
		assertThat(api(other).get("/api/v1/builds/" + build).json().has("finishedAt")).as("read while it runs")
			.isFalse();
		String followed = api(other)
			.send(api(other).request("/api/v1/builds/" + build + "/logs").header("Accept", "text/event-stream"))
			.body();
		assertThat(followed).contains("Checked out", " begun", "Pushed", "event:end");
		Story.FOLLOWED.assertOneImage(api(other).awaitEnd(build));
		String text = api(owner).get("/api/v1/builds/" + build + "/logs").body();
		assertThat(api(other).get("/api/v1/builds/" + build + "/logs").body()).isEqualTo(text);
	}

	@Test
	void buildWhenItsReplicaIsFrozenPastItsLeaseIsFinishedByAnotherAndTheResumedOneDoesNoHarm() throws IOException {
		Story.FROZEN.commitSlow("v1.0.0", 5);
		String build = begin(Story.FROZEN, replicas().getFirst());
		ServiceProcess frozen = ownerOf(build);
		ServiceProcess other = anotherThan(frozen);
		frozen.freeze();
		JsonNode ended = api(other).awaitEnd(build);
		Story.FROZEN.assertOneImage(ended);
		frozen.resume();
		Story.FROZEN.commitSlow("v1.0.1", 0);
		String next = planned(Story.FROZEN, frozen, "v1.0.1");
		assertThat(api(frozen).awaitEnd(next).path("state").asText()).isEqualTo("SUCCEEDED");
		assertThat(frozen.output()).as("what the resumed one said").contains(build + " was given up");
		assertThat(Story.FROZEN.images()).as("images that were ever pushed").hasSize(2);
		assertThat(api(other).get("/api/v1/builds/" + build).json()).isEqualTo(ended);
	}

	@Test
	void buildWhenItsReplicaIsAskedToEndGoesOnAtOnceOnAnother() throws IOException {
		Story.ENDED.commitSlow("v1.0.0", 6);
		String build = begin(Story.ENDED, replicas().getFirst());
		ServiceProcess ending = ownerOf(build);
		ServiceProcess other = anotherThan(ending);
		assertThat(ending.terminate()).isLessThan(Duration.ofSeconds(20));
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.untilAsserted(() -> assertThat(ownerOf(build)).isNotSameAs(ending));
		Story.ENDED.assertOneImage(api(other).awaitEnd(build));
	}

	@Test
	void startWhenAnotherLivesAndTheRegistryIsALayoutIsRefusedUntilItIsDead() throws IOException {
		String url = database.create("layouts", "template0");
		try (ServiceProcess first = described("layout-a", url).start();
				ServiceProcess second = described("layout-b", url).launch()) {
			assertThat(second.awaitEnd(Duration.ofMinutes(2))).isNotZero();
			assertThat(second.output()).contains("Another live process (pid " + first.pid(),
					"image-factory.registry.kind: oci");
			first.kill();
			long begun = System.nanoTime();
			described("layout-b", url).start().close();
			assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("start after the crash")
				.isLessThan(Duration.ofSeconds(60));
		}
	}

	/**
	 * Each has a repository, so that no other one's deliveries and images are counted.
	 */
	private enum Story {

		PLANNED, FOLLOWED, FROZEN, ENDED;

		private final Hook hook = new Hook(repository(), 1001 + ordinal(), "s3cret");

		private @Nullable GitProject project;

		String repository() {
			return "acme/" + name().toLowerCase(Locale.ROOT);
		}

		GitProject project() {
			if (this.project == null) {
				this.project = new GitProject(folder.resolve("git").resolve(repository() + ".git"));
			}
			return this.project;
		}

		/** A release whose build takes some seconds. */
		void commitSlow(String tag, int seconds) throws IOException {
			if (!Files.exists(project().folder().resolve("busybox"))) {
				Files.copy(Path.of("/bin/busybox"), project().folder().resolve("busybox"));
			}
			project().commit(Map.of("Dockerfile", """
					FROM scratch
					COPY busybox /bin/busybox
					COPY busybox /bin/sh
					RUN echo begun; busybox sleep %d; echo %s > /version
					""".formatted(seconds, tag)));
			project().tag(tag);
		}

		/** Sends a release; returns its delivery. */
		String send(ServiceProcess replica, String tag) {
			Api.Answer answer = this.hook.send(api(replica), this.hook.release(tag));
			assertThat(answer.status()).as(answer.body()).isEqualTo(202);
			return answer.json().path("delivery").asText();
		}

		/** The digests of what was ever pushed. */
		List<String> images() {
			return registry.manifests(repository().replace("acme/", "test/"));
		}

		void assertOneImage(JsonNode build) {
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
			assertThat(build.path("attempt").asInt()).isEqualTo(1);
			assertThat(images()).as("images that were ever pushed").containsExactly(build.path("digest").asText());
		}

	}

}
