package dev.imagefactory.cluster;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

import org.opentest4j.TestAbortedException;

/**
 * The programs that make a Kubernetes API.
 *
 * @param etcd where objects are stored
 * @param apiServer the API
 * @param controllerManager deletes what nobody owns any more, and makes tokens
 */
record ClusterPrograms(Path etcd, Path apiServer, Path controllerManager) {

	/**
	 * Finds them.
	 * @return the programs
	 * @throws TestAbortedException when they are not here; it says how to get them
	 */
	static ClusterPrograms found() {
		return found(System.getenv());
	}

	/** The same, in an environment. */
	static ClusterPrograms found(Map<String, String> environment) {
		String folder = Optional.ofNullable(environment.get("CLUSTER_BIN"))
			.orElseThrow(() -> new TestAbortedException(
					"No real Kubernetes API here: build one with src/test/cluster/build.sh FOLDER, and set CLUSTER_BIN=FOLDER"));
		Path etcd = onPath(environment.getOrDefault("PATH", ""), "etcd").orElseThrow(() -> new TestAbortedException(
				"No real Kubernetes API here: etcd is not on the PATH; install etcd-server"));
		return new ClusterPrograms(etcd, program(folder, "kube-apiserver"), program(folder, "kube-controller-manager"));
	}

	private static Path program(String folder, String name) {
		Path program = Path.of(folder, name);
		if (!Files.isExecutable(program)) {
			throw new TestAbortedException(
					"No real Kubernetes API here: %s is missing; run src/test/cluster/build.sh %s".formatted(program,
							folder));
		}
		return program;
	}

	private static Optional<Path> onPath(String path, String name) {
		return Arrays.stream(path.split(File.pathSeparator))
			.map((folder) -> Path.of(folder, name))
			.filter(Files::isExecutable)
			.findFirst();
	}

}
