package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.imagefactory.git.GitHttpServer;
import dev.imagefactory.git.SampleRepository;
import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import dev.imagefactory.source.CommitSha;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A repository, and the folders of a pod that clones it. */
abstract class CloneStage {

	static final CommitSha ABSENT = CommitSha.of("c3ab8ff13720e8ad9047dd39466b3c8974e592c2");

	@TempDir
	Path folder;

	SampleRepository sample;

	@BeforeEach
	void makeRepository() {
		this.sample = repository("app");
		this.sample.file("Dockerfile", "FROM scratch\n");
	}

	final Result cloned(CommitSha commit, Tools tools, Map<String, String> values) throws IOException {
		try (GitHttpServer server = GitHttpServer.open(this.folder.resolve("repositories"))) {
			StepScript script = script(server, commit, tools);
			values.forEach(script::with);
			return script.run();
		}
	}

	final StepScript script(GitHttpServer server, CommitSha commit) throws IOException {
		return script(server, commit, Tools.SYSTEM);
	}

	final StepScript script(GitHttpServer server, CommitSha commit, Tools tools) throws IOException {
		Files.createDirectories(source());
		return StepScript.of("git-clone-v1", this.folder, tools)
			.with("CLONE_URL", server.url("app.git"))
			.with("GIT_ALLOW_PROTOCOL", "http")
			.with("REF", "")
			.with("COMMIT", commit.value())
			.with("MAX_SOURCE_BYTES", "100000000")
			.with("BUILD_CONTEXT", "")
			.with("DOCKERFILE", "Dockerfile")
			.with("SUBMODULES", "false")
			.with("LFS", "false")
			.with("SOURCE", source())
			.with("OUTPUTS", this.folder.resolve("outputs"))
			.with("CREDENTIALS", this.folder.resolve("none"))
			.with("CA_FOLDER", this.folder.resolve("none"));
	}

	final SampleRepository repository(String name) {
		return SampleRepository.in(this.folder.resolve("repositories").resolve(name + ".git"));
	}

	final Path source() {
		return this.folder.resolve("ws/src");
	}

	final List<String> files() throws IOException {
		try (Stream<Path> files = Files.walk(source())) {
			return files.filter((file) -> !file.equals(source()))
				.map((file) -> source().relativize(file).toString())
				.toList();
		}
	}

	/** Files that hold a text, but for the one that may. */
	final List<Path> hiding(String text, Path allowed) throws IOException {
		try (Stream<Path> all = Files.walk(this.folder)) {
			List<Path> files = all.filter((file) -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)).toList();
			List<Path> hiding = new ArrayList<>();
			for (Path file : files) {
				if (!file.equals(allowed)
						&& new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
					hiding.add(file);
				}
			}
			return hiding;
		}
	}

	final List<String> output(String name) {
		Path file = this.folder.resolve("outputs").resolve(name);
		return Files.exists(file) ? Result.lines(file) : List.of();
	}

}
