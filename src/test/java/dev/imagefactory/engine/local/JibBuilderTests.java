package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.RunResult;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Real builds with Jib; no program and no network is needed. */
class JibBuilderTests {

	private static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");

	private static final String EVERYTHING = """
			FROM scratch
			ARG VERSION=7
			WORKDIR /srv
			COPY --chown=10 app/run.sh .
			COPY app/data b.txt data/
			ADD b.txt /other.txt
			COPY *.txt /all/
			ENV VERSION=$VERSION
			LABEL own="v$VERSION"
			USER 10:20
			EXPOSE 8080 53/udp
			ENTRYPOINT ["/srv/run.sh"]
			CMD serve
			""";

	@TempDir
	Path folder;

	private final List<String> log = new ArrayList<>();

	private final ChildCommands commands = new ChildCommands();

	private Path source;

	private int builds;

	@BeforeEach
	void makeSource() throws IOException {
		this.source = Files.createDirectories(this.folder.resolve("source"));
	}

	@Test
	void buildWhenDockerfileUsesEverythingCarriesItOver() throws Exception {
		write("app/run.sh", "#!/bin/sh\n");
		Files.setPosixFilePermissions(this.source.resolve("app/run.sh"), PosixFilePermissions.fromString("rwxrwxr-x"));
		write("app/data/a.txt", "a");
		write("app/data/secret.txt", "no");
		write("b.txt", "b");
		write(".dockerignore", "**/secret.txt\n");
		dockerfile(EVERYTHING);
		BuiltImage image = build(Map.of());
		assertThat(image.files).containsEntry("/srv/run.sh", "#!/bin/sh\n")
			.containsEntry("/srv/data/a.txt", "a")
			.containsEntry("/srv/data/b.txt", "b")
			.containsEntry("/other.txt", "b")
			.containsEntry("/all/b.txt", "b")
			.doesNotContainKey("/srv/data/secret.txt");
		TarArchiveEntry script = image.entries.get("/srv/run.sh");
		assertThat(script.getMode() & 0777).isEqualTo(0755);
		assertThat(script.getLongUserId()).isEqualTo(10);
		assertThat(script.getLongGroupId()).isEqualTo(10);
		assertThat(script.getLastModifiedDate().toInstant()).isEqualTo(CREATED);
		assertThat(image.entries.get("/srv").isDirectory()).isTrue();
		assertThat(image.label("own")).isEqualTo("v7");
		assertThat(image.config.path("created").asText()).isEqualTo("2026-03-01T12:00:00Z");
		assertThat(image.config.path("config").toString()).contains("\"User\":\"10:20\"", "\"VERSION=7\"",
				"\"WorkingDir\":\"/srv\"", "\"8080/tcp\"", "\"53/udp\"", "\"Entrypoint\":[\"/srv/run.sh\"]",
				"\"Cmd\":[\"/bin/sh\",\"-c\",\"serve\"]");
		assertThat(this.commands.seen).isEmpty();
	}

	@Test
	void buildWhenRepeatedGivesTheSameDigestAndAnotherFileAnotherOne() throws Exception {
		write("a.txt", "one");
		write("b.txt", "b");
		dockerfile("FROM scratch\nENV B=1 A=2 C=3\nLABEL z=1 y=2\nCOPY . /app/\n");
		Digest first = digest(Map.of("l", "1", "k", "2"));
		Files.setLastModifiedTime(this.source.resolve("a.txt"), FileTime.from(Instant.EPOCH));
		Files.setPosixFilePermissions(this.source.resolve("b.txt"), PosixFilePermissions.fromString("rw-------"));
		assertThat(digest(Map.of("k", "2", "l", "1"))).isEqualTo(first);
		write("a.txt", "two");
		assertThat(digest(Map.of("l", "1", "k", "2"))).isNotEqualTo(first);
	}

	@Test
	void buildWhenDockerfileHasTheSameLabelsOursWin() throws Exception {
		write("a.txt", "a");
		dockerfile("FROM scratch\nCOPY a.txt /\nLABEL dev.imagefactory.build=forged own=kept\n");
		BuiltImage image = build(Map.of("dev.imagefactory.build", "build-1"));
		assertThat(image.label("dev.imagefactory.build")).isEqualTo("build-1");
		assertThat(image.label("own")).isEqualTo("kept");
	}

