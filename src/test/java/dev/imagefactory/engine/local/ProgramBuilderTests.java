package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.RunResult;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Real builds with a builder of this host, the same stories for each. */
abstract class ProgramBuilderTests {

	private static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");

	private static final String SHELL = "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n";

	@TempDir
	Path folder;

	final List<String> log = Collections.synchronizedList(new ArrayList<>());

	final ChildCommands commands = new ChildCommands();

	/** Told apart from what a test beside this one runs. */
	final String sleep = "sleep " + ThreadLocalRandom.current().nextInt(900_000, 1_000_000);

	Path source;

	private int builds;

	/** Skips the test where the builder is not there. */
	abstract void needBuilder();

	/**
	 * The same for all tests of a class, because it tries itself out when first asked.
	 */
	abstract ImageBuilder builder();

	/**
	 * A daemon's socket, which no RUN may reach.
	 */
	Path socket() {
		return Path.of("/run/docker.sock");
	}

	/**
	 * What the builder says of the instruction it carries out, as a regular expression.
	 */
	abstract String step(String instruction);

	@BeforeEach
	void makeSource() throws IOException {
		needBuilder();
		this.source = Files.createDirectories(this.folder.resolve("source"));
	}

	@Test
	void buildWhenDockerfileCopiesOnlyMakesOneVerifiedImage() throws Exception {
		write("hello.txt", "hello");
		write("Dockerfile", "FROM scratch\nCOPY hello.txt /srv/hello.txt\nENV A=b\n");
		BuiltImage image = build(Map.of());
		assertThat(image.files).containsEntry("/srv/hello.txt", "hello");
		assertThat(image.config.path("created").asText()).isEqualTo("2026-03-01T12:00:00Z");
		assertThat(image.config.at("/config/Env").toString()).contains("A=b");
	}

	@Test
	void buildWhenRunWritesAFileKeepsIt() throws Exception {
		writeShell("RUN echo made > /made.txt\n");
		assertThat(build(Map.of()).files).containsEntry("/made.txt", "made\n");
		assertThat(this.log).anyMatch((line) -> line.matches(step("RUN echo made") + ".*"));
	}

	@Test
	void buildWhenRunFailsIsTheRepositorysFaultWithItsLastWords() throws Exception {
		writeShell("RUN echo 'cannot find the frobnicator' >&2; exit 7\n");
		StepFailure failure = failure();
		assertThat(failure.result()).isInstanceOfSatisfying(RunResult.Failed.class,
				(failed) -> assertThat(failed.reason()).isEqualTo("build-failed"));
		assertThat(failure).hasMessageContaining("exit code 7")
			.hasMessageContaining("cannot find the frobnicator")
			.hasMessageContaining("RUN echo");
	}

	@Test
	void buildWhenDockerfileIsWrongIsTheRepositorysFault() throws Exception {
		write("Dockerfile", "FROM scratch\nCOPPY a b\n");
		assertThat(reason(failure())).isEqualTo("failed build-failed");
		assertThat(failure()).hasMessageContaining("COPPY");
	}

	@Test
	void buildWhenDockerfileIsMissingSaysSo() {
		StepFailure failure = failure();
		assertThat(reason(failure)).isEqualTo("failed dockerfile-missing");
		assertThat(failure).hasMessageContaining("'Dockerfile'");
	}

	@Test
	void buildWhenDockerfileIsALinkOutOfTheTreeRefuses() throws Exception {
		Path outside = Files.writeString(this.folder.resolve("outside"), "FROM scratch\n");
		Files.createSymbolicLink(this.source.resolve("Dockerfile"), outside);
		assertThat(reason(failure())).isEqualTo("failed path-outside-repository");
	}

	@Test
	void buildWhenContextIsALinkOutOfTheTreeRefuses() throws Exception {
		write("Dockerfile", "FROM scratch\nCOPY . /\n");
		Files.createSymbolicLink(this.source.resolve("app"), this.folder);
		assertThat(reason(failureOf("app", "Dockerfile"))).isEqualTo("failed path-outside-repository");
		assertThat(reason(failureOf("..", "Dockerfile"))).isEqualTo("failed path-outside-repository");
		assertThat(reason(failureOf("", "../outside"))).isEqualTo("failed path-outside-repository");
	}

	@Test
	void buildWhenCopiedLinkLeadsOutOfTheTreeFindsNothing() throws Exception {
		Files.writeString(this.folder.resolve("outside"), "secret of the host");
		Files.createSymbolicLink(this.source.resolve("link"), this.folder.resolve("outside"));
		write("Dockerfile", "FROM scratch\nCOPY link /link\n");
		assertThat(reason(failure())).isEqualTo("failed build-failed");
	}

	@Test
	void buildWhenContextIsAFolderUsesItsFiles() throws Exception {
		write("app/hello.txt", "app");
		write("deploy/Dockerfile", "FROM scratch\nCOPY hello.txt /\n");
		Digest digest = builder().build(request("app", "deploy/Dockerfile", Map.of()), this.commands, this.log::add);
		assertThat(new BuiltImage(layout(), digest).files).containsEntry("/hello.txt", "app");
	}

