package dev.imagefactory.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A data directory on a disk without room. */
class DiskFullSystemTests {

	private static final String REPOSITORY = "acme/hello";

	private static final Path BUSYBOX = Path.of("/bin/busybox");

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	private static final Hook FAT = new Hook("acme/fat", 1002, "s3cret");

	private static final Hook SLOW = new Hook("acme/slow", 1003, "s3cret");

	@TempDir
	private static Path folder;

	private static Path disk;

	private static ServiceProcess service;

	private static Api api;

	private static StoredRelease stored;

	@BeforeAll
	static void mount() throws IOException {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
		disk = Files.createDirectories(folder.resolve("disk"));
		assumeTrue(mounted(), "no tmpfs can be mounted here: this needs the right CAP_SYS_ADMIN");
		GitProject project = new GitProject(folder.resolve("hello"));
		project.commit(GitProject.hello("hello"));
		List.of("v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0").forEach(project::tag);
		GitProject slow = slow();
		GitProject fat = new GitProject(folder.resolve("fat"));
		byte[] noise = new byte[64 * 1024 * 1024];
		new Random(7).nextBytes(noise);
		Files.write(fat.folder().resolve("noise.bin"), noise);
		fat.commit(GitProject.hello("fat"));
		fat.tag("v1.0.0");
		Path secret = Hook.secretFile(folder, "s3cret");
		service = ServiceProcess.on(disk.resolve("data"))
			.onboarding(REPOSITORY, project.url(), secret)
			.onboarding("acme/fat", fat.url(), secret)
			.onboarding("acme/slow", slow.url(), secret)
			.start();
		api = service.api();
		stored = StoredRelease.make(service, HOOK, "v1.0.0");
	}

	private static GitProject slow() throws IOException {
		GitProject slow = new GitProject(folder.resolve("slow"));
		if (Files.isExecutable(BUSYBOX)) {
			Files.copy(BUSYBOX, slow.folder().resolve("busybox"));
		}
		slow.commit(Map.of("Dockerfile", """
				FROM scratch
				COPY busybox /bin/busybox
				COPY busybox /bin/sh
				RUN echo begun; busybox sleep 5; echo slept > /slept
				"""));
		slow.tag("v1.0.0");
		return slow;
	}

	private static boolean mounted() {
		try {
			GitProject.Tools.run(folder, List.of("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString()));
			return true;
		}
		catch (AssertionError | RuntimeException ex) {
			return false;
		}
	}

	@AfterEach
	void nothingStoredIsLost() {
		stored.assertKept();
	}

	@AfterAll
	static void unmount() {
		if (service != null) {
			service.close();
			GitProject.Tools.run(folder, List.of("umount", "-l", disk.toString()));
		}
	}

	@Test
	void buildWhenItFillsTheDiskEndsErroredAndGivesTheRoomBack() throws IOException {
		JsonNode build = api.awaitEnd(ordered(FAT, "v1.0.0"));
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("ERRORED");
		assertThat(build.path("reason").asText()).as(build.toString()).isEqualTo("disk-full");
		assertThat(Files.getFileStore(disk).getUsableSpace()).isGreaterThan(20_000_000);
		JsonNode next = api.awaitEnd(ordered(HOOK, "v1.2.0"));
		assertThat(next.path("state").asText()).as(next.toString()).isEqualTo("SUCCEEDED");
	}

	@Test
	void deliveryWhenTheDiskIsFullIsAnsweredWithLaterAndTakenAfterwards() throws IOException {
		Path filler = disk.resolve("filler");
		fill(filler);
		Hook.Delivery delivery = HOOK.release("v1.1.0");
		Api.Answer refused = refusedAtLast(filler, delivery);
		assertThat(refused.problem()).isEqualTo("503 delivery-not-stored");
		assertThat(refused.headers().get("retry-after")).containsExactly("5");
		assertThat(api.isReady()).as("ready on a full disk").isFalse();
		Files.delete(filler);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(api::isReady);
		String id = HOOK.send(api, delivery).json().path("delivery").asText();
		JsonNode build = api.awaitEnd(api.awaitPlanned(id).at("/builds/0/id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(api.builds(REPOSITORY, "refs/tags/v1.1.0")).hasSize(1);
	}

	@Test
	void buildWhenTheDiskFillsUnderItEndsErroredOnceThereIsRoom() throws IOException {
		assumeTrue(GitProject.Tools.has("buildah"), "buildah is not here: apt-get install buildah");
		assumeTrue(Files.isExecutable(BUSYBOX), "/bin/busybox is not here: apt-get install busybox-static");
		String build = ordered(SLOW, "v1.0.0");
		String log = "/api/v1/builds/" + build + "/logs?step=build";
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> api.get(log).body().lines().anyMatch((line) -> line.endsWith(" begun")));
		Path filler = disk.resolve("filler");
		fill(filler);
		assertThat(refusedAtLast(filler, HOOK.release("v1.3.0")).problem()).isEqualTo("503 delivery-not-stored");
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(service::output, (output) -> output.contains("The disk of the data directory is full: " + build));
		Files.delete(filler);
		JsonNode ended = api.awaitEnd(build);
		assertThat(ended.path("state").asText()).as(ended.toString()).isEqualTo("ERRORED");
		assertThat(ended.path("reason").asText()).as(ended.toString()).isEqualTo("disk-full");
		assertThat(api.builds("acme/slow", "refs/tags/v1.0.0")).hasSize(1);
	}

	/**
	 * The database may have some room left in its file, and gives some back now and then:
	 * all of it is taken before the delivery is sent.
	 */
	private static Api.Answer refusedAtLast(Path filler, Hook.Delivery delivery) throws IOException {
		for (int i = 0, refused = 0; i < 2000; i++) {
			fill(filler);
			String text = "x".repeat((refused > 0) ? 500 : 50_000);
			boolean taken = HOOK.send(api, HOOK.event("watch", "{\"filling\": \"%s\"}".formatted(text)))
				.status() == 200;
			refused = taken ? Math.min(refused, 1) : refused + 1;
			if (refused > 3) {
				// The database gives room back also after a write that failed.
				fill(filler);
				return HOOK.send(api, delivery);
			}
		}
		throw new AssertionError("The disk is full, and yet 2000 deliveries were taken");
	}

	private static String ordered(Hook hook, String tag) {
		Api.Answer answer = hook.send(api, hook.release(tag));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return api.awaitPlanned(answer.json().path("delivery").asText()).at("/builds/0/id").asText();
	}

	private static void fill(Path file) throws IOException {
		byte[] block = new byte[4096];
		try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
			while (true) {
				out.write(block);
			}
		}
		catch (IOException ex) {
			// That is what a full disk says.
			if (!String.valueOf(ex.getMessage()).contains("No space left")) {
				throw ex;
			}
		}
	}

}
