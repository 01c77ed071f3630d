package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.imagefactory.engine.RunStatus;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;

/**
 * Workflows as real controllers left them in the API server, one file for each moment of
 * each scenario and version. {@code index.json} beside them says how they came about.
 */
final class Recordings {

	static final Path FOLDER = Path.of("src/test/resources/dev/imagefactory/engine/argo/recorded");

	private Recordings() {
	}

	/** The versions of Argo that a scenario was recorded with. */
	static List<String> versions(String scenario) {
		List<String> versions = versions().filter((version) -> Files.exists(file(version, scenario))).toList();
		if (versions.isEmpty()) {
			throw new IllegalArgumentException("No version has a recording " + scenario);
		}
		return versions;
	}

	static Stream<String> versions() {
		return names(FOLDER).filter((name) -> Files.isDirectory(FOLDER.resolve(name)));
	}

	/** Every recording of a version. */
	static Stream<String> scenarios(String version) {
		return names(FOLDER.resolve(version)).map((name) -> name.replace(".json", ""));
	}

	private static Stream<String> names(Path folder) {
		try (Stream<Path> files = Files.list(folder)) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Path file(String version, String scenario) {
		return FOLDER.resolve(version).resolve(scenario + ".json");
	}

	static IoArgoprojWorkflowV1alpha1Workflow read(String version, String scenario) {
		try {
			return WorkflowJson.read(Files.readString(file(version, scenario)));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** What it means a second after the last thing that it speaks of. */
	static RunStatus translated(String version, String scenario) {
		IoArgoprojWorkflowV1alpha1Workflow workflow = read(version, scenario);
		return WorkflowTranslator.translate(workflow, lastMoment(workflow).plusSeconds(1));
	}

	static Instant lastMoment(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		Stream<OffsetDateTime> made = Stream.of(OffsetDateTime.parse(workflow.getMetadata().getCreationTimestamp()));
		Stream<OffsetDateTime> moments = (workflow.getStatus() == null) ? Stream.empty()
				: Stream.concat(Stream.of(workflow.getStatus().getStartedAt(), workflow.getStatus().getFinishedAt()),
						workflow.getStatus()
							.getNodes()
							.values()
							.stream()
							.flatMap((node) -> Stream.of(node.getStartedAt(), node.getFinishedAt())));
		return Stream.concat(made, moments.filter(Objects::nonNull))
			.max(Comparator.naturalOrder())
			.orElseThrow()
			.toInstant();
	}

}
