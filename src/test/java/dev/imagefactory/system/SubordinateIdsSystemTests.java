package dev.imagefactory.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The service as an account with subordinate ids: what a build makes belongs to those,
 * and the service itself may not delete it.
 */
@Timeout(300)
@Order(2)
class SubordinateIdsSystemTests {

	private static final String SECRET = "s3cret";

	private static final Path BUSYBOX = Path.of("/bin/busybox");

	private static final String DOCKERFILE = """
			FROM scratch
			COPY busybox /bin/busybox
			COPY busybox /bin/sh
			RUN /bin/busybox mkdir -p /kept/below && /bin/busybox chown -R 1000:1000 /kept && /bin/busybox chmod 700 /kept
			RUN /bin/busybox nc 127.0.0.1 %d
			""";

	@TempDir
	Path folder;

	private final Hook hook = new Hook("acme/app", 1, SECRET);

	private ServerSocket turnstile;

	private ServiceProcess.Description description;

	/** The last RUN of a build waits until its connection is closed. */
	@BeforeEach
	void share() throws IOException {
		Nobody.need();
		Nobody.needSubordinateIds();
		assumeTrue(Files.isExecutable(BUSYBOX), "/bin/busybox is not here: apt-get install busybox-static");
		this.turnstile = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
		this.turnstile.setSoTimeout(90_000);
		GitProject project = new GitProject(this.folder.resolve("projects/app"));
		Files.copy(BUSYBOX, project.folder().resolve("busybox"));
		project.commit(Map.of("Dockerfile", DOCKERFILE.formatted(this.turnstile.getLocalPort())));
		project.tag("v1.0.0");
		Path data = Files.createDirectories(this.folder.resolve("data"));
		Path secret = Hook.secretFile(this.folder, SECRET);
		String[] starter = Nobody.starterWithSubordinateIds(this.folder);
		this.description = ServiceProcess.on(data)
			.startedBy(starter)
			.environment("HOME", data.toString())
			.copiedTo(this.folder.resolve("service"))
			.with("image-factory.local.builder", "buildah")
			.onboarding("acme/app", project.url(), secret);
		Nobody.mayRead(this.folder);
		Nobody.owns(data);
	}

	@AfterEach
	void closeTurnstile() throws IOException {
		if (this.turnstile != null) {
			this.turnstile.close();
		}
	}

	@Test
	void startWhenAKilledBuildLeftFilesOfSubordinateIdsBuildsItAnewAndDeletesThem() throws IOException {
		String build;
		try (ServiceProcess killed = this.description.start()) {
			build = release(killed);
			this.turnstile.accept();
			killed.kill();
		}
		assertThat(owners(build)).as("whose files the killed build left").contains(200_999);
		try (ServiceProcess next = this.description.start()) {
			CompletableFuture.runAsync(this::letThrough);
			JsonNode ended = next.api().awaitEnd(build);
			assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("SUCCEEDED");
			assertNothingIsLeft(build);
		}
	}

	private void letThrough() {
		try {
			this.turnstile.accept().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String release(ServiceProcess service) {
		Api api = service.api();
		String delivery = this.hook.send(api, this.hook.release("v1.0.0")).json().path("delivery").asText();
		return api.awaitPlanned(delivery).at("/builds/0/id").asText();
	}

	private Set<Integer> owners(String build) throws IOException {
		Set<Integer> owners = new TreeSet<>();
		try (Stream<Path> files = Files.walk(work(build))) {
			for (Path file : files.toList()) {
				owners.add((Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS));
			}
		}
		return owners;
	}

	private void assertNothingIsLeft(String build) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(work(build)).as("the build's files").doesNotExist());
	}

	private Path work(String build) {
		return this.folder.resolve("data/work").resolve(build);
	}

}
