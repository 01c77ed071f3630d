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
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.database.PostgresServer;
import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.registry.oci.OciRegistryServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Several processes of the service on one PostgreSQL, one registry and one repository.
 */
class ReplicasSystemTests {

	private static final String REPOSITORY = "acme/app";

	private static final String IMAGE = "test/app";

	private static final String TOKEN = "a-token-that-all-replicas-share-0123456789";

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	private final List<ServiceProcess> replicas = new ArrayList<>();

	@TempDir
	private Path folder;

	private PostgresServer database;

	private OciRegistryServer registry;

	private GitHttpServer git;

	private GitProject project;

	@BeforeEach
	void start() throws IOException {
		assumeTrue(GitProject.Tools.has("buildah"), "buildah is not here: apt-get install buildah");
		assumeTrue(Files.isExecutable(Path.of("/bin/busybox")),
				"/bin/busybox is not here: apt-get install busybox-static");
		this.registry = OciRegistryServer.start(this.folder.resolve("registry"));
		this.database = PostgresServer.start();
		this.project = new GitProject(this.folder.resolve("git/acme/app.git"));
		this.git = GitHttpServer.open(this.folder.resolve("git"));
	}

	@AfterEach
	void stop() {
		this.replicas.forEach((replica) -> signal("-CONT", replica));
		this.replicas.forEach(ServiceProcess::close);
		if (this.git != null) {
			this.git.close();
			this.registry.close();
			this.database.close();
		}
	}

