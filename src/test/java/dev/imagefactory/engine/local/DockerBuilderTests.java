package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Real builds with Docker's client and a daemon that is started for them. */
@Order(1)
class DockerBuilderTests extends ProgramBuilderTests {

	/** The daemon's mounts may still be going away when the folder is to be deleted. */
	@TempDir(cleanup = CleanupMode.NEVER)
	static Path home;

	private static TestDaemon daemon;

	private static DockerBuilder builder;

	@BeforeAll
	static void startDaemon() throws IOException {
		HostPrograms.needDocker();
		daemon = new TestDaemon(home);
		builder = new DockerBuilder(daemon.daemon(), home.resolve("remains"), InstantSource.system());
	}

	@AfterAll
	static void stopDaemon() throws IOException {
		if (daemon != null) {
			daemon.close();
			FileTrees.delete(home);
		}
	}

	@Override
	void needBuilder() {
		HostPrograms.needDocker();
	}

	@Override
	ImageBuilder builder() {
		return builder;
	}

	@Override
	Path socket() {
		return daemon.socket();
	}

	@Override
	String step(String instruction) {
		return "Step \\d+/\\d+ : " + instruction;
	}

	@AfterEach
	void nothingIsLeftInTheDaemon() {
		if (daemon != null) {
			Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
				assertThat(daemon.containers()).as("containers").isEmpty();
				assertThat(daemon.images()).as("images").isEmpty();
			});
			assertThat(home.resolve("remains")).isEmptyDirectory();
		}
	}

	@Test
	void buildWhenRunFailsRemovesTheStepsBefore() throws Exception {
		writeShell("RUN echo one > /one\nRUN exit 3\n");
		assertThat(failure()).hasMessageContaining("returned a non-zero code: 3");
		assertThat(this.log).anyMatch((line) -> line.matches(" ---> [0-9a-f]{12}"));
	}

	@Test
	void buildWhenOutputNamesAnImageOfOthersLeavesItAlone() throws Exception {
		Path others = Files.createDirectories(this.folder.resolve("others"));
		Files.writeString(others.resolve("Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
		daemon.ask("build", "--quiet", others.toString());
		String id = daemon.images().getFirst();
		try {
			writeShell("RUN echo ' ---> " + id + "'; exit 1\n");
			assertThat(failure()).hasMessageContaining("non-zero code: 1");
			assertThat(this.log).contains(" ---> " + id);
			assertThat(daemon.images()).containsExactly(id);
		}
		finally {
			daemon.ask("image", "rm", id);
		}
	}

	/** As after SIGKILL: the client dies, and nobody tidies up. */
	@Test
	void buildWhenTheProcessBeforeWasKilledRemovesWhatItLeft() throws Exception {
		writeShell("RUN echo one > /one\nRUN echo sleeping-now; /bin/busybox " + this.sleep + "\n");
		DockerRemains left = new DockerRemains(daemon.daemon(), home.resolve("remains/build-killed"));
		left.begin(Instant.now().minusSeconds(1));
		ProcessBuilder client = new ProcessBuilder("docker", "--host", "unix://" + daemon.socket(), "build",
				"--no-cache", "--force-rm", "--tag", left.image(), this.source.toString());
		client.environment().put("DOCKER_BUILDKIT", "0");
		Process killed = client.redirectErrorStream(true).start();
		try (var lines = killed.inputReader()) {
			for (String line = lines.readLine(); !line.equals("sleeping-now"); line = lines.readLine()) {
				left.note(line);
			}
			assertThat(sleepers()).isNotZero();
			killed.destroyForcibly();
		}
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> sleepers() == 0);
		assertThat(daemon.images()).as("what the daemon keeps of a killed build").isNotEmpty();
		write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
		DockerBuilder next = new DockerBuilder(daemon.daemon(), home.resolve("remains"), InstantSource.system());
		next.build(request("", "Dockerfile", Map.of()), this.commands, this.log::add);
	}

	@Test
	void buildWhenTheDockerfileHasItsOwnIgnoreFileSaysThatDockerDoesNotReadIt() throws Exception {
		write("Dockerfile", "FROM scratch\nCOPY . /\n");
		write("Dockerfile.dockerignore", "secret\n");
		assertThat(reason(failure())).isEqualTo("errored builder-needed");
		assertThat(failure()).hasMessageContaining("Dockerfile.dockerignore");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			value = { "RUN --mount=type=cache,target=/c echo one|3|--mount",
					"RUN <<EOF\\necho one\\nEOF|3|here-document", "COPY <<EOF /x\\none\\nEOF|3|here-document",
					"COPY --chmod=755 Dockerfile /x|3|--chmod", "COPY --link Dockerfile /x|3|--link",
					"USER 1\\nARG TARGETARCH|4|TARGETARCH", "ADD https://127.0.0.1:9/x.git /x|3|git" })
	void buildWhenTheClassicBuilderCannotDoItNamesTheLineAndWhatToInstall(String instructions, int line, String reason)
			throws Exception {
		write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n" + instructions.replace("\\n", "\n") + "\n");
		StepFailure failure = failure();
		assertThat(failure).hasMessageContaining("Dockerfile line " + line + ":")
			.hasMessageContaining(reason)
			.hasMessageContaining("apt-get install buildah");
		assertThat(reason(failure)).isEqualTo("errored builder-needed");
	}

	@Test
	void buildWhenItHasStagesAndOwnersMakesWhatTheyAsk() throws Exception {
		writeShell("RUN echo made > /made.txt\nFROM scratch\nCOPY --from=0 --chown=10:20 /made.txt /kept.txt\n");
		BuiltImage image = build(Map.of("a", "b"));
		assertThat(image.files).containsEntry("/kept.txt", "made\n").doesNotContainKey("/made.txt");
		assertThat(image.entries.get("/kept.txt").getLongUserId()).isEqualTo(10);
		assertThat(image.label("a")).isEqualTo("b");
	}

	@Test
	void buildWhenTheBaseIsOnlyInThisDaemonDoesNotUseIt() throws Exception {
		Path others = Files.createDirectories(this.folder.resolve("others"));
		Files.writeString(others.resolve("Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
		daemon.ask("build", "--quiet", "--tag", "127.0.0.1:9/private:1", others.toString());
		try {
			write("Dockerfile", "FROM 127.0.0.1:9/private:1\nCOPY Dockerfile /\n");
			assertThat(reason(failure())).isEqualTo("errored base-image-unreachable");
		}
		finally {
			daemon.ask("image", "rm", "127.0.0.1:9/private:1");
		}
	}

	@Test
	void chooseWhenOnlyDockerIsThereTakesIt() throws Exception {
		SearchPath nowhere = new SearchPath("/nowhere");
		Builders builders = new Builders(BuilderChoice.AUTO,
				List.of(new JailedBuilder(JailedProgram.BUILDAH, nowhere, InstantSource.system()),
						new JailedBuilder(JailedProgram.PODMAN, nowhere, InstantSource.system()), builder),
				BuildersTests.JIB);
		assertThat(builders.choose(scratch(), this.commands)).isSameAs(builder);
	}

	@Test
	void worksWhenNobodyListensNamesTheSocketAndTheSetting() throws Exception {
		DockerBuilder nobody = new DockerBuilder(
				new DockerDaemon(HostPrograms.PATH, this.folder.resolve("docker.sock")), home.resolve("remains"),
				InstantSource.system());
		assertThat(nobody.works(scratch(), this.commands)).isFalse();
		assertThat(nobody.complaint()).contains("docker.sock", "image-factory.local.docker-socket");
		assertThat(this.commands.seen).isEmpty();
	}

}
