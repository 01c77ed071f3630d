package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.content.LocalImage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Pushes that end in the middle, disks that fail, and another process. */
class LayoutCrashTests {

	private static final ImageName APP = ImageName.of("payments/app");

	@TempDir
	Path folder;

	private Path local;

	private Path stored;

	private Registry registry;

	private Digest first;

	@BeforeEach
	void pushOne() {
		this.local = this.folder.resolve("local");
		this.stored = this.folder.resolve("data/registry/payments/app");
		this.registry = TestImages.registry(this.folder.resolve("data"));
		this.first = image("one");
		this.registry.push(this.local, this.first, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED);
	}

	@AfterEach
	void clearInterrupt() {
		Thread.interrupted();
	}

	@Test
	void pushWhenAnEarlierOneLeftPartsRemovesThem() throws IOException {
		Path part = leavePart();
		this.registry.push(this.local, image("two"), APP, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(part).doesNotExist();
	}

	@Test
	void openWhenAnEarlierProcessLeftPartsRemovesThemAndKeepsTheRest() throws IOException {
		Path part = leavePart();
		Registry reopened = TestImages.registry(this.folder.resolve("data"));
		assertThat(part).doesNotExist();
		assertThat(reopened.tags(APP)).containsOnly(Map.entry("dev", this.first));
		assertThat(reopened.holds(APP, this.first)).isTrue();
	}

	@Test
	void readWhenContentArrivedButNoTagPointsAtItShowsTheOldTags() throws IOException {
		Digest second = image("two");
		new ImageLayout(this.stored).receive(LocalImage.in(this.local, second));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", this.first));
		this.registry.push(this.local, second, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", second));
	}

	@Test
	void readWhenIndexIsDamagedSaysWhereAndPushChangesNothing() throws IOException {
		Path index = this.stored.resolve("index.json");
		Files.writeString(index, "{\"schemaVersion\":2,\"manif");
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> this.registry.tags(APP))
			.withMessageContainingAll("Cannot read payments/app", index.toString());
		assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(
				() -> this.registry.push(this.local, this.first, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED));
		assertThat(index).hasContent("{\"schemaVersion\":2,\"manif");
	}

	@Test
	void pushWhenSomethingIsInTheWayNamesItAndKeepsTheIndex() throws IOException {
		byte[] index = Files.readAllBytes(this.stored.resolve("index.json"));
		Files.writeString(this.folder.resolve("data/registry/file"), "in the way of an image");
		Digest second = image("two");
		assertThatExceptionOfType(RegistryUnavailable.class)
			.isThrownBy(() -> this.registry.push(this.local, second, ImageName.of("file/app"), List.of(ImageTag.dev()),
					TestImages.UNGUARDED))
			.withMessageContainingAll("Cannot push " + second + " to file/app", "data/registry/file/app",
					"check the disk");
		Files.createDirectories(this.stored.resolve("blobs/sha256").resolve(second.hex()).resolve("in the way"));
		assertThatExceptionOfType(RegistryUnavailable.class)
			.isThrownBy(
					() -> this.registry.push(this.local, second, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED))
			.withMessageContainingAll(this.stored.toString(), second.hex());
		assertThat(this.stored.resolve("index.json")).hasBinaryContent(index);
	}

	@Test
	void pushWhenDiskIsFullNamesThePathAndKeepsTheIndex() throws Exception {
		Path disk = Files.createDirectory(this.folder.resolve("disk"));
		Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
				"Skipped: mounting a small disk needs the root user and the program mount");
		try {
			Registry small = TestImages.registry(disk);
			small.push(this.local, this.first, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED);
			Digest large = image(noise(3_000_000));
			assertThatExceptionOfType(RegistryUnavailable.class)
				.isThrownBy(() -> small.push(this.local, large, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED))
				.withMessageContainingAll(disk.resolve("registry/payments/app").toString(), "No space left on device");
			assertThat(small.tags(APP)).containsOnly(Map.entry("dev", this.first));
			assertThat(small.holds(APP, this.first)).isTrue();
			assertThat(small.holds(APP, large)).isFalse();
			Digest second = image("two");
			small.push(this.local, second, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED);
			assertThat(small.tags(APP)).containsOnly(Map.entry("dev", second));
		}
		finally {
			run("umount", disk.toString());
		}
	}

