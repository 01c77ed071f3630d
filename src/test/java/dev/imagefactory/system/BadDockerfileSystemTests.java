package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Dockerfiles that are wrong or curious, built by buildah. */
class BadDockerfileSystemTests {

	private static final String SECRET = "s3cret";

	private static final String TREASURE = "the treasure of the host";

	private static final String PLANTED = "planted-in-the-environment-of-the-service";

	private static final String SHELL = "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n";

	@TempDir
	private static Path folder;

	private static final Map<String, GitProject> PROJECTS = new LinkedHashMap<>();

	private static ServiceProcess service;

	private static Api api;

	private static StoredRelease stored;

	private static String adminToken;

	@BeforeAll
	static void start() throws Exception {
		assumeTrue(GitProject.Tools.has("buildah"), "buildah is not here: apt-get install buildah");
		assumeTrue(Files.isExecutable(Path.of("/bin/busybox")),
				"/bin/busybox is not here: apt-get install busybox-static");
		Path data = folder.resolve("data");
		project("good", "FROM scratch\nCOPY hello.txt /hello.txt\n");
		project("wrong", "FROM scratch\nFRUB everything\n");
		project("uncopied", "FROM scratch\nCOPY missing.txt /missing.txt\n");
		project("empty", "# nothing yet\n");
		project("failing", SHELL + "RUN echo 'cannot find the frobnicator' >&2; exit 7\n");
		Path treasure = Files.writeString(folder.resolve("treasure.txt"), TREASURE);
		GitProject leaking = project("leaking", "FROM scratch\nCOPY leak /leak.txt\n");
		Files.createSymbolicLink(leaking.folder().resolve("leak"), treasure);
		leaking.commit(Map.of());
		GitProject linked = project("linked", "FROM scratch\n");
		Files.delete(linked.folder().resolve("Dockerfile"));
		Files.createSymbolicLink(linked.folder().resolve("Dockerfile"), Path.of("/etc/passwd"));
		linked.commit(Map.of());
		GitProject curious = project("curious", SHELL + "COPY admin-token-decoy /srv/\n" + curious(data, treasure));
		curious.commit(Map.of("admin-token-decoy", "the decoy that shows that the search works"));
		ServiceProcess.Description description = ServiceProcess.on(data)
			.environment("PLANTED_SECRET", PLANTED)
			.with("image-factory.local.builder", "buildah");
		Path secret = Hook.secretFile(folder, SECRET);
		PROJECTS.forEach((name, project) -> {
			project.tag("v1.0.0");
			description.onboarding("acme/" + name, project.url(), secret);
		});
		service = description.start();
		api = service.api();
		adminToken = Files.readString(data.resolve("admin-token")).strip();
		stored = StoredRelease.make(service, hook("good"), "v1.0.0");
	}

	/**
	 * Collects whatever it can reach: its own environment, those of other processes,
	 * files called admin-token below /, through /proc, and under the names they have
	 * outside.
	 */
	private static String curious(Path data, Path treasure) {
		String paths = "%s %s".formatted(data.resolve("admin-token"), treasure);
		return """
				RUN busybox env > /loot-env; busybox id >> /loot-env; true
				RUN for p in /proc/[0-9]*; do busybox tr '\\\\0' '\\\\n' < $p/environ; busybox tr '\\\\0' ' ' < $p/cmdline; done > /loot-proc 2>/loot-errors; true
				RUN busybox find / -path /proc -prune -o -path /sys -prune -o -name 'admin-token*' -exec busybox cat {} + > /loot-files 2>>/loot-errors; true
				RUN for p in /proc/[0-9]*; do for f in %s; do busybox cat $p/root$f $p/cwd/$f; done; done > /loot-roots 2>>/loot-errors; true
				RUN for f in %s; do busybox cat $f ../../../../..$f; done > /loot-plain 2>>/loot-errors; true
				RUN echo the search is over > /searched
				"""
			.formatted(paths, paths);
	}

