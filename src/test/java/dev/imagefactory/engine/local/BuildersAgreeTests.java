package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

import dev.imagefactory.image.Digest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What any builder makes of a Dockerfile is what buildah makes of it. */
@Order(1)
class BuildersAgreeTests {

	private static final String DOCKERFILE = """
			FROM scratch
			ARG VERSION=7
			ENV VERSION=$VERSION NAME="two words"
			LABEL x=theirs a=1 b="x ${VERSION:-0}"
			COPY one.txt /single.txt
			COPY one.txt /into/
			COPY folder /folder
			COPY folder/ one.txt /mixed/
			COPY *.txt /globbed/
			COPY ["with space.txt", "/json.txt"]
			COPY --chown=10:20 run.sh /bin/
			WORKDIR /srv/app
			COPY one.txt .
			COPY one.txt ./relative.txt
			COPY folder .
			WORKDIR deeper
			COPY one.txt ../up.txt
			ADD one.txt /added.txt
			COPY . /everything/
			USER 10:20
			EXPOSE 80 53/udp
			ENTRYPOINT ["/bin/run.sh", "-a"]
			CMD ["b"]
			""";

	@TempDir
	static Path shared;

	private static Path source;

	private static BuiltImage buildah;

	@TempDir
	Path folder;

	/** Built once, for all to agree with. */
	@BeforeAll
	static void buildWithBuildah() throws Exception {
		HostPrograms.needBuildah();
		source = writeSource();
		buildah = build(new JailedBuilder(JailedProgram.BUILDAH, HostPrograms.PATH, InstantSource.system()), shared);
	}

	@Test
	void buildWhenJibCanDoItGivesTheSameFilesAndSettings() throws Exception {
		assertAgree(new JibBuilder());
	}

	@Test
	void buildWithPodmanGivesTheSameFilesAndSettings() throws Exception {
		HostPrograms.needPodman();
		assertAgree(new JailedBuilder(JailedProgram.PODMAN, HostPrograms.PATH, InstantSource.system()));
	}

	@Test
	void buildWithDockerGivesTheSameFilesAndSettings() throws Exception {
		HostPrograms.needDocker();
		Path home = Files.createDirectories(this.folder.resolve("daemon"));
		try (TestDaemon daemon = new TestDaemon(home)) {
			assertAgree(new DockerBuilder(daemon.daemon(), home.resolve("remains"), InstantSource.system()));
		}
	}

	private void assertAgree(ImageBuilder builder) throws Exception {
		BuiltImage image = build(builder, this.folder);
		assertThat(described(image)).isEqualTo(described(buildah)).hasSizeGreaterThan(20);
		for (String setting : new String[] { "User", "WorkingDir", "Entrypoint", "Cmd", "ExposedPorts",
				"StopSignal" }) {
			assertThat(image.config.path("config").path(setting)).as(setting)
				.isEqualTo(buildah.config.path("config").path(setting));
		}
		assertThat(buildah.config.at("/config/Env")).containsAll(image.config.at("/config/Env"));
		assertThat(image.label("b")).isEqualTo(buildah.label("b")).isEqualTo("x 7");
		assertThat(image.label("x")).isEqualTo("ours");
		assertThat(image.config.path("architecture")).isEqualTo(buildah.config.path("architecture"));
		assertThat(image.config.path("created")).isEqualTo(buildah.config.path("created"));
	}

	private static Path writeSource() throws IOException {
		Path source = Files.createDirectories(shared.resolve("source/folder/below")).getParent().getParent();
		Files.writeString(source.resolve("Dockerfile"), DOCKERFILE);
		Files.writeString(source.resolve(".dockerignore"), "# no\n*.md\n!keep.md\n**/*.log\nfolder/below/x*\n");
		for (String name : new String[] { "one.txt", "two.txt", "with space.txt", "drop.md", "keep.md", "run.sh",
				"folder/in.txt", "folder/in.log", "folder/below/deep.txt", "folder/below/xyz" }) {
			Files.writeString(source.resolve(name), name);
		}
		Files.setPosixFilePermissions(source.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
		return source;
	}

	private static BuiltImage build(ImageBuilder builder, Path folder) throws Exception {
		Path layout = folder.resolve("layout-" + builder.name());
		Digest digest = builder.build(new ImageBuilder.Request(source, "", "Dockerfile", Map.of("x", "ours"),
				Instant.EPOCH.plusSeconds(10), layout, folder.resolve("scratch")), new ChildCommands(), (line) -> {
				});
		return new BuiltImage(layout, digest);
	}

	private static Map<String, String> described(BuiltImage image) {
		Map<String, String> described = new TreeMap<>();
		image.entries.forEach((name, entry) -> {
			if (entry.isFile()) {
				described.put(name, "%s %o %d:%d %s".formatted(image.files.get(name), entry.getMode() & 0777,
						entry.getLongUserId(), entry.getLongGroupId(), entry.getLastModifiedDate().toInstant()));
			}
		});
		return described;
	}

}
