package dev.imagefactory.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Repositories that vanish, lack something, lead out of themselves or are too large, with
 * the builder that every machine has. {@link BadDockerfileSystemTests} shows the same
 * with buildah.
 */
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadRepositorySystemTests {

	private static final String SECRET = "s3cret";

	private static final String TREASURE = "the treasure of the host";

	private static final long MEBIBYTE = 1024 * 1024;

	@TempDir
	private static Path folder;

	private static final Map<String, GitProject> PROJECTS = new LinkedHashMap<>();

	private static ServiceProcess service;

	private static Api api;

	private static StoredRelease stored;

	private static String orphan;

	@BeforeAll
	static void start() throws Exception {
		for (String name : List.of("good", "gone", "away", "bare", "linked", "leaking", "nested", "huge", "wrong",
				"uncopied", "empty")) {
			PROJECTS.put(name, new GitProject(folder.resolve("projects").resolve(name)));
		}
		fill();
		ServiceProcess.Description description = ServiceProcess.on(folder.resolve("data"))
			.with("image-factory.local.builder", "jib");
		Path secret = Hook.secretFile(folder, SECRET);
		PROJECTS.forEach((name, project) -> description.onboarding("acme/" + name, project.url(), secret));
		service = description.start();
		api = service.api();
		stored = StoredRelease.make(service, hook("good"), "v1.0.0");
		// Asking a repository that vanished takes some patience; other tests go on
		// meanwhile.
		orphan = PROJECTS.get("gone").git("rev-parse", "HEAD");
		moveAway("gone");
		orphan = accepted("gone", hook("gone").push("main", orphan));
	}

	private static void fill() throws IOException {
		PROJECTS.values().forEach((project) -> project.commit(GitProject.hello("hello")));
		commit("bare", Map.of("README.md", "Nothing to build.\n"), "Dockerfile");
		Path treasure = Files.writeString(folder.resolve("treasure.txt"), TREASURE);
		GitProject linked = PROJECTS.get("linked");
		Files.delete(linked.folder().resolve("Dockerfile"));
		Files.createSymbolicLink(linked.folder().resolve("Dockerfile"), Path.of("/etc/passwd"));
		linked.commit(Map.of());
		Files.createSymbolicLink(PROJECTS.get("leaking").folder().resolve("leak"), treasure);
		commit("leaking", Map.of("Dockerfile", "FROM scratch\nCOPY leak /leak.txt\n"));
		GitProject nested = PROJECTS.get("nested");
		nested.git("update-index", "--add", "--cacheinfo", "160000,%s,library".formatted("1".repeat(40)));
		Files.writeString(nested.folder().resolve(".gitmodules"),
				"[submodule \"library\"]\n\tpath = library\n\turl = file:///etc\n");
		Files.createDirectories(nested.folder().resolve("library"));
		Files.writeString(nested.folder().resolve("Dockerfile"), "FROM scratch\nCOPY . /all/\n");
		nested.git("add", "Dockerfile", ".gitmodules");
		nested.git("commit", "-q", "-m", "Use a library");
		makeHuge(PROJECTS.get("huge"));
		commit("wrong", Map.of("Dockerfile", "FROM scratch\nFRUB everything\n"));
		commit("uncopied", Map.of("Dockerfile", "FROM scratch\nCOPY missing.txt /missing.txt\n"));
		commit("empty", Map.of("Dockerfile", "# nothing yet\n"));
		PROJECTS.values().forEach((project) -> project.tag("v1.0.0"));
	}

	/** A tree of 17 files of 64 MiB each, whose one content compresses well. */
	private static void makeHuge(GitProject project) throws IOException {
		Path zeros = folder.resolve("zeros");
		Files.write(zeros, new byte[(int) (64 * MEBIBYTE)]);
		String blob = project.git("hash-object", "-w", zeros.toString());
		for (int i = 0; i < 17; i++) {
			project.git("update-index", "--add", "--cacheinfo", "100644,%s,zeros-%d".formatted(blob, i));
		}
		project.git("commit", "-q", "-m", "Add a gigabyte");
		Files.delete(zeros);
	}

	private static void commit(String name, Map<String, String> files, String... removed) throws IOException {
		for (String file : removed) {
			Files.delete(PROJECTS.get(name).folder().resolve(file));
		}
		PROJECTS.get(name).commit(files);
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

	/** Last, because the service asks for a while before it gives up. */
	@Test
	@Order(Integer.MAX_VALUE)
	void repositoryWhenItVanishesBeforeItsBuildEndsItAsErrored() {
		JsonNode planned = api.awaitPlanned(orphan);
		assertThat(planned.path("outcome").asText()).isEqualTo("built");
		assertEnd(api.awaitEnd(planned.at("/builds/0/id").asText()), "ERRORED", "repository-unreachable", "acme/gone");
		assertThat(api.post("/api/v1/builds", """
				{"repository": "acme/gone", "ref": "refs/heads/main"}""").problem())
			.isEqualTo("503 repository-unreachable");
	}

	@Test
	void repositoryWhenItVanishesBeforePlanningIsWaitedFor() throws IOException {
		Path hidden = moveAway("away");
		String delivery = accepted("away", hook("away").release("v1.0.0"));
		JsonNode waiting = Awaitility.await()
			.until(() -> api.get("/api/v1/deliveries/" + delivery).json(), (now) -> now.has("detail"));
		assertThat(waiting.path("outcome").asText()).isEqualTo("accepted");
		assertThat(waiting.path("detail").asText()).contains("acme/away");
		Files.move(hidden, PROJECTS.get("away").folder());
		JsonNode planned = api.awaitPlanned(delivery);
		assertThat(planned.path("outcome").asText()).isEqualTo("built");
		JsonNode build = api.awaitEnd(planned.at("/builds/0/id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(api.builds("acme/away", "refs/tags/v1.0.0")).hasSize(1);
	}

	@Test
	void repositoryWhenItHasNoDockerfileFails() {
		assertEnd(build("bare"), "FAILED", "dockerfile-missing", "Dockerfile");
	}

	@Test
	void repositoryWhenItsDockerfileIsALinkOutOfTheTreeFails() {
		assertEnd(build("linked"), "FAILED", "path-outside-repository", "Dockerfile");
	}

	@Test
	void repositoryWhenItCopiesALinkOutOfTheTreeFailsAndNothingLeaks() throws IOException {
		JsonNode build = build("leaking");
		assertEnd(build, "FAILED", "path-outside-repository", "leak");
		assertNowhere(service.dataDirectory(), TREASURE);
	}

	@Test
	void repositoryWhenItHasSubmodulesIsBuiltWithoutThem() {
		JsonNode build = build("nested");
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		Layout layout = new Layout(service.dataDirectory().resolve("registry/test/nested"));
		assertThat(layout.file(build.path("digest").asText(), "all/hello.txt")).isEqualTo("hello\n");
		assertThat(layout.names(build.path("digest").asText())).noneMatch((name) -> name.startsWith("all/library/"));
	}

	@Test
	void repositoryWhenItIsLargerThanAGigabyteFails() throws IOException {
		assertEnd(build("huge"), "FAILED", "source-too-large", "1073741824");
		assertThat(folderSize(service.dataDirectory())).isLessThan(100 * MEBIBYTE);
	}

	@Test
	void dockerfileWhenAnInstructionIsUnknownFails() {
		assertEnd(build("wrong"), "FAILED", "dockerfile-invalid", "Dockerfile line 2");
	}

	@Test
	void dockerfileWhenItCopiesAMissingFileFails() {
		assertEnd(build("uncopied"), "FAILED", "dockerfile-invalid", "missing.txt");
	}

	@Test
	void dockerfileWhenEmptyFails() {
		assertEnd(build("empty"), "FAILED", "dockerfile-invalid", "Dockerfile");
	}

	private static Hook hook(String name) {
		return new Hook("acme/" + name, 1001 + List.copyOf(PROJECTS.keySet()).indexOf(name), SECRET);
	}

	private static Path moveAway(String name) throws IOException {
		return Files.move(PROJECTS.get(name).folder(), folder.resolve(name + "-hidden"));
	}

	private static String accepted(String name, Hook.Delivery delivery) {
		Api.Answer answer = hook(name).send(api, delivery);
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return answer.json().path("delivery").asText();
	}

	private static JsonNode build(String name) {
		JsonNode planned = api.awaitPlanned(accepted(name, hook(name).release("v1.0.0")));
		assertThat(planned.path("outcome").asText()).as(planned.toString()).isEqualTo("built");
		return api.awaitEnd(planned.at("/builds/0/id").asText());
	}

	private static void assertEnd(JsonNode build, String state, String reason, String said) {
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo(state);
		assertThat(build.path("reason").asText()).as(build.toString()).isEqualTo(reason);
		assertThat(build.path("detail").asText()).contains(said).doesNotContain(service.dataDirectory().toString());
		assertThat(build.has("digest")).isFalse();
	}

	/** No file holds the words, plain or as JSON would carry them. */
	static void assertNowhere(Path root, String words) throws IOException {
		String coded = Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8));
		List<Path> found = new ArrayList<>();
		try (Stream<Path> files = Files.walk(root)) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				String content = Files.readString(file, StandardCharsets.ISO_8859_1);
				if (content.contains(words) || content.contains(coded)) {
					found.add(file);
				}
			}
		}
		assertThat(found).as("files with the words").isEmpty();
	}

	private static long folderSize(Path root) throws IOException {
		try (Stream<Path> files = Files.walk(root)) {
			return files.filter(Files::isRegularFile).mapToLong((file) -> file.toFile().length()).sum();
		}
	}

}