	@Test
	void buildWhenDockerfileHasTheSameLabelsOursWin() throws Exception {
		write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\nLABEL dev.imagefactory.build=forged own=kept\n");
		BuiltImage image = build(
				Map.of("dev.imagefactory.build", "build-1", "org.opencontainers.image.ref.name", "v$HOME \"x\",y=z"));
		assertThat(image.label("dev.imagefactory.build")).isEqualTo("build-1");
		assertThat(image.label("org.opencontainers.image.ref.name")).isEqualTo("v$HOME \"x\",y=z");
		assertThat(image.label("own")).isEqualTo("kept");
	}

	@Test
	void buildWhenRepeatedGivesTheSameDigestAndAnotherFileAnotherOne() throws Exception {
		writeShell("COPY data.txt /data.txt\nRUN echo made > /made.txt\n");
		write("data.txt", "one");
		Digest first = digest();
		assertThat(digest()).isEqualTo(first);
		write("data.txt", "two");
		assertThat(digest()).isNotEqualTo(first);
	}

	@Test
	void buildWhenImageHasReadOnlyFoldersLeavesNothingBehind() throws Exception {
		writeShell("RUN /bin/busybox mkdir -p /a/b && /bin/busybox chmod 0555 /a/b /a\n");
		build(Map.of());
		try (var left = Files.list(scratch())) {
			assertThat(left).isEmpty();
		}
	}

	@Test
	void buildWhenRunSearchesForSecretsOfThisHostFindsNone() throws Exception {
		String token = "planted-" + System.nanoTime();
		Path planted = Files.writeString(this.folder.resolve("admin-token"), token);
		Process other = plantedProcess(token);
		try (var script = ProgramBuilderTests.class.getResourceAsStream("search-host.sh")) {
			write("search-host.sh", new String(script.readAllBytes(), StandardCharsets.UTF_8));
			writeShell("COPY search-host.sh /\nRUN /bin/busybox sh /search-host.sh " + planted + " " + socket() + "\n");
			BuiltImage image = build(Map.of());
			assertThat(image.files.get("/searched.txt")).contains("searched the files", "searched the processes",
					"searched for sockets", "left the chroot: no");
			assertThat(image.files.get("/found.txt")).as("what RUN found").isEmpty();
			assertThat(String.join("\n", this.log)).doesNotContain(token);
		}
		finally {
			other.destroyForcibly();
		}
	}

	@Test
	void buildWhenInterruptedEndsEveryChild() throws Exception {
		writeShell("RUN echo sleeping-now; /bin/busybox " + this.sleep + "\n");
		CompletableFuture<Throwable> ended = new CompletableFuture<>();
		Thread run = Thread.ofVirtual().start(() -> ended.complete(catchAny()));
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> this.log.contains("sleeping-now"));
		assertThat(sleepers()).isNotZero();
		run.interrupt();
		assertThat(ended.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> sleepers() == 0);
	}

	@Test
	void buildWhenRunPassesNothingOfTheServiceIntoTheChild() throws Exception {
		write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
		build(Map.of());
		assertThat(this.commands.seen).isNotEmpty()
			.allSatisfy((command) -> assertThat(command.environment()).containsKeys("PATH", "HOME", "LANG").hasSize(4));
	}

	private Process plantedProcess(String token) throws IOException {
		ProcessBuilder other = new ProcessBuilder("sleep", "61");
		other.environment().put("PLANTED_SECRET", token);
		return other.start();
	}

	long sleepers() {
		return ProcessHandle.allProcesses()
			.filter((process) -> process.info().commandLine().orElse("").contains(this.sleep))
			.count();
	}

	Throwable catchAny() {
		try {
			digest();
			return new AssertionError("the build ended");
		}
		catch (Exception ex) {
			return ex;
		}
	}

	BuiltImage build(Map<String, String> labels) throws Exception {
		Digest digest = builder().build(request("", "Dockerfile", labels), this.commands, this.log::add);
		return new BuiltImage(layout(), digest);
	}

	Digest digest() throws InterruptedException {
		return builder().build(request("", "Dockerfile", Map.of("a", "b")), this.commands, this.log::add);
	}

	StepFailure failure() {
		return failureOf("", "Dockerfile");
	}

	StepFailure failureOf(String context, String dockerfile) {
		return catchThrowableOfType(StepFailure.class,
				() -> builder().build(request(context, dockerfile, Map.of()), this.commands, this.log::add));
	}

	static String reason(StepFailure failure) {
		return switch (failure.result()) {
			case RunResult.Failed failed -> "failed " + failed.reason();
			case RunResult.Errored errored -> "errored " + errored.reason();
			default -> failure.result().toString();
		};
	}

	ImageBuilder.Request request(String context, String dockerfile, Map<String, String> labels) {
		this.builds++;
		return new ImageBuilder.Request(this.source, context, dockerfile, labels, CREATED, layout(), scratch());
	}

	Path layout() {
		return this.folder.resolve("layout-" + this.builds);
	}

	Path scratch() {
		return this.folder.resolve("scratch");
	}

	void writeShell(String instructions) throws IOException {
		HostPrograms.needBusybox();
		Files.copy(HostPrograms.BUSYBOX, this.source.resolve("busybox"), StandardCopyOption.REPLACE_EXISTING);
		write("Dockerfile", SHELL + instructions);
	}

	void write(String name, String content) throws IOException {
		Path file = this.source.resolve(name);
		Files.createDirectories(file.getParent());
		Files.writeString(file, content);
	}

}
