package dev.imagefactory.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Who runs the tests without a Kubernetes API is told how to get one. */
class ClusterProgramsTests {

	@TempDir
	private Path folder;

	@Test
	void foundWhenNothingIsSetSaysHowToGetIt() {
		assertAborted(Map.of("PATH", this.folder.toString()), "src/test/cluster/build.sh FOLDER", "set CLUSTER_BIN");
	}

	@Test
	void foundWhenSomethingIsMissingNamesIt() throws IOException {
		Map<String, String> environment = Map.of("CLUSTER_BIN", this.folder.toString(), "PATH", this.folder.toString());
		assertAborted(environment, "install etcd-server");
		program("etcd");
		assertAborted(environment, "kube-apiserver is missing", "src/test/cluster/build.sh " + this.folder);
		program("kube-apiserver");
		assertAborted(environment, "kube-controller-manager is missing");
		program("kube-controller-manager");
		assertThat(ClusterPrograms.found(environment).etcd()).isEqualTo(this.folder.resolve("etcd"));
	}

	private void program(String name) throws IOException {
		assertThat(Files.createFile(this.folder.resolve(name)).toFile().setExecutable(true)).isTrue();
	}

	private static void assertAborted(Map<String, String> environment, String... words) {
		assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> ClusterPrograms.found(environment))
			.withMessageContainingAll(words);
	}

}
