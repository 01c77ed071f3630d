package dev.imagefactory.system;

import java.nio.file.Path;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Two processes that were given the same data directory. */
class DataDirectorySystemTests {

	private static final Hook HOOK = new Hook("acme/hello", 1001, "s3cret");

	@TempDir
	private Path folder;

	@Test
	void processWhenAnotherHasItsDataDirectoryEndsAndTheOtherGoesOn() {
		GitProject project = new GitProject(this.folder.resolve("hello"));
		project.commit(GitProject.hello("hello"));
		project.tag("v1.0.0");
		project.tag("v1.1.0");
		ServiceProcess.Description description = ServiceProcess.on(this.folder.resolve("data"))
			.with("image-factory.local.builder", "jib")
			.onboarding("acme/hello", project.url(), Hook.secretFile(this.folder, "s3cret"));
		try (ServiceProcess first = description.start()) {
			StoredRelease stored = StoredRelease.make(first, HOOK, "v1.0.0");
			try (ServiceProcess second = description.launch()) {
				assertThat(second.awaitEnd(Duration.ofSeconds(60))).isNotZero();
				assertThat(second.output())
					.contains("The data directory '%s' is in use by another live process (pid %d)"
						.formatted(first.dataDirectory(), first.pid()))
					.contains("Stop that process, or give this one a directory of its own: image-factory.data-dir");
			}
			stored.assertKept();
			JsonNode delivery = HOOK.send(first.api(), HOOK.release("v1.1.0")).json();
			String build = first.api().awaitPlanned(delivery.path("delivery").asText()).at("/builds/0/id").asText();
			assertThat(first.api().awaitEnd(build).path("state").asText()).isEqualTo("SUCCEEDED");
		}
	}

}
