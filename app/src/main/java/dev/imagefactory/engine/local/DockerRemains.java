package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one build leaves in the Docker daemon: the image of every step. The steps are
 * noted in a file while they are made, because the daemon does not say later whose an
 * image is; the file outlives a killed process.
 */
final class DockerRemains {

	private static final Logger logger = LoggerFactory.getLogger(DockerRemains.class);

	private static final Pattern STEP = Pattern.compile(" ---> ([0-9a-f]{12,64})");

	private static final Pattern IMAGE = Pattern
		.compile("(sha256:[0-9a-f]{64}) (sha256:[0-9a-f]{64})? ?(\\d\\S+) ([0-9]+) ([0-9]+)");

	private static final String FORMAT = "{{.Id}} {{.Parent}} {{.Created}} {{len .RepoTags}} {{len .RepoDigests}}";

	/** The daemon needs a moment to end the container of a step whose client died. */
	private static final int ROUNDS = 20;

	private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(250);

	private final DockerDaemon daemon;

	private final Path file;

	/**
	 * Names what a build leaves.
	 * @param daemon the daemon
	 * @param file where the steps are noted; its name is the build's
	 */
	DockerRemains(DockerDaemon daemon, Path file) {
		this.daemon = daemon;
		this.file = file;
	}

	/**
	 * The name that the build's image gets in the daemon.
	 * @return one that no registry can serve
	 */
	String image() {
		return "localhost/image-factory-run:" + this.file.getFileName();
	}

	/**
	 * Begins to note steps.
	 * @param begun when the build begins
	 * @throws IOException when the file cannot be written
	 */
	void begin(Instant begun) throws IOException {
		Files.createDirectories(this.file.getParent());
		Files.writeString(this.file, begun + "\n");
	}

	/**
	 * Notes the step that a line of the builder tells of, if it does.
	 * @param line the line
	 */
	void note(String line) {
		Matcher step = STEP.matcher(line);
		if (step.matches()) {
			try {
				Files.writeString(this.file, step.group(1) + "\n", StandardOpenOption.APPEND);
			}
			catch (IOException ex) {
				logger.warn("Cannot note an image of a build in {}: {}", this.file, ex.getMessage());
			}
		}
	}

	/**
	 * Removes all of it from the daemon. What is in use by others stays.
	 * @param home a folder for the client's own files
	 * @param commands how to run programs
	 * @throws InterruptedException when the run is stopped
	 */
	void remove(Path home, Commands commands) throws InterruptedException {
		if (!Files.exists(this.file)) {
			return;
		}
		try {
			List<String> noted = Files.readAllLines(this.file);
			Instant begun = Instant.parse(noted.getFirst());
			Set<String> steps = new HashSet<>(noted.subList(1, noted.size()));
			this.daemon.ask(home, List.of("image", "rm", image()), commands);
			boolean removed = false;
			for (int round = 0; round < ROUNDS && !removed; round++) {
				removed = removeSteps(home, commands, begun, steps);
			}
			if (!removed) {
				logger.warn("Images of {} stay in the Docker daemon, because something uses them", image());
			}
			Files.deleteIfExists(this.file);
		}
		catch (IOException | DateTimeException ex) {
			logger.warn("Cannot remove the images of {} from the Docker daemon: {}", image(), ex.getMessage());
		}
	}

	/** True when nothing of it is left. */
	private boolean removeSteps(Path home, Commands commands, Instant begun, Set<String> steps)
			throws IOException, InterruptedException {
		List<String> doomed = doomed(images(home, commands), begun, steps);
		if (doomed.isEmpty()) {
			return true;
		}
		List<String> removal = new ArrayList<>(List.of("image", "rm"));
		removal.addAll(doomed.reversed());
		this.daemon.ask(home, removal, commands);
		if (doomed(images(home, commands), begun, steps).isEmpty()) {
			return true;
		}
		LockSupport.parkNanos(BETWEEN_ROUNDS.toNanos());
		return false;
	}

	private List<Image> images(Path home, Commands commands) throws IOException, InterruptedException {
		List<String> ids = this.daemon.ask(home, List.of("image", "ls", "--all", "--quiet", "--no-trunc"), commands)
			.stream()
			.filter((line) -> line.startsWith("sha256:"))
			.distinct()
			.toList();
		if (ids.isEmpty()) {
			return List.of();
		}
		List<String> inspection = new ArrayList<>(List.of("image", "inspect", "--format", FORMAT));
		inspection.addAll(ids);
		return this.daemon.ask(home, inspection, commands).stream().flatMap(Image::of).toList();
	}

	/**
	 * A line of a build's output can be forged, so only what is younger than the build
	 * and has no name counts. What was made of such an image belongs to it: the daemon
	 * may finish a step whose line nobody read.
	 */
	private static List<String> doomed(List<Image> images, Instant begun, Set<String> steps) {
		Set<String> doomed = new HashSet<>();
		List<String> inOrder = new ArrayList<>();
		int before = -1;
		while (before < doomed.size()) {
			before = doomed.size();
			for (Image image : images) {
				boolean ours = doomed.contains(image.parent()) || steps.stream().anyMatch(image::isCalled);
				if (image.isNameless() && !image.created().isBefore(begun) && ours && doomed.add(image.id())) {
					inOrder.add(image.id());
				}
			}
		}
		return inOrder;
	}

	private record Image(String id, String parent, Instant created, boolean isNameless) {

		private static Stream<Image> of(String line) {
			Matcher match = IMAGE.matcher(line);
			if (!match.matches()) {
				return Stream.empty();
			}
			try {
				boolean nameless = match.group(4).equals("0") && match.group(5).equals("0");
				return Stream.of(new Image(match.group(1), String.valueOf(match.group(2)),
						Instant.parse(match.group(3)), nameless));
			}
			catch (DateTimeException ex) {
				return Stream.empty();
			}
		}

		private boolean isCalled(String step) {
			return this.id.startsWith("sha256:" + step);
		}

	}

}