	@Test
	void buildWhenARunIsInItNamesLineAndBuilder() throws Exception {
		write("a.txt", "a");
		dockerfile("FROM scratch\nCOPY a.txt /\nRUN make\n");
		StepFailure failure = failure();
		assertThat(failure.result()).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("builder-needed"));
		assertThat(failure).hasMessageContaining("Dockerfile line 3").hasMessageContaining("install buildah");
		assertThat(layout()).doesNotExist();
	}

	@Test
	void buildWhenDockerfileIsWrongOrMissingIsTheRepositorysFault() throws Exception {
		assertThat(reason()).isEqualTo("dockerfile-missing");
		dockerfile("FROM scratch\nCOPPY a b\n");
		assertThat(reason()).isEqualTo("dockerfile-invalid");
		dockerfile("FROM scratch\nCOPY missing.txt /\n");
		assertThat(reason()).isEqualTo("dockerfile-invalid");
		assertThat(failure()).hasMessageContaining("line 2").hasMessageContaining("missing.txt");
		Files.write(this.source.resolve("Dockerfile"), new byte[] { 'F', (byte) 0xff, 'M' });
		assertThat(reason()).isEqualTo("dockerfile-invalid");
		dockerfile("FROM scratch\nEXPOSE eighty\n");
		assertThat(reason()).isEqualTo("dockerfile-invalid");
	}

	@Test
	void buildWhenLinksLeadOutOfTheContextRefuses() throws Exception {
		Path outside = Files.writeString(this.folder.resolve("outside"), "secret of the host");
		Files.createSymbolicLink(this.source.resolve("link"), outside);
		for (String copy : List.of("COPY link /x", "COPY . /", "COPY li* /x/", "ADD link /x")) {
			dockerfile("FROM scratch\n" + copy + "\n");
			assertThat(reason()).as(copy).isEqualTo("path-outside-repository");
		}
		Files.delete(this.source.resolve("link"));
		Files.createSymbolicLink(this.source.resolve("link"), this.folder);
		dockerfile("FROM scratch\nCOPY link/outside /x\n");
		assertThat(reason()).isEqualTo("path-outside-repository");
		Files.delete(this.source.resolve("link"));
		Files.createSymbolicLink(this.source.resolve("link"), Path.of("/nowhere/at/all"));
		dockerfile("FROM scratch\nCOPY link /x\n");
		assertThat(reason()).isEqualTo("path-outside-repository");
		Files.delete(this.source.resolve("link"));
		dockerfile("FROM scratch\nCOPY ../outside /x\n");
		assertThat(reason()).isEqualTo("dockerfile-invalid");
	}

	@Test
	void buildWhenALinkInsideIsNamedCopiesWhatItPointsTo() throws Exception {
		write("real.txt", "real");
		Files.createSymbolicLink(this.source.resolve("link.txt"), Path.of("real.txt"));
		dockerfile("FROM scratch\nCOPY link.txt /app.txt\n");
		assertThat(build(Map.of()).files).containsEntry("/app.txt", "real");
	}

	/** Other builders keep the link; an image with a copy in its place is another one. */
	@Test
	void buildWhenACopiedFolderHoldsALinkNeedsABuilder() throws Exception {
		write("real.txt", "real");
		Files.createSymbolicLink(this.source.resolve("link.txt"), Path.of("real.txt"));
		dockerfile("FROM scratch\nCOPY . /app\n");
		assertThat(reason()).isEqualTo("builder-needed");
		assertThat(failure()).hasMessageContaining("line 2").hasMessageContaining("'link.txt' is a symbolic link");
	}

	@Test
	void buildWhenAddWouldUnpackOrFetchNeedsABuilder() throws Exception {
		Files.write(this.source.resolve("a.tgz"), new byte[] { 0x1f, (byte) 0x8b, 8, 0 });
		for (String add : List.of("ADD a.tgz /x", "ADD https://example.com/x /x", "ADD git@example.com:a/b.git /x")) {
			dockerfile("FROM scratch\n" + add + "\n");
			assertThat(reason()).as(add).isEqualTo("builder-needed");
		}
		dockerfile("FROM scratch\nCOPY a.tgz /x\n");
		assertThat(build(Map.of()).entries).containsKey("/x");
	}

	@Test
	void buildWhenContextIsAFolderSeesNothingAboveIt() throws Exception {
		write("app/a.txt", "inside");
		write("a.txt", "above");
		write("deploy/Dockerfile", "FROM scratch\nCOPY ../a.txt /\n");
		Digest digest = new JibBuilder().build(request("app", "deploy/Dockerfile", Map.of()), this.commands,
				this.log::add);
		assertThat(new BuiltImage(layout(), digest).files).containsEntry("/a.txt", "inside");
	}

	@Test
	void buildWhenDoneLeavesNothingInTheScratchFolder() throws Exception {
		write("a.txt", "a");
		dockerfile("FROM scratch\nCOPY a.txt /\n");
		build(Map.of());
		try (var left = Files.list(this.folder.resolve("scratch"))) {
			assertThat(left).isEmpty();
		}
	}

	private BuiltImage build(Map<String, String> labels) throws Exception {
		Digest digest = digest(labels);
		return new BuiltImage(layout(), digest);
	}

	private Digest digest(Map<String, String> labels) throws InterruptedException {
		return new JibBuilder().build(request("", "Dockerfile", labels), this.commands, this.log::add);
	}

	private String reason() {
		return switch (failure().result()) {
			case RunResult.Failed failed -> failed.reason();
			case RunResult.Errored errored -> errored.reason();
			case RunResult other -> other.toString();
		};
	}

	private StepFailure failure() {
		return catchThrowableOfType(StepFailure.class, () -> digest(Map.of()));
	}

	private ImageBuilder.Request request(String context, String dockerfile, Map<String, String> labels) {
		this.builds++;
		return new ImageBuilder.Request(this.source, context, dockerfile, labels, CREATED, layout(),
				this.folder.resolve("scratch"));
	}

	private Path layout() {
		return this.folder.resolve("layout-" + this.builds);
	}

	private void dockerfile(String text) throws IOException {
		write("Dockerfile", text);
	}

	private void write(String name, String content) throws IOException {
		Path file = this.source.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
	}

}
