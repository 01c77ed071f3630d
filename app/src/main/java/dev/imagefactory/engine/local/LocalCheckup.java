package dev.imagefactory.engine.local;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Checkup;
import dev.imagefactory.engine.local.LocalSettings.BuilderChoice;

/**
 * Looks which programs of builds are on this host. Whether a builder works is found out
 * when it is first needed, by building an image of one line.
 */
final class LocalCheckup implements Checkup {

	private static final String BUILDER = "builder";

	private static final String SCANNER = "scanner";

	private static final String INSTALL_TRIVY = "Install Trivy: https://trivy.dev/latest/getting-started/installation/";

	private final LocalSettings settings;

	private final SearchPath path;

	private final boolean staysHere;

	/**
	 * Creates the checkup.
	 * @param settings which builder is wanted
	 * @param path where programs are looked up
	 * @param staysHere whether images go into a registry of this host, which takes
	 * unscanned ones
	 */
	LocalCheckup(LocalSettings settings, SearchPath path, boolean staysHere) {
		this.settings = settings;
		this.path = path;
		this.staysHere = staysHere;
	}

	@Override
	public List<Check> checks() {
		return List.of(Check.ok("engine", null,
				"Builds run on this host (image-factory.engine: local): there is nothing to look at in Kubernetes."),
				builder(), scanner());
	}

	private Check builder() {
		BuilderChoice choice = this.settings.builder();
		return switch (choice) {
			case JIB -> new Check(BUILDER, null, Check.Verdict.OK,
					"The settings say Jib, which needs no program and builds no Dockerfile with RUN.",
					"For Dockerfiles with RUN: apt-get install buildah, and image-factory.local.builder: auto");
			case AUTO -> automatic();
			case BUILDAH, PODMAN, DOCKER -> named(choice);
		};
	}

	private Check automatic() {
		List<String> found = new ArrayList<>();
		Stream.of(BuilderChoice.BUILDAH, BuilderChoice.PODMAN, BuilderChoice.DOCKER)
			.filter(this::isThere)
			.forEach((choice) -> found.add(choice.wireName()));
		if (found.isEmpty()) {
			return new Check(BUILDER, null, Check.Verdict.OK,
					"There is neither buildah nor podman nor a Docker daemon on this host. Jib builds simple Dockerfiles; one with RUN fails.",
					"apt-get install buildah");
		}
		return Check.ok(BUILDER, null,
				"On this host: %s. The first that really builds an image of one line is taken, when it is first needed."
					.formatted(String.join(", ", found)));
	}

	private Check named(BuilderChoice choice) {
		String name = choice.wireName();
		if (isThere(choice)) {
			return Check.ok(BUILDER, null, "%s is on this host, as the settings say.".formatted(name));
		}
		return Check.wrong(BUILDER, null,
				"The settings say image-factory.local.builder: %s, and it is not on this host.".formatted(name),
				"Install %s, or set image-factory.local.builder: auto".formatted(name));
	}

	private boolean isThere(BuilderChoice choice) {
		return (choice == BuilderChoice.DOCKER) ? Files.exists(this.settings.dockerSocketOrDefault())
				: this.path.find(choice.wireName()).isPresent();
	}

	private Check scanner() {
		Optional<Path> trivy = this.path.find("trivy");
		if (trivy.isPresent()) {
			return Check.ok(SCANNER, null, "Images are scanned with %s.".formatted(trivy.get()));
		}
		String missing = "Trivy is not on the PATH of this service: ";
		return this.staysHere
				? new Check(SCANNER, null, Check.Verdict.OK,
						missing + "images are not scanned, and marked as unscanned.", INSTALL_TRIVY)
				: Check.wrong(SCANNER, null,
						missing + "images cannot be scanned, and are pushed only for teams with gate.allow-unscanned.",
						INSTALL_TRIVY);
	}

}
