package dev.imagefactory.system;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A data directory on a disk without room. */
class DiskFullSystemTests {

	private static final String REPOSITORY = "acme/hello";

	private static final Hook HOOK = new Hook(REPOSITORY, 1001, "s3cret");

	private static final Hook FAT = new Hook("acme/fat", 1002, "s3cret");

	@TempDir
	private Path folder;

	private Path disk;

	private GitProject project;

	private ServiceProcess service;

	private Api api;

	private StoredRelease stored;

	@BeforeEach
	void mount() throws IOException {
		assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount a small disk");
		this.disk = Files.createDirectories(this.folder.resolve("disk"));
		assumeTrue(mounted(), "no tmpfs can be mounted here: this needs the right CAP_SYS_ADMIN");
		this.project = new GitProject(this.folder.resolve("hello"));
		this.project.commit(GitProject.hello("hello"));
		List.of("v1.0.0", "v1.1.0", "v1.2.0").forEach(this.project::tag);
		GitProject fat = new GitProject(this.folder.resolve("fat"));
		byte[] noise = new byte[64 * 1024 * 1024];
		new Random(7).nextBytes(noise);
		Files.write(fat.folder().resolve("noise.bin"), noise);
		fat.commit(GitProject.hello("fat"));
		fat.tag("v1.0.0");
		Path secret = Hook.secretFile(this.folder, "s3cret");
		this.service = ServiceProcess.on(this.disk.resolve("data"))
			.with("image-factory.local.builder", "jib")
			.onboarding(REPOSITORY, this.project.url(), secret)
			.onboarding("acme/fat", fat.url(), secret)
			.start();
		this.api = this.service.api();
		this.stored = StoredRelease.make(this.service, HOOK, "v1.0.0");
	}

	private boolean mounted() {
		try {
			GitProject.Tools.run(this.folder,
					List.of("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", this.disk.toString()));
			return true;
		}
		catch (AssertionError | RuntimeException ex) {
			return false;
		}
	}

	@AfterEach
	void unmount() {
		if (this.service != null) {
			this.service.close();
			GitProject.Tools.run(this.folder, List.of("umount", "-l", this.disk.toString()));
		}
	}

	@Test
	void buildWhenItFillsTheDiskEndsErroredAndGivesTheRoomBack() throws IOException {
		JsonNode build = this.api.awaitEnd(ordered(FAT, "v1.0.0"));
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("ERRORED");
		assertThat(build.path("reason").asText()).as(build.toString()).isEqualTo("disk-full");
		assertThat(Files.getFileStore(this.disk).getUsableSpace()).isGreaterThan(20_000_000);
		this.stored.assertKept();
		JsonNode next = this.api.awaitEnd(ordered(HOOK, "v1.1.0"));
		assertThat(next.path("state").asText()).as(next.toString()).isEqualTo("SUCCEEDED");
	}

	@Test
	void deliveryWhenTheDiskIsFullIsAnsweredWithLaterAndTakenAfterwards() throws IOException {
		Path filler = this.disk.resolve("filler");
		fill(filler);
		Hook.Delivery delivery = HOOK.release("v1.1.0");
		Api.Answer refused = refusedAtLast(delivery);
		assertThat(refused.problem()).isEqualTo("503 delivery-not-stored");
		assertThat(refused.headers().get("retry-after")).containsExactly("5");
		Files.delete(filler);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(this.api::isReady);
		this.stored.assertKept();
		String id = HOOK.send(this.api, delivery).json().path("delivery").asText();
		JsonNode build = this.api.awaitEnd(this.api.awaitPlanned(id).at("/builds/0/id").asText());
		assertThat(build.path("state").asText()).as(build.toString()).isEqualTo("SUCCEEDED");
		assertThat(this.api.builds(REPOSITORY, "refs/tags/v1.1.0")).hasSize(1);
	}

	/** The database may have some room left in its file. */
	private Api.Answer refusedAtLast(Hook.Delivery delivery) {
		for (int i = 0; i < 500; i++) {
			Hook.Delivery other = HOOK.event("watch", "{\"filling\": \"%s\"}".formatted("x".repeat(50_000)));
			Api.Answer answer = HOOK.send(this.api, other);
			if (answer.status() != 200) {
				return HOOK.send(this.api, delivery);
			}
		}
		throw new AssertionError("The disk is full, and yet 500 deliveries were taken");
	}

	private String ordered(Hook hook, String tag) {
		Api.Answer answer = hook.send(this.api, hook.release(tag));
		assertThat(answer.status()).as(answer.body()).isEqualTo(202);
		return this.api.awaitPlanned(answer.json().path("delivery").asText()).at("/builds/0/id").asText();
	}

	private static void fill(Path file) throws IOException {
		byte[] block = new byte[4096];
		try (OutputStream out = Files.newOutputStream(file)) {
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
