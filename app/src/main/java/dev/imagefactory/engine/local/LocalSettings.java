package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How builds run on this host.
 *
 * @param trustRepositories whether repositories may run their code on a host that can
 * push to a registry
 * @param builder who builds
 * @param dockerSocket where the Docker daemon listens; Docker's own place when not given
 * @param slots how many builds run at a time; the number of cores, at least 2, when not
 * given
 */
@ConfigurationProperties("image-factory.local")
public record LocalSettings(@DefaultValue("false") boolean trustRepositories,
		@DefaultValue("auto") BuilderChoice builder, @Nullable Path dockerSocket, @Nullable Integer slots) {

	private static final Path DOCKER_SOCKET = Path.of("/var/run/docker.sock");

	private static final int FEWEST_SLOTS = 2;

	private static final int MOST_SLOTS = 256;

	public LocalSettings {
		if (slots != null && (slots < 1 || slots > MOST_SLOTS)) {
			throw new IllegalArgumentException("image-factory.local.slots is " + slots + ": expected 1 to " + MOST_SLOTS
					+ " builds at a time, for example 4");
		}
	}

	/**
	 * How many builds run at a time.
	 * @param cores the number of cores of this host
	 * @return the setting, else the cores, at least 2
	 */
	int slots(int cores) {
		return (this.slots != null) ? this.slots : Math.clamp(cores, FEWEST_SLOTS, MOST_SLOTS);
	}

	/**
	 * Where the Docker daemon listens.
	 * @return the setting, else where Docker's packages put it
	 */
	Path dockerSocketOrDefault() {
		return (this.dockerSocket != null) ? this.dockerSocket : DOCKER_SOCKET;
	}

	/** Who builds. */
	public enum BuilderChoice {

		/** The first that works on this host. */
		AUTO,

		/** Buildah, in a jail. */
		BUILDAH,

		/** Podman, in a jail. */
		PODMAN,

		/** The Docker daemon of this host. */
		DOCKER,

		/** Jib, which needs nothing installed and builds simple Dockerfiles only. */
		JIB;

		/**
		 * The builder's name.
		 * @return as in settings and messages
		 */
		String wireName() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
