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

	static void needPodman() {
		assumeTrue(PATH.find("podman").isPresent(), "podman is not here: apt-get install podman");
	}

	static void needDocker() {
		assumeTrue(PATH.find("docker").isPresent() && PATH.find("dockerd").isPresent(),
				"docker is not here: apt-get install docker.io");
		assumeTrue("root".equals(System.getProperty("user.name")), "a Docker daemon can be started by root only");
	}

	static void needBusybox() {
		assumeTrue(Files.isExecutable(BUSYBOX), "/bin/busybox is not here: apt-get install busybox-static");
	}

}
