package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the self-check says where builds run on this host. */
class LocalCheckupTests {

	@TempDir
	Path folder;

	private List<Check> checks(BuilderChoice builder, boolean staysHere, String... programs) throws IOException {
		for (String program : programs) {
			Files.setPosixFilePermissions(Files.writeString(this.folder.resolve(program), "#!/bin/sh\n"),
					PosixFilePermissions.fromString("rwxr-xr-x"));
		}
		LocalSettings settings = new LocalSettings(false, builder, this.folder.resolve("docker.sock"), null);
		return new LocalCheckup(settings, new SearchPath(this.folder.toString()), staysHere).checks();
	}

	@Test
	void checksWhenAllIsThereAreWell() throws IOException {
		List<Check> checks = checks(BuilderChoice.AUTO, false, "buildah", "podman", "docker.sock", "trivy");
		assertThat(checks).extracting(Check::name).containsExactly("engine", "builder", "scanner");
		assertThat(checks).allMatch((check) -> check.verdict() == Check.Verdict.OK && check.fix() == null);
		assertThat(checks.get(0).detail()).contains("nothing to look at in Kubernetes");
		assertThat(checks.get(1).detail()).contains("buildah, podman, docker");
	}

	@Test
	void builderWhenNoneIsThereIsJibWithAdvice() throws IOException {
		Check builder = checks(BuilderChoice.AUTO, true, "trivy").get(1);
		assertThat(builder.verdict()).isEqualTo(Check.Verdict.OK);
		assertThat(builder.fix()).isEqualTo("apt-get install buildah");
	}

	@Test
	void builderWhenTheNamedOneIsMissingIsWrong() throws IOException {
		Check builder = checks(BuilderChoice.PODMAN, true, "buildah").get(1);
		assertThat(builder.verdict()).isEqualTo(Check.Verdict.WRONG);
		assertThat(builder.detail()).contains("image-factory.local.builder: podman");
	}

	@Test
	void scannerWhenMissingIsWrongOnlyWhereImagesLeaveTheHost() throws IOException {
		assertThat(checks(BuilderChoice.AUTO, true).get(2)).satisfies((check) -> {
			assertThat(check.verdict()).isEqualTo(Check.Verdict.OK);
			assertThat(check.fix()).contains("Install Trivy");
		});
		assertThat(checks(BuilderChoice.AUTO, false).get(2).verdict()).isEqualTo(Check.Verdict.WRONG);
	}

}
