package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether buildah works on this host by building an image with it, since a
 * program on the PATH proves nothing. The image runs a program where we have one for the
 * processor, because starting a RUN is what a host most often forbids.
 */
final class BuildahProbe {

	private static final Logger logger = LoggerFactory.getLogger(BuildahProbe.class);

	/**
	 * After a failure an administrator may mend the host; asking costs under a second.
	 */
	private static final Duration PAUSE = Duration.ofMinutes(5);

	private final SearchPath path;

	private final InstantSource clock;

	private final JailedBuildah buildah;

	private @Nullable Jail proven;

	private @Nullable Instant failed;

	private String complaint = "buildah has not been tried yet";

	/**
	 * Makes the probe; nothing is tried yet.
	 * @param path where programs are looked up
	 * @param buildah what is tried
	 * @param clock tells when a failed probe may be repeated
	 */
	BuildahProbe(SearchPath path, JailedBuildah buildah, InstantSource clock) {
		this.path = path;
		this.buildah = buildah;
		this.clock = clock;
	}

	/**
	 * Finds the kind of jail in which buildah works here, trying it when first asked.
	 * @param scratch a folder for the probe's files
	 * @param commands how to run programs
	 * @return the jail; empty when buildah is missing or does not work
	 * @throws InterruptedException when the run is stopped
	 */
	synchronized Optional<Jail> jail(Path scratch, Commands commands) throws InterruptedException {
		if (this.path.find("buildah").isEmpty()) {
			this.complaint = "buildah is not on the PATH of this service; install it (Debian: apt-get install buildah)";
			return Optional.empty();
		}
		if (this.proven == null && mayTry()) {
			this.proven = tryAll(scratch, commands);
		}
		return Optional.ofNullable(this.proven);
	}

	/**
	 * Why buildah cannot be used.
	 * @return a sentence; meaningful after {@link #jail} answered with nothing
	 */
	synchronized String complaint() {
		return this.complaint;
	}

	private boolean mayTry() {
		return this.failed == null || !this.clock.instant().isBefore(this.failed.plus(PAUSE));
	}

	private @Nullable Jail tryAll(Path scratch, Commands commands) throws InterruptedException {
		List<String> reasons = new ArrayList<>();
		for (Jail jail : Jail.values()) {
			String reason = tryOne(jail, scratch, commands);
			if (reason == null) {
				logger.info("buildah works on this host; its builds run {}", jail.description());
				this.failed = null;
				return jail;
			}
			reasons.add(reason);
		}
		String said = "buildah is on the PATH but cannot build in a jail on this host: "
				+ String.join("; ", reasons.stream().distinct().toList());
		if (!said.equals(this.complaint)) {
			logger.warn("{}; builds go on without it", said);
		}
		this.complaint = said;
		this.failed = this.clock.instant();
		return null;
	}

	private @Nullable String tryOne(Jail jail, Path scratch, Commands commands) throws InterruptedException {
		Path folder = scratch.toAbsolutePath().resolve("probe");
		try {
			Path source = Files.createDirectories(folder.resolve("source"));
			Files.writeString(source.resolve("Dockerfile"), ProbeProgram.write(source));
			this.buildah.build(jail, new ImageBuilder.Request(source, "", "Dockerfile", Map.of(), Instant.EPOCH,
					folder.resolve("image"), folder.resolve("scratch")), commands, (line) -> {
					});
			return null;
		}
		catch (StepFailure ex) {
			return ex.getMessage();
		}
		catch (IOException ex) {
			return "%s: %s".formatted(folder, ex.getMessage());
		}
		finally {
			forget(folder);
		}
	}

	private static void forget(Path folder) {
		try {
			FileTrees.delete(folder);
		}
		catch (IOException ex) {
			logger.warn("Cannot delete {}: {}", folder, ex.getMessage());
		}
	}

}
