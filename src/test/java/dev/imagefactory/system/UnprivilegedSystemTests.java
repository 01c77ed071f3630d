package dev.imagefactory.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The service as an account with no rights at all, not even subordinate ids. */
@Order(2)
class UnprivilegedSystemTests {

	private static final String SECRET = "s3cret";

	@TempDir
	Path folder;

	private final Hook hook = new Hook("acme/app", 1, SECRET);

	private GitProject project;

	private ServiceProcess.Description asNobody;

	@BeforeEach
	void share() throws IOException {
		Nobody.need();
		this.project = new GitProject(this.folder.resolve("projects/app"));
		Hook.secretFile(this.folder, SECRET);
		release("v1.0.0", "FROM scratch\nCOPY hello.txt /\n");
		release("v1.1.0", "FROM scratch\nCOPY hello.txt /\nRUN make\n");
		Files.createDirectories(this.folder.resolve("data"));
		this.asNobody = asNobody();
		Nobody.mayRead(this.folder);
		Nobody.owns(this.folder.resolve("data"));
	}

	@Test
	void buildWhenNoBuilderMayWorkIsDoneByJibOrSaysWhatIsMissing() {
		try (ServiceProcess service = this.asNobody.start()) {
			JsonNode plain = build(service, "v1.0.0");
			assertThat(plain.path("state").asText()).as(plain.toString()).isEqualTo("SUCCEEDED");
			assertThat(log(service, plain)).contains("with jib");
			JsonNode run = build(service, "v1.1.0");
			assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("ERRORED");
			assertThat(run.path("reason").asText()).isEqualTo("builder-needed");
			assertThat(run.path("detail").asText()).contains("Dockerfile line 3", "RUN",
					"install buildah, podman or docker");
			assertThat(service.output()).contains("buildah is on the PATH but cannot build in a jail on this host",
					"builds go on without it");
		}
	}

	@Test
	void buildWhenTheSettingNamesABuilderThatMayNotWorkSaysWhy() {
		try (ServiceProcess service = this.asNobody.with("image-factory.local.builder", "buildah").start()) {
			JsonNode build = build(service, "v1.0.0");
			assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("ERRORED");
			assertThat(build.path("reason").asText()).isEqualTo("builder-broken");
			assertThat(build.path("detail").asText()).contains("buildah is on the PATH but cannot build in a jail",
					"subordinate ids");
		}
	}

	private ServiceProcess.Description asNobody() throws IOException {
		return ServiceProcess.on(this.folder.resolve("data"))
			.startedBy(Nobody.starter())
			.environment("HOME", this.folder.resolve("data").toString())
			.copiedTo(this.folder.resolve("service"))
			.onboarding("acme/app", this.project.url(), this.folder.resolve("webhook-secret"));
	}

	private JsonNode build(ServiceProcess service, String tag) {
		Api api = service.api();
		JsonNode planned = api
			.awaitPlanned(this.hook.send(api, this.hook.release(tag)).json().path("delivery").asText());
		return api.awaitEnd(planned.at("/builds/0/id").asText());
	}

	private static String log(ServiceProcess service, JsonNode build) {
		return service.api().get("/api/v1/builds/" + build.path("id").asText() + "/logs?step=build").body();
	}

	private void release(String tag, String dockerfile) {
		Map<String, String> files = new HashMap<>(GitProject.hello("hello " + tag));
		files.put("Dockerfile", dockerfile);
		this.project.commit(files);
		this.project.tag(tag);
	}

}
