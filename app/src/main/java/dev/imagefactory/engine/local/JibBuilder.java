package dev.imagefactory.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import com.google.cloud.tools.jib.tar.TarExtractor;
import dev.imagefactory.image.Digest;

/**
 * Builds with the Jib library, inside this process and without any program, what needs no
 * commands: one stage on {@code scratch} with files of the repository and metadata. It
 * runs no repository code and uses no network.
 */
final class JibBuilder implements ImageBuilder {

	@Override
	public String name() {
		return "jib";
	}

	@Override
	public Digest build(Request request, Commands commands, Consumer<String> log) throws InterruptedException {
		SourceTree tree = new SourceTree(request.source());
		Path context = tree.context(request.context());
		Path dockerfile = tree.dockerfile(request.dockerfile());
		Path work = request.scratch().toAbsolutePath().resolve("jib");
		try {
			FileTrees.delete(work);
			Files.createDirectories(work.resolve("empty"));
			DockerIgnore ignored = ignored(tree.ignoreFile(context, dockerfile));
			JibContainerBuilder jib = plan(request, new BuildContext(context, ignored), dockerfile, work, log);
			Path tar = work.resolve("image.tar");
			jib.containerize(Containerizer.to(TarImage.at(tar).named("image"))
				.setBaseImageLayersCache(work.resolve("base"))
				.setApplicationLayersCache(work.resolve("layers"))
				.setOfflineMode(true));
			return finish(request, tar, log);
		}
		catch (DockerfileRefused ex) {
			throw ex.failure(request.dockerfile());
		}
		catch (IOException | UncheckedIOException | ExecutionException | RegistryException
				| CacheDirectoryCreationException | InvalidImageReferenceException ex) {
			throw StepFailure.ofHost("Jib", ex);
		}
		finally {
			forget(work, log);
		}
	}

	private static JibContainerBuilder plan(Request request, BuildContext files, Path dockerfile, Path work,
			Consumer<String> log) throws IOException {
		Dockerfile parsed = Dockerfile.parse(text(dockerfile));
		JibContainerBuilder jib = Jib.fromScratch()
			.setFormat(ImageFormat.OCI)
			.setCreationTime(request.created())
			.setPlatforms(Set.of(new Platform(architecture(), "linux")));
		JibPlan plan = new JibPlan(files, request.created(), work.resolve("empty"), jib);
		for (Dockerfile.Instruction instruction : parsed.instructions()) {
			log.accept("Jib: " + instruction);
			plan.add(instruction);
		}
		return jib;
	}

	private static Digest finish(Request request, Path tar, Consumer<String> log) throws IOException {
		Path image = Files.createDirectory(tar.resolveSibling("image"));
		TarExtractor.extract(tar, image);
		Digest digest = new OciLayout(image).handOver(request);
		log.accept("Jib: made " + digest);
		return digest;
	}

	private static DockerIgnore ignored(Optional<Path> file) throws IOException {
		if (file.isEmpty()) {
			return DockerIgnore.of("");
		}
		try {
			return DockerIgnore.of(text(file.get()));
		}
		catch (IllegalArgumentException ex) {
			throw StepFailure.ofRepository("dockerfile-invalid",
					"%s: %s".formatted(file.get().getFileName(), ex.getMessage()));
		}
	}

	private static String text(Path file) throws IOException {
		if (Files.size(file) > 4L * 1024 * 1024) {
			throw DockerfileRefused.invalid(1, "it is larger than 4 MiB");
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
		}
		catch (CharacterCodingException ex) {
			throw DockerfileRefused.invalid(1, "it is not UTF-8 text");
		}
	}

	private static String architecture() {
		String name = System.getProperty("os.arch");
		return switch (name) {
			case "x86_64" -> "amd64";
			case "aarch64" -> "arm64";
			default -> name;
		};
	}

	private static void forget(Path work, Consumer<String> log) {
		try {
			FileTrees.delete(work);
		}
		catch (IOException ex) {
			log.accept("Jib: cannot delete its files: " + ex.getMessage());
		}
	}

}