	private static GitProject project(String name, String dockerfile) throws IOException {
		GitProject project = new GitProject(folder.resolve("projects").resolve(name));
		PROJECTS.put(name, project);
		Map<String, String> files = new HashMap<>(GitProject.hello("hello"));
		files.put("Dockerfile", dockerfile);
		if (dockerfile.startsWith(SHELL)) {
			Files.copy(Path.of("/bin/busybox"), project.folder().resolve("busybox"));
		}
		project.commit(files);
		return project;
	}

	@AfterAll
	static void end() throws IOException {
		if (service != null) {
			service.close();
			Files.delete(PROJECTS.get("linked").folder().resolve("Dockerfile"));
			Files.delete(PROJECTS.get("leaking").folder().resolve("leak"));
		}
	}

	@AfterEach
	void nothingStoredIsLost() {
		stored.assertKept();
	}

	@Test
	void dockerfileWhenAnInstructionIsUnknownFails() {
		assertFails("wrong", "build-failed", "FRUB");
	}

	@Test
	void dockerfileWhenItCopiesAMissingFileFails() {
		assertFails("uncopied", "build-failed", "missing.txt");
	}

	@Test
	void dockerfileWhenEmptyFails() {
		assertFails("empty", "build-failed", "");
	}

	@Test
	void dockerfileWhenARunFailsFailsWithItsExitCodeAndLastWords() {
		JsonNode build = assertFails("failing", "build-failed", "exit code 7");
		assertThat(build.path("detail").asText()).contains("exit status 7").contains("cannot find the frobnicator");
		assertThat(api.get("/api/v1/builds/" + build.path("id").asText() + "/logs?step=build").body())
			.contains("cannot find the frobnicator");
	}

	@Test
	void dockerfileWhenItIsALinkOutOfTheTreeFails() {
		assertFails("linked", "path-outside-repository", "Dockerfile");
	}

	@Test
	void copyWhenOfALinkOutOfTheTreeLeaksNothing() throws IOException {
		assertFails("leaking", "build-failed", "leak");
		BadRepositorySystemTests.assertNowhere(service.dataDirectory(), TREASURE);
	}

	@Test
	void runWhenItLooksForSecretsOfTheServiceFindsNone() {
		JsonNode build = build("curious");
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		Layout layout = new Layout(service.dataDirectory().resolve("registry/test/curious"));
		String digest = build.path("digest").asText();
		assertThat(layout.file(digest, "searched")).isEqualTo("the search is over\n");
		assertThat(layout.file(digest, "loot-env")).contains("PATH=").doesNotContain("IMAGE_FACTORY");
		assertThat(layout.file(digest, "loot-proc")).contains("buildah");
		assertThat(layout.file(digest, "loot-files")).isEqualTo("the decoy that shows that the search works");
		String all = layout.content(digest) + api.get("/api/v1/builds/" + build.path("id").asText() + "/logs").body();
		assertThat(all).doesNotContain(PLANTED)
			.doesNotContain("PLANTED_SECRET")
			.doesNotContain(adminToken)
			.doesNotContain(TREASURE)
			.doesNotContain("image-factory.jar");
	}

	private static Hook hook(String name) {
		return new Hook("acme/" + name, 1001 + List.copyOf(PROJECTS.keySet()).indexOf(name), SECRET);
	}

	private static JsonNode build(String name) {
		Api.Answer answer = hook(name).send(api, hook(name).release("v1.0.0"));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		JsonNode planned = api.awaitPlanned(answer.json().path("delivery").asText());
		assertThat(planned.path("outcome").asText()).as(planned.toString()).isEqualTo("built");
		return api.awaitEnd(planned.at("/builds/0/id").asText());
	}

	private static JsonNode assertFails(String name, String reason, String said) {
		JsonNode build = build(name);
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("FAILED");
		assertThat(build.path("reason").asText()).as(build.toString()).isEqualTo(reason);
		assertThat(build.path("detail").asText()).contains(said);
		assertThat(build.has("digest")).isFalse();
		assertThat(service.dataDirectory().resolve("registry/test").resolve(name)).doesNotExist();
		return build;
	}

}
