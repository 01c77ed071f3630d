package dev.imagefactory.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Builds run repository code here: what may leave this host, and who must say so. */
class RepositoryTrustSystemTests {

	private static final String SECRET = "s3cret";

	@TempDir
	Path folder;

	@Test
	void startWhenTheRegistryIsElsewhereIsRefusedInWordsUntilRepositoriesAreTrusted() {
		ServiceProcess.Description elsewhere = ServiceProcess.on(this.folder.resolve("data"))
			.with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", "registry.example.com");
		try (ServiceProcess refused = elsewhere.launch()) {
			assertThat(refused.awaitEnd(Duration.ofSeconds(60))).isNotZero();
			assertThat(refused.output())
				.contains("image-factory.local.trust-repositories", "registry.example.com",
						"Set it to true when you trust every onboarded repository")
				.doesNotContain("Exception", "\tat ");
			assertThat(this.folder.resolve("data")).doesNotExist();
		}
		try (ServiceProcess trusted = elsewhere.with("image-factory.local.trust-repositories", true).start()) {
			assertThat(trusted.api().isReady()).isTrue();
		}
	}

	/** Nobody listens there: the build must end before it would find out. */
	@Test
	void buildWhenNothingScansKeepsItsImageFromARegistryOnLoopback() throws Exception {
		GitProject project = new GitProject(this.folder.resolve("projects/app"));
		Map<String, String> files = new HashMap<>(GitProject.hello("hello"));
		files.put("Dockerfile", "FROM scratch\nCOPY hello.txt /\n");
		project.commit(files);
		project.tag("v1.0.0");
		try (ServiceProcess service = ServiceProcess.on(this.folder.resolve("data"))
			.environment("PATH", Files.createDirectory(this.folder.resolve("no-programs")).toString())
			.with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", "127.0.0.1:9")
			.with("image-factory.registry.insecure", true)
			.onboarding("acme/app", project.url(), Hook.secretFile(this.folder, SECRET))
			.start()) {
			Api api = service.api();
			Hook hook = new Hook("acme/app", 1, SECRET);
			JsonNode planned = api
				.awaitPlanned(hook.send(api, hook.release("v1.0.0")).json().path("delivery").asText());
			JsonNode build = api.awaitEnd(planned.at("/builds/0/id").asText());
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("ERRORED");
			assertThat(build.path("reason").asText()).isEqualTo("unscanned-not-allowed");
			assertThat(build.path("detail").asText()).contains("127.0.0.1:9", "Trivy", "gate.allow-unscanned");
			assertThat(build.at("/steps/3/name").asText()).isEqualTo("push");
			assertThat(build.at("/steps/3/state").asText()).isEqualTo("PENDING");
		}
	}

}
