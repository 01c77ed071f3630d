package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What building an image with a builder has shown. It is remembered when it worked; when
 * it did not, it is tried again after a pause, because an administrator may have mended
 * the host.
 *
 * @param <T> what is known when it works
 */
final class Trial<T> {

	private static final Logger logger = LoggerFactory.getLogger(Trial.class);

	private static final Duration PAUSE = Duration.ofMinutes(5);

	private final InstantSource clock;

	private @Nullable T proven;

	private @Nullable Instant failed;

	private String complaint;

	/**
	 * Prepares a trial; nothing is tried yet.
	 * @param builder the builder's name
	 * @param clock tells when a failed trial may be repeated
	 */
	Trial(String builder, InstantSource clock) {
		this.clock = clock;
		this.complaint = builder + " has not been tried yet";
	}

	/**
	 * What is known, found out when first asked.
	 * @param attempt builds an image
	 * @return empty when it does not work, with a complaint
	 * @throws InterruptedException when the run is stopped
	 */
	synchronized Optional<T> result(Attempt<T> attempt) throws InterruptedException {
		if (this.proven == null && mayTry()) {
			tryNow(attempt);
		}
		return Optional.ofNullable(this.proven);
	}

	private boolean mayTry() {
		return this.failed == null || !this.clock.instant().isBefore(this.failed.plus(PAUSE));
	}

	private void tryNow(Attempt<T> attempt) throws InterruptedException {
		try {
			this.proven = attempt.carryOut();
			this.failed = null;
		}
		catch (StepFailure ex) {
			String said = String.valueOf(ex.getMessage());
			if (!said.equals(this.complaint)) {
				logger.warn("{}; builds go on without it", said);
			}
			this.complaint = said;
			this.failed = this.clock.instant();
		}
	}

	/**
	 * What keeps the builder from being tried at all; it may be tried the next time.
	 * @param why a sentence that says what to install
	 */
	synchronized void cannotBegin(String why) {
		this.complaint = why;
	}

	/**
	 * Why it does not work.
	 * @return a sentence
	 */
	synchronized String complaint() {
		return this.complaint;
	}

	/**
	 * Lets a builder build the smallest image that shows something: it runs a program
	 * where we have one for the processor, because starting a RUN is what a host most
	 * often forbids.
	 * @param scratch where the files of it are made, and deleted afterwards
	 * @param build builds
	 * @throws InterruptedException when the run is stopped
	 */
	static void build(Path scratch, Build build) throws InterruptedException {
		Path folder = scratch.toAbsolutePath().resolve("probe");
		try {
			Path source = Files.createDirectories(folder.resolve("source"));
			Files.writeString(source.resolve("Dockerfile"), ProbeProgram.write(source));
			build.carryOut(new ImageBuilder.Request(source, "", "Dockerfile", Map.of(), Instant.EPOCH,
					folder.resolve("image"), folder.resolve("scratch")));
		}
		catch (IOException ex) {
			throw StepFailure.ofPlatform("builder-broken", "%s: %s".formatted(folder, ex.getMessage()));
		}
		finally {
			FileTrees.forget(folder);
		}
	}

	/**
	 * Tries the builder.
	 *
	 * @param <T> what is known when it works
	 */
	@FunctionalInterface
	interface Attempt<T> {

		T carryOut() throws InterruptedException;

	}

	/** Builds one image. */
	@FunctionalInterface
	interface Build {

		void carryOut(ImageBuilder.Request request) throws InterruptedException;

	}

}