	@Test
	void readWhenThreadIsInterruptedStillAnswers() {
		Thread.currentThread().interrupt();
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", this.first));
		assertThat(this.registry.holds(APP, this.first)).isTrue();
		assertThat(this.registry.labels(APP, this.first)).isPresent();
		assertThat(Thread.currentThread().isInterrupted()).isTrue();
	}

	@Test
	void pushWhenThreadIsInterruptedStopsAndKeepsTheIndex() {
		Digest second = image("two");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(RegistryUnavailable.class)
			.isThrownBy(
					() -> this.registry.push(this.local, second, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED))
			.withMessageContaining("it was interrupted");
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", this.first));
	}

	@Test
	void pushWhenInterruptedAtAnyMomentLeavesTheOldOrTheNew() throws Exception {
		Digest second = image(noise(2_000_000));
		Random random = new Random(7);
		Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
		for (int i = 0; i < 40; i++) {
			Digest wanted = (i % 2 == 0) ? second : this.first;
			Thread pusher = Thread.ofPlatform().start(() -> {
				try {
					this.registry.push(this.local, wanted, APP, List.of(ImageTag.dev(), ImageTag.latest()),
							TestImages.UNGUARDED);
				}
				catch (RuntimeException ex) {
					failures.add(ex);
				}
			});
			pusher.join(Duration.ofMillis(random.nextInt(12)));
			pusher.interrupt();
			pusher.join();
			Map<String, Digest> tags = this.registry.tags(APP);
			assertThat(tags.get("dev")).isIn(this.first, second);
			assertThat(tags.get("latest")).isIn(null, tags.get("dev"));
			assertThat(this.registry.holds(APP, tags.get("dev"))).isTrue();
			if (i % 2 == 1) {
				Files.deleteIfExists(this.stored.resolve("blobs/sha256").resolve(second.hex()));
				this.registry.push(this.local, this.first, APP, List.of(ImageTag.dev(), ImageTag.latest()),
						TestImages.UNGUARDED);
			}
		}
		assertThat(failures).isNotEmpty()
			.allSatisfy((failure) -> assertThat(failure).isInstanceOf(RegistryUnavailable.class)
				.hasMessageContaining("it was interrupted"));
	}

	@Test
	void pushWhenAnotherProcessHasTheImageWaits() throws Exception {
		Process other = LockHolder.start(this.stored.resolve(".lock"));
		try {
			Path part = leavePart();
			TestImages.registry(this.folder.resolve("data"));
			assertThat(part).exists();
			Digest second = image("two");
			CompletableFuture<Void> push = CompletableFuture.runAsync(
					() -> this.registry.push(this.local, second, APP, List.of(ImageTag.dev()), TestImages.UNGUARDED));
			Awaitility.await()
				.during(Duration.ofMillis(300))
				.untilAsserted(() -> assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", this.first)));
			other.destroyForcibly().waitFor();
			push.get(10, TimeUnit.SECONDS);
			assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", second));
		}
		finally {
			other.destroyForcibly();
		}
	}

	private Path leavePart() throws IOException {
		Path incoming = Files.createDirectories(this.stored.resolve(".incoming"));
		return Files.writeString(incoming.resolve("part-1"), "half of a lay");
	}

	private Digest image(String text) {
		return TestImages.make(this.local, Map.of("file.txt", text), Map.of("a", "b"));
	}

	private static String noise(int length) {
		return new Random(1).ints(length, ' ', '~')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	private static boolean run(String... command) throws InterruptedException {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