	private ServiceProcess.Description described(String name) throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), TOKEN);
		Path password = Files.writeString(this.folder.resolve("password"), this.database.password());
		return ServiceProcess.on(this.folder.resolve(name))
			.with("image-factory.database.url", this.database.url())
			.with("image-factory.database.username", this.database.user())
			.with("image-factory.database.password-file", password)
			.with("image-factory.access.admin-token-file", token)
			.with("image-factory.github.web-url", this.git.url("").toString().replaceAll("/$", ""))
			.with("image-factory.github.webhook.secret-files[0]", Hook.secretFile(this.folder, "s3cret"))
			.with("image-factory.teams[0].name", "test")
			.with("image-factory.teams[0].image-prefix", "test")
			.with("image-factory.teams[0].gate.allow-unscanned", true)
			.with("image-factory.teams[0].repositories[0].name", REPOSITORY);
	}

	private ServiceProcess replica(String name) throws IOException {
		ServiceProcess replica = described(name).with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", this.registry.host())
			.with("image-factory.registry.insecure", true)
			.start();
		this.replicas.add(replica);
		return replica;
	}

	private static Api api(ServiceProcess replica) {
		return new Api(replica.base(), TOKEN);
	}

	private static void signal(String signal, ServiceProcess replica) {
		try {
			new ProcessBuilder("kill", signal, Long.toString(replica.pid())).start().waitFor();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<String> rows(String query) {
		try (Connection connection = DriverManager.getConnection(this.database.url(), this.database.user(),
				this.database.password());
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

	/** A release whose build takes some seconds. */
	private void commitSlow(String tag, int seconds) throws IOException {
		if (!Files.exists(this.project.folder().resolve("busybox"))) {
			Files.copy(Path.of("/bin/busybox"), this.project.folder().resolve("busybox"));
		}
		this.project.commit(Map.of("Dockerfile", """
				FROM scratch
				COPY busybox /bin/busybox
				COPY busybox /bin/sh
				RUN echo begun; busybox sleep %d; echo %s > /version
				""".formatted(seconds, tag)));
		this.project.tag(tag);
	}

	private static String send(ServiceProcess replica, Hook.Delivery delivery) {
		Api.Answer answer = HOOK.send(api(replica), delivery);
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return answer.json().path("delivery").asText();
	}

	/** Sends a release and waits until its build runs; returns the build. */
	private String begin(ServiceProcess replica, String tag) {
		String delivery = send(replica, HOOK.release(tag));
		String build = api(replica).awaitPlanned(delivery).at("/builds/0/id").asText();
		awaitLine(replica, build, " begun");
		return build;
	}

	private static void awaitLine(ServiceProcess replica, String build, String end) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.until(() -> api(replica).get("/api/v1/builds/" + build + "/logs?step=build").body().lines().toList(),
					(lines) -> lines.stream().anyMatch((line) -> line.endsWith(end)));
	}

	/** The replica that carries a build out. */
	private ServiceProcess ownerOf(String build) {
		List<String> pids = rows(
				"SELECT r.pid FROM local_run l JOIN replica r ON r.id = l.owner WHERE l.build_id = '" + build + "'");
		return this.replicas.stream()
			.filter((each) -> pids.contains(Long.toString(each.pid())))
			.findFirst()
			.orElseThrow(() -> new AssertionError("No living replica owns " + build));
	}

	private void assertOneImage(JsonNode build) {
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(build.path("attempt").asInt()).isEqualTo(1);
		assertThat(this.registry.manifests(IMAGE)).as("images that were ever pushed")
			.containsExactly(build.path("digest").asText());
	}

	@Test
	void deliveriesWhenThreeReplicasRunAreEachPlannedOnce() throws IOException {
		this.project.commit(GitProject.hello("Hello"));
		for (String name : List.of("a", "b", "c")) {
			replica(name);
		}
		List<String> sent = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			sent.add(send(this.replicas.get(i % 3), HOOK.release("no-such-tag-" + i)));
		}
		sent.forEach(
				(delivery) -> assertThat(api(this.replicas.getFirst()).awaitPlanned(delivery).path("reason").asText())
					.isEqualTo("tag-not-found"));
		assertThat(this.git.requests().stream().filter((request) -> request.contains("info/refs")))
			.as("questions to the repository")
			.hasSize(sent.size());
	}

	@Test
	void logsWhenTheBuildRunsOnAnotherReplicaAreReadAndFollowed() throws IOException {
		replica("a");
		replica("b");
		commitSlow("v1.0.0", 8);
		String build = begin(this.replicas.getFirst(), "v1.0.0");
		ServiceProcess owner = ownerOf(build);
		ServiceProcess other = this.replicas.stream().filter((each) -> each != owner).findFirst().orElseThrow();
		awaitLine(other, build, " begun");
		assertThat(api(other).get("/api/v1/builds/" + build).json().has("finishedAt")).as("read while it runs")
			.isFalse();
		String followed = api(other)
			.send(api(other).request("/api/v1/builds/" + build + "/logs").header("Accept", "text/event-stream"))
			.body();
		assertThat(followed).contains("Checked out", " begun", "Pushed", "event:end");
		assertOneImage(api(other).awaitEnd(build));
		String text = api(owner).get("/api/v1/builds/" + build + "/logs").body();
		assertThat(api(other).get("/api/v1/builds/" + build + "/logs").body()).isEqualTo(text);
	}

	@Test
	void buildWhenItsReplicaIsFrozenPastItsLeaseIsFinishedByAnotherAndTheResumedOneDoesNoHarm() throws IOException {
		replica("a");
		replica("b");
		commitSlow("v1.0.0", 5);
		String build = begin(this.replicas.getFirst(), "v1.0.0");
		ServiceProcess frozen = ownerOf(build);
		ServiceProcess other = this.replicas.stream().filter((each) -> each != frozen).findFirst().orElseThrow();
		signal("-STOP", frozen);
		JsonNode ended = api(other).awaitEnd(build);
		assertOneImage(ended);
		signal("-CONT", frozen);
		commitSlow("v1.0.1", 0);
		String next = api(frozen).awaitPlanned(send(frozen, HOOK.release("v1.0.1"))).at("/builds/0/id").asText();
		assertThat(api(frozen).awaitEnd(next).path("state").asText()).isEqualTo("SUCCEEDED");
		assertThat(frozen.output()).as("what the resumed one said").contains(build + " was given up");
		assertThat(this.registry.manifests(IMAGE)).as("images that were ever pushed").hasSize(2);
		assertThat(api(other).get("/api/v1/builds/" + build).json()).isEqualTo(ended);
	}

	@Test
	void buildWhenItsReplicaIsAskedToEndGoesOnAtOnceOnAnother() throws IOException {
		replica("a");
		replica("b");
		commitSlow("v1.0.0", 6);
		String build = begin(this.replicas.getFirst(), "v1.0.0");
		ServiceProcess ending = ownerOf(build);
		ServiceProcess other = this.replicas.stream().filter((each) -> each != ending).findFirst().orElseThrow();
		assertThat(ending.terminate()).isLessThan(Duration.ofSeconds(20));
		Awaitility.await()
			.atMost(Duration.ofSeconds(15))
			.untilAsserted(() -> assertThat(ownerOf(build)).isSameAs(other));
		assertOneImage(api(other).awaitEnd(build));
	}

	@Test
	void startWhenAnotherLivesAndTheRegistryIsALayoutIsRefusedUntilItIsDead() throws IOException {
		ServiceProcess first = described("a").start();
		this.replicas.add(first);
		ServiceProcess second = described("b").launch();
		this.replicas.add(second);
		assertThat(second.awaitEnd(Duration.ofMinutes(2))).isNotZero();
		assertThat(second.output()).contains("Another live process (pid " + first.pid(),
				"image-factory.registry.kind: oci");
		first.kill();
		long begun = System.nanoTime();
		this.replicas.add(described("b").start());
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("start after the crash")
			.isLessThan(Duration.ofSeconds(60));
	}

}
