package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A service that is asked to end while it builds. */
@Order(2)
class InterruptedSystemTests {

	private static final String REPOSITORY = "acme/slow";

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	@TempDir
	private Path folder;

	@BeforeEach
	void need() {
		assumeTrue(GitProject.Tools.has("buildah"), "buildah is not here: apt-get install buildah");
		assumeTrue(Files.isExecutable(Path.of("/bin/busybox")),
				"/bin/busybox is not here: apt-get install busybox-static");
		assumeTrue(Files.isDirectory(Path.of("/proc/self")), "/proc is not here: this needs Linux");
	}

	@Test
	void serviceWhenAskedToEndWithEverythingInFlightLeavesNoChildAndLosesNothing() throws Exception {
		Hook silentHook = new Hook("acme/silent", 2002, "s3cret");
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ServiceProcess.Description description = slow().onboarding("acme/silent",
					URI.create("https://127.0.0.1:" + silent.getLocalPort() + "/silent.git"),
					Hook.secretFile(this.folder, "s3cret"));
			String build;
			List<String> planned = new ArrayList<>();
			Hook.Delivery late = HOOK.release("v2.0.0");
			int lateAnswer;
			try (ServiceProcess service = description.start()) {
				build = begin(service.api());
				for (int i = 0; i < 20; i++) {
					planned.add(silentHook.send(service.api(), silentHook.release("v" + i))
						.json()
						.path("delivery")
						.asText());
				}
				Iterator<String> followed = follow(service.api(), build);
				awaitEvent(followed);
				List<ProcessHandle> children = ProcessHandle.of(service.pid()).orElseThrow().descendants().toList();
				assertThat(children).as("children of the service while it builds").isNotEmpty();
				assertThat(processesOf(build)).as("processes that carry the build's name").isNotEmpty();
				CompletableFuture<Duration> end;
				try (Wire wire = new Wire(service.base())) {
					wire.head(HOOK, late, "Content-Length: " + late.body().length);
					wire.send(Arrays.copyOf(late.body(), 40));
					end = CompletableFuture.supplyAsync(service::terminate);
					wire.send(Arrays.copyOfRange(late.body(), 40, late.body().length));
					lateAnswer = wire.answer().status();
				}
				assertThat(end.get(60, TimeUnit.SECONDS)).isLessThan(Duration.ofSeconds(20));
				assertThat(children).noneMatch(ProcessHandle::isAlive);
				assertThat(processesOf(build)).as("processes of the build").isEmpty();
				assertThat(rest(followed)).doesNotContain("event:end");
			}
			assertThat(lateAnswer).as("the answer to the delivery that was being sent").isIn(202, 503);
			try (ServiceProcess service = description.start()) {
				assertThat(planned).allSatisfy((
						id) -> assertThat(service.api().get("/api/v1/deliveries/" + id).json().path("outcome").asText())
							.isEqualTo("accepted"));
				assertThat(service.api().get("/api/v1/deliveries/" + late.guid()).status())
					.isEqualTo((lateAnswer == 202) ? 200 : 404);
				assertGoesOn(service, build);
			}
		}
	}

	/** A repository whose build takes a while. */
	private ServiceProcess.Description slow() throws IOException {
		GitProject project = new GitProject(this.folder.resolve("slow"));
		Files.copy(Path.of("/bin/busybox"), project.folder().resolve("busybox"));
		project.commit(Map.of("Dockerfile", """
				FROM scratch
				COPY busybox /bin/busybox
				COPY busybox /bin/sh
				RUN echo begun; busybox sleep 6; echo slept > /slept
				"""));
		project.tag("v1.0.0");
		return ServiceProcess.on(this.folder.resolve("data"))
			.onboarding(REPOSITORY, project.url(), Hook.secretFile(this.folder, "s3cret"));
	}

	private static Iterator<String> follow(Api api, String build) {
		return api.lines(api.request("/api/v1/builds/" + build + "/logs").header("Accept", "text/event-stream"))
			.iterator();
	}

	private static void awaitEvent(Iterator<String> followed) {
		String line = "";
		while (!line.equals("event:log")) {
			line = followed.next();
		}
	}

	/** The service's end may cut a line. */
	private static List<String> rest(Iterator<String> followed) {
		List<String> lines = new ArrayList<>();
		try {
			followed.forEachRemaining(lines::add);
		}
		catch (UncheckedIOException ex) {
			lines.add(ex.getMessage());
		}
		return lines;
	}

	private static String begin(Api api) {
		Api.Answer answer = HOOK.send(api, HOOK.release("v1.0.0"));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		String build = api.awaitPlanned(answer.json().path("delivery").asText()).at("/builds/0/id").asText();
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> api.get("/api/v1/builds/" + build + "/logs?step=build").body().lines().toList(),
					(lines) -> lines.stream().anyMatch((line) -> line.endsWith(" begun")));
		return build;
	}

	private static void assertGoesOn(ServiceProcess service, String build) {
		Api api = service.api();
		JsonNode ended = api.awaitEnd(build);
		assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
		assertThat(ended.path("attempt").asInt()).isEqualTo(1);
		assertThat(api.builds().stream().filter((each) -> each.path("ref").asText().equals("refs/tags/v1.0.0")))
			.hasSize(1);
		Layout layout = new Layout(service.dataDirectory().resolve("registry/test/slow"));
		assertThat(layout.tags()).containsEntry("v1.0.0", ended.path("digest").asText());
		assertThat(layout.labelsOfAllImages()).hasSize(1);
		assertThat(layout.file(ended.path("digest").asText(), "slept")).isEqualTo("slept\n");
	}

	/** The living processes whose environment or command line carries the name. */
	private static List<String> processesOf(String build) throws IOException {
		List<String> found = new ArrayList<>();
		try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
			for (Path process : processes.filter((path) -> path.getFileName().toString().matches("[0-9]+")).toList()) {
				if (read(process.resolve("environ")).contains(build)
						|| read(process.resolve("cmdline")).contains(build)) {
					found.add(process.getFileName() + " " + read(process.resolve("cmdline")).replace('\0', ' '));
				}
			}
		}
		return found;
	}

	private static String read(Path file) {
		try {
			return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			// It ended meanwhile.
			return "";
		}
	}

}
