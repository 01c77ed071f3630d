package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.registry.oci.OciRegistryServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The whole service with a real registry that is taken away while a release is pushed, or
 * right after, and sometimes comes back.
 */
class RegistryOutageSystemTests {

	private static final String REPOSITORY = "acme/hello";

	private static final String IMAGE = "test/hello";

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	@TempDir
	private Path folder;

	private OciRegistryServer registry;

	private Doorway doorway;

	private ServiceProcess service;

	private Api api;

	@BeforeEach
	void start() {
		assumeTrue(GitProject.Tools.has("skopeo"), "skopeo is not here: apt-get install skopeo");
		this.registry = OciRegistryServer.start(this.folder.resolve("registry"));
		this.doorway = Doorway.to(this.registry.host());
		GitProject project = new GitProject(this.folder.resolve("hello"));
		project.commit(GitProject.hello("hello"));
		project.tag("v1.0.0");
		this.service = ServiceProcess.on(this.folder.resolve("data"))
			.onboarding(REPOSITORY, project.url(), Hook.secretFile(this.folder, "s3cret"))
			.with("image-factory.teams[0].repositories[0].latest", true)
			.with("image-factory.teams[0].gate.allow-unscanned", true)
			.with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", this.doorway.address())
			.with("image-factory.registry.insecure", true)
			.start();
		this.api = this.service.api();
	}

	@AfterEach
	void stop() {
		if (this.service != null) {
			this.service.close();
		}
		if (this.doorway != null) {
			this.doorway.close();
			this.registry.close();
		}
	}

	@Test
	void releaseWhenRegistryIsUpIsThereUnderAllItsTags() {
		JsonNode build = this.api.awaitEnd(release());
		assertPublished(build);
		assertThat(build.path("tags").toString()).matches("\\[\"v1.0.0\",\"sha-[0-9a-f]{12}\",\"latest\"]");
		JsonNode shown = inspect("v1.0.0");
		assertThat(shown.at("/Labels/dev.imagefactory.build").asText()).isEqualTo(build.path("id").asText());
		assertThat(shown.path("RepoTags")).as("every tag in the registry").hasSize(3);
	}

	@Test
	void releaseWhenRegistryGoesAwayInTheMiddleOfThePushIsPushedWhenItIsBack() {
		this.doorway.shutWhen((request) -> request.startsWith("PUT /v2/" + IMAGE + "/manifests/v1.0.0"));
		String id = release();
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> log(id).contains("(attempt 2 of 8"));
		assertThat(this.api.get("/api/v1/builds/" + id).json().path("state").asText()).isEqualTo("RUNNING");
		this.doorway.open();
		assertPublished(this.api.awaitEnd(id));
		assertThat(log(id)).contains("check that the registry is up and image-factory.registry.url", "Pushed");
	}

	@Test
	void releaseWhenRegistryIsGoneAfterThePushWaitsAndSaysSoUntilItIsBack() {
		String id = awaitSilence();
		this.doorway.open();
		JsonNode build = this.api.awaitEnd(id);
		assertPublished(build);
		assertThat(this.api.get("/api/v1/builds/" + id + "/history").body()).contains("registry-unreachable");
	}

	@Test
	void releaseWhenRegistryIsGoneForeverCanBeCancelled() {
		String id = awaitSilence();
		assertThat(this.api.post("/api/v1/builds/" + id + "/cancel", "").status()).isEqualTo(202);
		assertThat(this.api.awaitEnd(id).path("state").asText()).isEqualTo("CANCELLED");
		this.doorway.open();
		assertThat(inspect("v1.0.0").path("Digest").asText()).as("what had been pushed").startsWith("sha256:");
	}

	/** Begins a release whose registry is gone as soon as all is pushed. */
	private String awaitSilence() {
		AtomicBoolean tagged = new AtomicBoolean();
		this.doorway.shutWhen((request) -> {
			tagged.compareAndSet(false, request.startsWith("PUT /v2/" + IMAGE + "/manifests/latest"));
			return tagged.get() && request.startsWith("GET /v2/" + IMAGE + "/manifests/sha256:");
		});
		String id = release();
		JsonNode waiting = Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> this.api.get("/api/v1/builds/" + id).json(),
					(build) -> build.path("reason").asText().equals("registry-unreachable"));
		assertThat(this.doorway.isShut()).isTrue();
		assertThat(waiting.path("state").asText()).isEqualTo("VERIFYING");
		assertThat(waiting.path("detail").asText()).contains("check that the registry is up");
		return id;
	}

	private String release() {
		Api.Answer answer = HOOK.send(this.api, HOOK.release("v1.0.0"));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return this.api.awaitPlanned(answer.json().path("delivery").asText()).at("/builds/0/id").asText();
	}

	private String log(String id) {
		return this.api.get("/api/v1/builds/" + id + "/logs?step=push").body();
	}

	private void assertPublished(JsonNode build) {
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		String digest = build.path("digest").asText();
		assertThat(inspect("v1.0.0").path("Digest").asText()).isEqualTo(digest);
		assertThat(inspect("latest").path("Digest").asText()).isEqualTo(digest);
		assertThat(this.registry.manifests(IMAGE)).as("images in the registry").containsExactly(digest);
	}

	private JsonNode inspect(String tag) {
		try {
			return new ObjectMapper().readTree(GitProject.Tools.run(this.folder, List.of("skopeo", "inspect",
					"--tls-verify=false", "docker://" + this.registry.host() + "/" + IMAGE + ":" + tag)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
