package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.registry.oci.OciRegistryServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The whole service with a real registry that is taken away while a release is pushed, or
 * right after, and sometimes comes back. One service lives through all the stories; each
 * has a repository of its own.
 */
class RegistryOutageSystemTests {

	@TempDir
	private static Path folder;

	private static OciRegistryServer registry;

	private static Doorway doorway;

	private static ServiceProcess service;

	private static Api api;

	@BeforeAll
	static void start() {
		assumeTrue(GitProject.Tools.has("skopeo"), "skopeo is not here: apt-get install skopeo");
		registry = OciRegistryServer.start(folder.resolve("registry"));
		doorway = Doorway.to(registry.host());
		ServiceProcess.Description described = ServiceProcess.on(folder.resolve("data"))
			.with("image-factory.teams[0].gate.allow-unscanned", true)
			.with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", doorway.address())
			.with("image-factory.registry.insecure", true);
		for (Story story : Story.values()) {
			described.onboarding(story.repository(), story.commit(), Hook.secretFile(folder, "s3cret"))
				.with("image-factory.teams[0].repositories[" + story.ordinal() + "].latest", true);
		}
		service = described.start();
		api = service.api();
	}

	@AfterEach
	void open() {
		doorway.open();
	}

	@AfterAll
	static void stop() {
		if (service != null) {
			service.close();
		}
		if (doorway != null) {
			doorway.close();
			registry.close();
		}
	}

	@Test
	void releaseWhenRegistryIsUpIsThereUnderAllItsTags() {
		JsonNode build = api.awaitEnd(Story.CALM.release());
		Story.CALM.assertPublished(build);
		assertThat(build.path("tags").toString()).matches("\\[\"v1.0.0\",\"sha-[0-9a-f]{12}\",\"latest\"]");
		JsonNode shown = Story.CALM.inspect("v1.0.0");
		assertThat(shown.at("/Labels/dev.imagefactory.build").asText()).isEqualTo(build.path("id").asText());
		assertThat(shown.path("RepoTags")).as("every tag in the registry").hasSize(3);
	}

	@Test
	void releaseWhenRegistryGoesAwayInTheMiddleOfThePushIsPushedWhenItIsBack() {
		doorway.shutWhen((request) -> request.startsWith("PUT /v2/" + Story.PUSHING.image() + "/manifests/v1.0.0"));
		String id = Story.PUSHING.release();
		Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> log(id).contains("(attempt 2 of 8"));
		assertThat(api.get("/api/v1/builds/" + id).json().path("state").asText()).isEqualTo("RUNNING");
		doorway.open();
		Story.PUSHING.assertPublished(api.awaitEnd(id));
		assertThat(log(id)).contains("check that the registry is up and image-factory.registry.url", "Pushed");
	}

	@Test
	void releaseWhenRegistryIsGoneAfterThePushWaitsAndSaysSoUntilItIsBack() {
		String id = awaitSilence(Story.PUSHED);
		doorway.open();
		JsonNode build = api.awaitEnd(id);
		Story.PUSHED.assertPublished(build);
		assertThat(api.get("/api/v1/builds/" + id + "/history").body()).contains("registry-unreachable");
	}

	@Test
	void releaseWhenRegistryIsGoneForeverCanBeCancelled() {
		String id = awaitSilence(Story.ABANDONED);
		assertThat(api.post("/api/v1/builds/" + id + "/cancel", "").status()).isEqualTo(202);
		assertThat(api.awaitEnd(id).path("state").asText()).isEqualTo("CANCELLED");
		doorway.open();
		assertThat(Story.ABANDONED.inspect("v1.0.0").path("Digest").asText()).as("what had been pushed")
			.startsWith("sha256:");
	}

	/** Begins a release whose registry is gone as soon as all is pushed. */
	private static String awaitSilence(Story story) {
		AtomicBoolean tagged = new AtomicBoolean();
		doorway.shutWhen((request) -> {
			tagged.compareAndSet(false, request.startsWith("PUT /v2/" + story.image() + "/manifests/latest"));
			return tagged.get() && request.startsWith("GET /v2/" + story.image() + "/manifests/sha256:");
		});
		String id = story.release();
		JsonNode waiting = Awaitility.await()
			.atMost(Duration.ofMinutes(2))
			.until(() -> api.get("/api/v1/builds/" + id).json(),
					(build) -> build.path("reason").asText().equals("registry-unreachable"));
		assertThat(doorway.isShut()).isTrue();
		assertThat(waiting.path("state").asText()).isEqualTo("VERIFYING");
		assertThat(waiting.path("detail").asText()).contains("check that the registry is up");
		return id;
	}

	private static String log(String id) {
		return api.get("/api/v1/builds/" + id + "/logs?step=push").body();
	}

	/** Each has a repository, so that no other one's images are counted. */
	private enum Story {

		CALM, PUSHING, PUSHED, ABANDONED;

		String repository() {
			return "acme/" + name().toLowerCase(Locale.ROOT);
		}

		String image() {
			return "test/" + name().toLowerCase(Locale.ROOT);
		}

		/** Makes the repository; returns where it is cloned from. */
		URI commit() {
			GitProject project = new GitProject(folder.resolve(repository()));
			project.commit(GitProject.hello("hello from " + this));
			project.tag("v1.0.0");
			return project.url();
		}

		/** Sends the release; returns its build. */
		String release() {
			Hook hook = new Hook(repository(), 1001 + ordinal(), "s3cret");
			Api.Answer answer = hook.send(api, hook.release("v1.0.0"));
			assertThat(answer.status()).as(answer.body()).isEqualTo(202);
			return api.awaitPlanned(answer.json().path("delivery").asText()).at("/builds/0/id").asText();
		}

		void assertPublished(JsonNode build) {
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
			String digest = build.path("digest").asText();
			assertThat(inspect("v1.0.0").path("Digest").asText()).isEqualTo(digest);
			assertThat(inspect("latest").path("Digest").asText()).isEqualTo(digest);
			assertThat(registry.manifests(image())).as("images in the registry").containsExactly(digest);
		}

		JsonNode inspect(String tag) {
			try {
				return new ObjectMapper().readTree(GitProject.Tools.run(folder, List.of("skopeo", "inspect",
						"--tls-verify=false", "docker://" + registry.host() + "/" + image() + ":" + tag)));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
