package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.ImageLabels;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds with the Docker daemon of this host, once that has shown that it can. The
 * daemon's containers see nothing of this host, but the daemon outlives this process:
 * what a build leaves in it is removed afterwards, or when this host's service next uses
 * the daemon.
 */
final class DockerBuilder implements TriedBuilder {

	private static final Logger logger = LoggerFactory.getLogger(DockerBuilder.class);

	private static final String NAME = "docker";

	/** Shorter than what a service that ends gives its runs. */
	private static final Duration CLEANING = Duration.ofSeconds(8);

	private final DockerDaemon daemon;

	private final Path remains;

	private final Trial<DockerDaemon> trial;

	private final Set<String> running = ConcurrentHashMap.newKeySet();

	/**
	 * Makes the builder; nothing is looked up yet.
	 * @param daemon the daemon
	 * @param remains a folder of this process alone, in which it notes what it leaves in
	 * the daemon
	 * @param clock tells when a failed trial may be repeated
	 */
	DockerBuilder(DockerDaemon daemon, Path remains, InstantSource clock) {
		this.daemon = daemon;
		this.remains = remains;
		this.trial = new Trial<>(NAME, clock);
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public boolean works(Path scratch, Commands commands) throws InterruptedException {
		String obstacle = this.daemon.obstacle();
		if (obstacle != null) {
			this.trial.cannotBegin(obstacle);
			return false;
		}
		return this.trial.result(() -> tryOut(scratch, commands)).isPresent();
	}

	@Override
	public String complaint() {
		return this.trial.complaint();
	}

	private DockerDaemon tryOut(Path scratch, Commands commands) throws InterruptedException {
		try {
			Trial.build(scratch, (request) -> carryOut(request, commands, (line) -> {
			}));
			logger.info("docker works on this host; its daemon builds");
			return this.daemon;
		}
		catch (StepFailure ex) {
			throw StepFailure.ofPlatform("builder-broken",
					"docker cannot build on this host: %s".formatted(ex.getMessage()));
		}
	}

	/** What an earlier process left, or a run that was stopped. */
	private void removeOld(Path home, Commands commands) throws InterruptedException {
		if (!Files.isDirectory(this.remains)) {
			return;
		}
		try (Stream<Path> files = Files.list(this.remains)) {
			for (Path file : files.filter((one) -> !this.running.contains(one.getFileName().toString())).toList()) {
				new DockerRemains(this.daemon, file).remove(home, commands);
			}
		}
		catch (IOException ex) {
			logger.warn("Cannot look for what earlier builds left in the Docker daemon: {}", ex.getMessage());
		}
	}

	@Override
	public Digest build(Request request, Commands commands, Consumer<String> log) throws InterruptedException {
		if (!works(request.scratch(), commands)) {
			throw StepFailure.ofPlatform("builder-broken", complaint());
		}
		return carryOut(request, commands, log);
	}

	private Digest carryOut(Request request, Commands commands, Consumer<String> log) throws InterruptedException {
		SourceTree tree = new SourceTree(request.source());
		Path context = tree.context(request.context());
		Path dockerfile = tree.dockerfile(request.dockerfile());
		refuseOwnIgnoreFile(tree, context, dockerfile);
		refuseWhatIsNotClassic(dockerfile, request);
		Path work = request.scratch().toAbsolutePath().resolve(NAME);
		String run = name(request);
		DockerRemains left = new DockerRemains(this.daemon, this.remains.resolve(run));
		try {
			FileTrees.delete(work);
			removeOld(work.resolve("home"), commands);
			this.running.add(run);
			Instant begun = this.daemon.time(work.resolve("home"), commands);
			left.begin(begun);
			build(left, work, context, dockerfile, commands, log);
			return save(left, request, work, begun, commands, log);
		}
		catch (IOException ex) {
			throw StepFailure.ofHost(NAME, ex);
		}
		finally {
			cleanUp(left, work, commands);
			this.running.remove(run);
		}
	}

	private static void refuseOwnIgnoreFile(SourceTree tree, Path context, Path dockerfile) {
		tree.ignoreFile(context, dockerfile)
			.filter((file) -> !file.startsWith(context.resolve(".dockerignore")))
			.ifPresent((file) -> {
				throw StepFailure.ofPlatform("builder-needed",
						"The classic builder of Docker does not read '%s'. Move it to .dockerignore, or install buildah or podman on this host (Debian: apt-get install buildah)"
							.formatted(file.getFileName()));
			});
	}

	private static void refuseWhatIsNotClassic(Path dockerfile, Request request) {
		try {
			ClassicDockerfile.check(dockerfile, request.dockerfile());
		}
		catch (IOException ex) {
			throw StepFailure.ofHost(NAME, ex);
		}
	}

	private static String name(Request request) {
		String build = request.labels().get(ImageLabels.BUILD);
		return (build != null) ? build : "trial-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
	}

	private void build(DockerRemains left, Path work, Path context, Path dockerfile, Commands commands,
			Consumer<String> log) throws IOException, InterruptedException {
		DockerOutput output = new DockerOutput((line) -> {
			left.note(line);
			log.accept(line);
		});
		// Always asking the registry keeps images away that only this daemon has.
		int exitCode = this.daemon.run(work.resolve("home"), List.of("build", "--no-cache", "--force-rm", "--pull",
				"--file", dockerfile.toString(), "--tag", left.image(), context.toString()), commands, output);
		if (exitCode != 0) {
			throw output.failure(exitCode);
		}
	}

	private Digest save(DockerRemains left, Request request, Path work, Instant begun, Commands commands,
			Consumer<String> log) throws IOException, InterruptedException {
		Path archive = work.resolve("image.tar");
		DockerOutput output = new DockerOutput(log);
		int exitCode = this.daemon.run(work.resolve("home"),
				List.of("image", "save", "--output", archive.toString(), left.image()), commands, output);
		if (exitCode != 0) {
			throw StepFailure.ofPlatform("builder-broken",
					"docker built the image but could not hand it over: " + output.failure(exitCode).getMessage());
		}
		try (DockerArchive saved = new DockerArchive(archive, work.resolve("image"))) {
			return saved.convert(begun, request.created()).handOver(request);
		}
	}

	/**
	 * On a thread of its own, which a stopped run does not interrupt. What does not get
	 * done is done before the next build.
	 */
	private void cleanUp(DockerRemains left, Path work, Commands commands) {
		Thread cleaner = Thread.ofPlatform().name(NAME + "-cleaner").start(() -> {
			try {
				left.remove(work.resolve("home"), commands);
				FileTrees.delete(work);
			}
			catch (IOException | RuntimeException ex) {
				logger.warn("Cannot delete all that the build in {} left: {}", work, ex.getMessage());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		boolean interrupted = false;
		long deadline = System.nanoTime() + CLEANING.toNanos();
		while (cleaner.isAlive() && System.nanoTime() < deadline) {
			try {
				cleaner.join(CLEANING);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
