package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import dev.imagefactory.image.Digest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one build of a program in a {@link Jail}, with a storage of its own. */
final class JailedBuild {

	private static final Logger logger = LoggerFactory.getLogger(JailedBuild.class);

	private final JailedProgram program;

	private final SearchPath path;

	/**
	 * Makes the runner; nothing is looked up yet.
	 * @param program what builds
	 * @param path where programs are looked up
	 */
	JailedBuild(JailedProgram program, SearchPath path) {
		this.program = program;
		this.path = path;
	}

	/**
	 * Builds in a jail of a given kind.
	 * @param jail the kind of jail
	 * @param request what to build
	 * @param commands how to run programs
	 * @param log receives lines for the step's log
	 * @return the digest of the layout's one manifest
	 * @throws StepFailure when the image cannot be made
	 * @throws InterruptedException when the run is stopped
	 */
	Digest build(Jail jail, ImageBuilder.Request request, Commands commands, Consumer<String> log)
			throws InterruptedException {
		SourceTree tree = new SourceTree(request.source());
		String context = inside(tree, tree.context(request.context()));
		String dockerfile = inside(tree, tree.dockerfile(request.dockerfile()));
		Path work = request.scratch().toAbsolutePath().resolve(this.program.program());
		// A run that was killed and is started again finds what it left.
		clean(jail, work, commands);
		try {
			Files.createDirectories(work.resolve("home"));
			Files.createDirectories(work.resolve("tmp"));
			Command command = jail.command(this.path, this.program, tree.root(), work,
					arguments(request, context, dockerfile));
			BuildOutput output = new BuildOutput(log);
			int exitCode = commands.run(command, output);
			if (exitCode != 0) {
				throw output.failure(this.program.program(), exitCode);
			}
			return new OciLayout(work.resolve("image")).handOver(request);
		}
		catch (IOException ex) {
			throw StepFailure.ofHost(this.program.program(), ex);
		}
		finally {
			clean(jail, work, commands);
		}
	}

	private List<String> arguments(ImageBuilder.Request request, String context, String dockerfile) {
		String name = this.program.program();
		return this.program.command(this.path.find(name).map(Path::toString).orElse(name), request, context,
				dockerfile);
	}

	private static String inside(SourceTree tree, Path real) {
		String relative = tree.root().relativize(real).toString();
		return relative.isEmpty() ? Jail.SOURCE : Jail.SOURCE + "/" + relative;
	}

	/**
	 * Deletes the storage at once, because it holds the whole base image uncompressed. A
	 * run that is stopped leaves it to whoever empties its scratch folder.
	 */
	private void clean(Jail jail, Path work, Commands commands) throws InterruptedException {
		try {
			FileTrees.delete(work);
		}
		catch (IOException ex) {
			deleteAsOwner(jail, work, commands);
		}
	}

	private void deleteAsOwner(Jail jail, Path work, Commands commands) throws InterruptedException {
		try {
			List<Path> folders = List.of(work.resolve("storage"), work.resolve("run"), work.resolve("tmp"));
			commands.run(jail.removing(this.path, this.program, work.resolve("home"), folders), (line) -> {
			});
			FileTrees.delete(work);
		}
		catch (IOException ex) {
			// What is left costs space only, and goes with the run's scratch folder.
			logger.warn("Cannot delete the storage of a build in {}: {}", work, ex.getMessage());
		}
	}

}
