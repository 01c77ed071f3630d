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

	/** Where daemons lie, which the PATH of an ordinary account does not name. */
	static final SearchPath DAEMON = new SearchPath(PATH.value() + ":/usr/sbin:/sbin");

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
		assumeTrue(PATH.find("docker").isPresent() && DAEMON.find("dockerd").isPresent(),
				"docker is not here: apt-get install docker.io");
		assumeTrue(hasDocker(), "a Docker daemon can be started by root only");
	}

	static boolean hasDocker() {
		return PATH.find("docker").isPresent() && DAEMON.find("dockerd").isPresent()
				&& "root".equals(System.getProperty("user.name"));
	}

	static void needBusybox() {
		assumeTrue(Files.isExecutable(BUSYBOX), "/bin/busybox is not here: apt-get install busybox-static");
	}

}
