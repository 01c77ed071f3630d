package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;
import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BuildersTests {

	static final ImageBuilder JIB = new ImageBuilder() {

		@Override
		public String name() {
			return "jib";
		}

		@Override
		public Digest build(Request request, Commands commands, Consumer<String> log) {
			throw new IllegalStateException("not asked to build here");
		}

	};

	@TempDir
	Path folder;

	private final ChildCommands commands = new ChildCommands();

	private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));

	@Test
	void chooseWhenBuildahBuildsHereTakesIt() throws Exception {
		HostPrograms.needBuildah();
		Builders builders = builders(BuilderChoice.AUTO, HostPrograms.PATH);
		assertThat(choose(builders)).isEqualTo("buildah");
		int asked = this.commands.seen.size();
		assertThat(choose(builders)).isEqualTo("buildah");
		assertThat(this.commands.seen).as("the result is remembered").hasSize(asked);
	}

	@Test
	void chooseWhenNothingIsInstalledTakesJib() throws Exception {
		assertThat(choose(builders(BuilderChoice.AUTO, new SearchPath(this.folder.toString())))).isEqualTo("jib");
	}

	@Test
	void chooseWhenOnlyADockerClientIsThereTakesJib() throws Exception {
		plant("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
		SearchPath dockerOnly = new SearchPath(this.folder.resolve("bin").toString());
		assertThat(choose(builders(BuilderChoice.AUTO, dockerOnly))).isEqualTo("jib");
		assertThat(this.commands.seen).isEmpty();
	}

	@Test
	void chooseWhenBuildahIsBrokenTakesJibAndTriesAgainAfterAPause() throws Exception {
		plant("buildah", "exit 1");
		plant("unshare", "echo attempt >> " + this.folder.resolve("attempts") + "; echo 'not permitted' >&2; exit 1");
		Builders builders = builders(BuilderChoice.AUTO, planted());
		assertThat(choose(builders)).isEqualTo("jib");
		int once = this.commands.seen.size();
		assertThat(once).isNotZero();
		this.now.updateAndGet((instant) -> instant.plus(Duration.ofMinutes(4)));
		assertThat(choose(builders)).isEqualTo("jib");
		assertThat(this.commands.seen).hasSize(once);
		this.now.updateAndGet((instant) -> instant.plus(Duration.ofMinutes(2)));
		assertThat(choose(builders)).isEqualTo("jib");
		assertThat(this.commands.seen).hasSize(2 * once);
	}

	@Test
	void chooseWhenBuildahIsAskedForAndBrokenFailsWithTheReason() throws Exception {
		plant("buildah", "exit 1");
		plant("unshare", "echo 'unshare failed: not permitted' >&2; exit 1");
		assertThatExceptionOfType(StepFailure.class)
			.isThrownBy(() -> choose(builders(BuilderChoice.BUILDAH, planted())))
			.withMessageContaining("not permitted");
		assertThatExceptionOfType(StepFailure.class)
			.isThrownBy(() -> choose(builders(BuilderChoice.BUILDAH, new SearchPath("/nowhere"))))
			.withMessageContaining("apt-get install buildah");
	}

	@Test
	void chooseWhenBuildahIsBrokenAndPodmanBuildsHereTakesPodman() throws Exception {
		HostPrograms.needPodman();
		plant("buildah", "exit 1");
		assertThat(choose(builders(BuilderChoice.AUTO, planted()))).isEqualTo("podman");
	}

	@Test
	void chooseWhenPodmanIsBrokenTakesJibOrFailsWithTheReason() throws Exception {
		plant("podman", "exit 1");
		plant("unshare", "echo 'unshare failed: not permitted' >&2; exit 1");
		assertThat(choose(builders(BuilderChoice.AUTO, new SearchPath(this.folder.resolve("bin").toString()))))
			.isEqualTo("jib");
		assertThatExceptionOfType(StepFailure.class).isThrownBy(() -> choose(builders(BuilderChoice.PODMAN, planted())))
			.withMessageContaining("podman is on the PATH but cannot build")
			.withMessageContaining("not permitted");
	}

	@Test
	void chooseWhenTheDockerDaemonAnswersButCannotBuildTakesJibOrFailsWithTheReason() throws Exception {
		plant("docker", """
				case "$*" in
				*' info '*) echo 2026-03-01T12:00:00Z ;;
				*) echo 'Error response from daemon: operation not permitted' >&2; exit 1 ;;
				esac""");
		Files.createFile(this.folder.resolve("docker.sock"));
		SearchPath dockerOnly = new SearchPath(this.folder.resolve("bin").toString());
		assertThat(choose(builders(BuilderChoice.AUTO, dockerOnly))).isEqualTo("jib");
		assertThat(this.commands.seen).as("it was tried").isNotEmpty();
		assertThatExceptionOfType(StepFailure.class)
			.isThrownBy(() -> choose(builders(BuilderChoice.DOCKER, dockerOnly)))
			.withMessageContaining("docker cannot build on this host")
			.withMessageContaining("operation not permitted");
	}

	@Test
	void chooseWhenJibIsAskedForTakesItThoughBuildahIsThere() throws Exception {
		assertThat(choose(builders(BuilderChoice.JIB, HostPrograms.PATH))).isEqualTo("jib");
		assertThat(this.commands.seen).isEmpty();
	}

	private String choose(Builders builders) throws InterruptedException {
		return builders.choose(this.folder.resolve("scratch"), this.commands).name();
	}

	private Builders builders(BuilderChoice setting, SearchPath path) {
		return new Builders(setting, List.of(new JailedBuilder(JailedProgram.BUILDAH, path, this.now::get),
				new JailedBuilder(JailedProgram.PODMAN, path, this.now::get), docker(path)), JIB);
	}

	private DockerBuilder docker(SearchPath path) {
		return new DockerBuilder(new DockerDaemon(path, this.folder.resolve("docker.sock")),
				this.folder.resolve("remains"), this.now::get);
	}

	private SearchPath planted() {
		return new SearchPath(this.folder.resolve("bin") + ":/usr/bin:/bin");
	}

	private void plant(String name, String script) throws IOException {
		Path program = Files.createDirectories(this.folder.resolve("bin")).resolve(name);
		Files.writeString(program, "#!/bin/sh\n" + script + "\n");
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

}
