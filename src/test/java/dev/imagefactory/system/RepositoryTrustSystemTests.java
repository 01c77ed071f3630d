package dev.imagefactory.system;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
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

	@Test
	void buildWhenNothingScansKeepsItsImageFromARegistryOnLoopback() throws Exception {
		List<String> writes = new CopyOnWriteArrayList<>();
		HttpServer registry = emptyRegistry(writes);
		String address = "127.0.0.1:" + registry.getAddress().getPort();
		GitProject project = new GitProject(this.folder.resolve("projects/app"));
		Map<String, String> files = new HashMap<>(GitProject.hello("hello"));
		files.put("Dockerfile", "FROM scratch\nCOPY hello.txt /\n");
		project.commit(files);
		project.tag("v1.0.0");
		try (ServiceProcess service = ServiceProcess.on(this.folder.resolve("data"))
			.environment("PATH", Files.createDirectory(this.folder.resolve("no-programs")).toString())
			.with("image-factory.registry.kind", "oci")
			.with("image-factory.registry.url", address)
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
			assertThat(build.path("detail").asText()).contains(address, "Trivy", "gate.allow-unscanned");
			assertThat(build.at("/steps/3/name").asText()).isEqualTo("push");
			assertThat(build.at("/steps/3/state").asText()).isEqualTo("SKIPPED");
			assertThat(writes).as("what was sent to the registry").isEmpty();
		}
		finally {
			registry.stop(0);
		}
	}

	/** Holds nothing, and notes who wants to change that. */
	private static HttpServer emptyRegistry(List<String> writes) throws IOException {
		HttpServer registry = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		registry.createContext("/", (exchange) -> {
			String method = exchange.getRequestMethod();
			if (!method.equals("GET") && !method.equals("HEAD")) {
				writes.add(method + " " + exchange.getRequestURI());
			}
			boolean root = exchange.getRequestURI().getPath().equals("/v2/");
			exchange.sendResponseHeaders(root ? 200 : 404, -1);
			exchange.close();
		});
		registry.start();
		return registry;
	}

}
