package dev.imagefactory.engine.local;

import java.nio.file.Files;
import java.nio.file.Path;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Programs of this host that some tests need; without them the tests are skipped, saying
 * what to install.
 */
final class HostPrograms {

	static final SearchPath PATH = new SearchPath(System.getenv("PATH"));

	static final Path BUSYBOX = Path.of("/bin/busybox");

	private HostPrograms() {
	}

	static void needBuildah() {
		assumeTrue(PATH.find("buildah").isPresent(), "buildah is not here: apt-get install buildah");
	}

	static void needBusybox() {
		assumeTrue(Files.isExecutable(BUSYBOX), "/bin/busybox is not here: apt-get install busybox-static");
	}

}
