package dev.imagefactory.manifests;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;

/** The program with which people install the templates. */
public final class Kubectl {

	private static final String NAME = "kubectl";

	private Kubectl() {
	}

	/**
	 * Finds it: the one that the cluster tests build, or that of this machine.
	 * @return its path
	 * @throws TestAbortedException when there is none; it says how to get one
	 */
	public static String found() {
		return found(System.getenv());
	}

	/** The same, in an environment. */
	static String found(Map<String, String> environment) {
		Stream<String> built = Optional.ofNullable(environment.get("CLUSTER_BIN")).stream();
		Stream<String> path = Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator));
		return Stream.concat(built, path)
			.map((folder) -> Path.of(folder, NAME))
			.filter(Files::isExecutable)
			.map(Path::toString)
			.findFirst()
			.orElseThrow(() -> new TestAbortedException(
					"No kubectl here: build one with src/test/cluster/build.sh FOLDER, and set CLUSTER_BIN=FOLDER"));
	}

}
