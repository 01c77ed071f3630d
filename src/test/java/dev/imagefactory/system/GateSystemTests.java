package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.engine.local.TrivyStandIn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What stops an image before its push. The scanner is a stand-in that looks at nothing
 * but the scanned layout.
 */
class GateSystemTests {

	private static final String REPOSITORY = "acme/hello";

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	private static final String FINDING = "CVE-2026-1000 openssl 3.0.1 3.0.2 CRITICAL\n";

	@TempDir
	private static Path folder;

	private static GitProject project;

	private static ServiceProcess service;

	private static Api api;

	private static Layout layout;

	private static StoredRelease stored;

	@BeforeAll
	static void start() throws IOException {
		project = new GitProject(folder.resolve("hello"));
		Map<String, String> files = new HashMap<>(GitProject.hello("hello"));
		files.put("Dockerfile", "FROM scratch\nCOPY image/ /\n");
		files.put("image/hello.txt", "hello\n");
		project.commit(files);
		project.tag("v1.0.0");
		TrivyStandIn.plant(folder.resolve("bin"));
		service = ServiceProcess.on(folder.resolve("data"))
			.environment("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"))
			.with("image-factory.local.builder", "jib")
			.with("image-factory.build.max-source", "1MB")
			.onboarding(REPOSITORY, project.url(), Hook.secretFile(folder, "s3cret"))
			.start();
		api = service.api();
		layout = new Layout(service.dataDirectory().resolve("registry/test/hello"));
		stored = StoredRelease.make(service, HOOK, "v1.0.0");
	}

	@AfterAll
	static void end() {
		if (service != null) {
			service.close();
		}
	}

	@AfterEach
	void nothingStoredIsLost() {
		stored.assertKept();
	}

	@Test
	void imageWhenTheScannerFindsNothingPasses() {
		JsonNode build = build("v1.1.0", Map.of("image/hello.txt", "clean\n"));
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(build.at("/scan/verdict").asText()).isEqualTo("passed");
		assertThat(layout.tags()).containsEntry("v1.1.0", build.path("digest").asText());
	}

	@Test
	void imageWhenTheScannerFindsSomethingFixableIsRejectedAndNotPushed() {
		JsonNode build = build("v1.2.0", Map.of("image/vulnerable.txt", FINDING));
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("REJECTED");
		assertThat(build.at("/scan/verdict").asText()).isEqualTo("rejected");
		assertThat(build.at("/scan/counts/CRITICAL").asInt()).isEqualTo(1);
		assertThat(build.at("/scan/fixable/0/id").asText()).isEqualTo("CVE-2026-1000");
		assertThat(build.at("/scan/fixable/0/fixedIn").asText()).isEqualTo("3.0.2");
		assertNotPushed("v1.2.0", build);
		JsonNode repaired = build("v1.2.1", Map.of("image/vulnerable.txt", ""));
		assertThat(repaired.path("state").asText()).as(repaired.toString()).isEqualTo("SUCCEEDED");
	}

	@Test
	void imageWhenTheScannerIsBrokenIsNotPushed() throws IOException {
		Path scanner = folder.resolve("bin/trivy");
		Files.writeString(scanner, "#!/bin/sh\necho 'FATAL database is damaged' >&2\nexit 1\n");
		try {
			JsonNode build = build("v1.3.0", Map.of("image/hello.txt", "never scanned\n"));
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("ERRORED");
			assertThat(build.path("reason").asText()).isEqualTo("scanner-error");
			assertNotPushed("v1.3.0", build);
			assertThat(api.get("/api/v1/builds/" + build.path("id").asText() + "/logs?step=scan").body())
				.contains("database is damaged");
		}
		finally {
			Files.setPosixFilePermissions(TrivyStandIn.plant(folder.resolve("bin")),
					PosixFilePermissions.fromString("rwxr-xr-x"));
		}
	}

	@Test
	void imageWhenTheScannerSaysNothingButEndsWellIsNotPushed() throws IOException {
		Path scanner = folder.resolve("bin/trivy");
		Files.writeString(scanner, "#!/bin/sh\nexit 0\n");
		try {
			JsonNode build = build("v1.4.0", Map.of("image/hello.txt", "waved through\n"));
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("ERRORED");
			assertThat(build.path("reason").asText()).isEqualTo("scanner-error");
			assertNotPushed("v1.4.0", build);
		}
		finally {
			TrivyStandIn.plant(folder.resolve("bin"));
		}
	}

	@Test
	void repositoryWhenLargerThanTheSettingAllowsFails() throws IOException {
		byte[] noise = new byte[2 * 1024 * 1024];
		new Random(7).nextBytes(noise);
		Files.write(project.folder().resolve("noise.bin"), noise);
		assertTooLarge(build("v1.5.0", Map.of()));
		Files.delete(project.folder().resolve("noise.bin"));
		// What counts is the size of the tree, not how well it compresses.
		Files.write(project.folder().resolve("zeros.bin"), new byte[2 * 1024 * 1024]);
		assertTooLarge(build("v1.5.1", Map.of()));
		Files.delete(project.folder().resolve("zeros.bin"));
		JsonNode build = build("v1.5.2", Map.of());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
	}

	private static JsonNode build(String tag, Map<String, String> files) {
		project.commit(files);
		project.tag(tag);
		Api.Answer answer = HOOK.send(api, HOOK.release(tag));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		JsonNode planned = api.awaitPlanned(answer.json().path("delivery").asText());
		assertThat(planned.path("outcome").asText()).as(planned.toString()).isEqualTo("built");
		return api.awaitEnd(planned.at("/builds/0/id").asText());
	}

	private static void assertTooLarge(JsonNode build) {
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("FAILED");
		assertThat(build.path("reason").asText()).isEqualTo("source-too-large");
		assertThat(build.path("detail").asText()).contains("1048576");
	}

	/** Neither the tag nor any manifest of the build is there. */
	private static void assertNotPushed(String tag, JsonNode build) {
		assertThat(build.has("digest")).isFalse();
		assertThat(layout.tags()).doesNotContainKey(tag);
		assertThat(layout.labelsOfAllImages()).isNotEmpty()
			.noneMatch((labels) -> build.path("id").asText().equals(labels.get("dev.imagefactory.build")));
	}

}
