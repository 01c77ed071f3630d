package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class KubectlTests {

	@TempDir
	private Path folder;

	private Path program(String folder) throws IOException {
		Path program = Files.createDirectories(this.folder.resolve(folder)).resolve("kubectl");
		Files.writeString(program, "");
		return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@Test
	void foundWhenOneWasBuiltIsThatAndNotTheMachines() throws IOException {
		Path machine = program("machine");
		Path built = program("built");
		assertThat(Kubectl
			.found(Map.of("CLUSTER_BIN", built.getParent().toString(), "PATH", "/nowhere:" + machine.getParent())))
			.isEqualTo(built.toString());
		Files.delete(built);
		assertThat(Kubectl
			.found(Map.of("CLUSTER_BIN", built.getParent().toString(), "PATH", "/nowhere:" + machine.getParent())))
			.isEqualTo(machine.toString());
	}

	@Test
	void foundWhenThereIsNoneSaysHowToGetOne() {
		assertThatExceptionOfType(TestAbortedException.class)
			.isThrownBy(() -> Kubectl.found(Map.of("PATH", "/nowhere")))
			.withMessageContaining("src/test/cluster/build.sh");
	}

}
