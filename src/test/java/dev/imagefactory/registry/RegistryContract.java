package dev.imagefactory.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.registry.layout.TestImages;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What every registry keeps, whatever it is: the tests of each kind extend this. */
public abstract class RegistryContract {

	/** The digest of nothing that any test pushes. */
	protected static final Digest ABSENT = Digest.ofBytes(new byte[] { 1 });

	/** A folder of the test. */
	@TempDir
	protected Path folder;

	/** The local layout that {@link #image} adds to. */
	protected Path local;

	/** An image of this test alone. */
	protected ImageName app;

	/** The registry. */
	protected Registry registry;

	@BeforeEach
	final void open(TestInfo test) {
		this.local = this.folder.resolve("local");
		this.app = ImageName.of("payments/" + test.getTestMethod().orElseThrow().getName().toLowerCase());
		this.registry = registry();
	}

	/**
	 * Opens the registry; what was pushed through one is there in all.
	 * @return a registry
	 */
	protected abstract Registry registry();

	/**
	 * Takes some content away behind the registry's back.
	 * @param image whose it is
	 * @param content the content
	 * @throws IOException when it cannot be removed
	 */
	protected abstract void lose(ImageName image, Digest content) throws IOException;

	@Test
	void readWhenNothingWasPushedIsEmpty() {
		assertThat(this.registry.digest(this.app, "v1")).isEmpty();
		assertThat(this.registry.tags(this.app)).isEmpty();
		assertThat(this.registry.holds(this.app, ABSENT)).isFalse();
		assertThat(this.registry.labels(this.app, ABSENT)).isEmpty();
	}

	@Test
	void pushWhenImageIsNewSetsAllTags() {
		Digest digest = image("one", Map.of("who", "me"));
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1"), ImageTag.latest()),
				TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest));
		assertThat(this.registry.digest(this.app, "v1")).contains(digest);
		assertThat(this.registry.holds(this.app, digest)).isTrue();
		assertThat(this.registry.labels(this.app, digest)).contains(Map.of("who", "me"));
	}

	@Test
	void pushWhenRepeatedLeavesAllAsItWas() {
		Digest digest = image("one", Map.of());
		List<ImageTag> tags = List.of(ImageTag.release("v1"), ImageTag.dev());
		this.registry.push(this.local, digest, this.app, tags, TestImages.UNGUARDED);
		this.registry.push(this.local, digest, this.app, tags, TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("dev", digest));
	}

	@Test
	void pushWhenReleaseTagPointsElsewhereSetsNoTagAtAll() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		ImageTag rebuild = ImageTag.rebuild(ImageTag.release("v1"), 1);
		this.registry.push(this.local, first, this.app, List.of(ImageTag.release("v1"), rebuild, ImageTag.dev()),
				TestImages.UNGUARDED);
		for (ImageTag tag : List.of(ImageTag.release("v1"), rebuild)) {
			assertThatExceptionOfType(ReleaseTagTaken.class)
				.isThrownBy(() -> this.registry.push(this.local, second, this.app,
						List.of(ImageTag.latest(), ImageTag.dev(), ImageTag.release("v2"), tag), TestImages.UNGUARDED))
				.withMessageContainingAll(this.app + ":" + tag, first.value(), second.value(), "publish a new release");
		}
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", first), Map.entry("v1-rebuild.1", first),
				Map.entry("dev", first));
	}

	@Test
	void pushWhenWhoeverPushesMayNoLongerDoSoMovesNoTag() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		List<ImageTag> both = List.of(ImageTag.release("v1"), ImageTag.dev());
		this.registry.push(this.local, first, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		Runnable stillOurs = () -> {
			throw new IllegalStateException("not ours any more");
		};
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.push(this.local, second, this.app, both, stillOurs))
			.withMessage("not ours any more");
		assertThatIllegalStateException().isThrownBy(() -> this.registry.tag(this.app, first, both, stillOurs));
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("dev", first));
	}

	/** So that whoever was frozen in between hears of it. */
	@Test
	void pushWhenAFloatingTagWasWrittenAsksOnceMore() {
		Digest first = image("one", Map.of());
		List<ImageTag> both = List.of(ImageTag.release("v1"), ImageTag.dev());
		Runnable stillOurs = () -> {
			if (this.registry.digest(this.app, "dev").isPresent()) {
				throw new IllegalStateException("not ours any more");
			}
		};
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.push(this.local, first, this.app, both, stillOurs))
			.withMessage("not ours any more");
		assertThat(this.registry.tags(this.app)).containsOnlyKeys("v1", "dev");
	}

	@Test
	void pushWhenFloatingTagMovesKeepsTheOldImage() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		this.registry.push(this.local, second, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("dev", second));
		assertThat(this.registry.holds(this.app, first)).isTrue();
	}

	@Test
	void pushWhenTagIsPinnedMayMoveIt() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		ImageTag pinned = new ImageTag("sha-0123456789ab", TagClass.PINNED);
		this.registry.push(this.local, first, this.app, List.of(pinned), TestImages.UNGUARDED);
		this.registry.push(this.local, second, this.app, List.of(pinned), TestImages.UNGUARDED);
		assertThat(this.registry.digest(this.app, pinned.name())).contains(second);
	}

	@Test
	void pushWhenImageNamesNestKeepsThemApart() {
		ImageName nested = ImageName.of(this.app + "/worker");
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, second, nested, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		this.registry.push(this.local, first, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		assertThat(this.registry.digest(this.app, "v1")).contains(first);
		assertThat(this.registry.digest(nested, "v1")).contains(second);
		assertThat(this.registry.holds(this.app, second)).isFalse();
		assertThat(this.registry.tags(ImageName.of("payments"))).isEmpty();
	}

	@Test
	void pushWhenImageIsNotInTheLayoutRefuses() {
		image("one", Map.of());
		assertRefused(ABSENT, "is not there");
	}

	@Test
	void pushWhenLayerIsMissingRefuses() throws IOException {
		Digest digest = image("one", Map.of());
		Files.delete(layer(digest));
		assertRefused(digest, "is not there as a regular file");
	}

	@Test
	void pushWhenLayerWasTamperedWithRefuses() throws IOException {
		Digest digest = image("one", Map.of());
		byte[] bytes = Files.readAllBytes(layer(digest));
		bytes[bytes.length - 1] ^= 1;
		Files.write(layer(digest), bytes);
		assertRefused(digest, "not what the image's manifest names");
		Files.write(layer(digest), new byte[bytes.length + 1]);
		assertRefused(digest, "is not there as a regular file of " + bytes.length + " bytes");
	}

	@Test
	void pushWhenManifestWasTamperedWithRefuses() throws IOException {
		Digest digest = image("one", Map.of());
		Path manifest = this.local.resolve("blobs/sha256").resolve(digest.hex());
		Files.writeString(manifest, Files.readString(manifest) + " ");
		assertRefused(digest, "does not hold what its name says");
	}

	@Test
	void pushWhenSourceHasLinksRefuses() throws IOException {
		Digest digest = image("one", Map.of());
		Path layer = layer(digest);
		Path elsewhere = Files.move(layer, this.folder.resolve("elsewhere"));
		Files.createSymbolicLink(layer, elsewhere);
		assertRefused(digest, "is not there as a regular file");
		Files.delete(layer);
		Files.move(elsewhere, layer);
		Path blobs = Files.move(this.local.resolve("blobs"), this.folder.resolve("blobs-elsewhere"));
		Files.createSymbolicLink(this.local.resolve("blobs"), blobs);
		assertRefused(digest, "is no regular file in regular folders");
	}

	@Test
	void pushWhenManifestIsOfAnotherKindSaysWhatItIs() {
		TestImages.Blob config = TestImages.blob(this.local, "{}".getBytes());
		Map<String, Object> docker = TestImages.descriptor("application/vnd.docker.container.image.v1+json", config);
		Map<String, Object> oci = TestImages.descriptor("application/vnd.oci.image.config.v1+json", config);
		assertRefused(manifest("application/vnd.docker.distribution.manifest.v2+json", docker),
				"build with the format oci");
		assertRefused(manifest("application/vnd.oci.image.index.v1+json", oci), "one image of type");
		assertRefused(manifest(TestImages.MANIFEST, docker), "its configuration is of type");
		assertRefused(TestImages.manifest(this.local, Map.of("mediaType", TestImages.MANIFEST)), "not the JSON");
		assertRefused(TestImages.manifest(this.local, Map.of("mediaType", TestImages.MANIFEST, "config", oci, "layers",
				List.of(Map.of("digest", "md5:1", "size", 1)))), "not the JSON");
		assertRefused(TestImages.blob(this.local, "null".getBytes()).digest(), "not the JSON");
	}

	@Test
	void holdsWhenAPartIsGoneIsFalseUntilItIsPushedAgain() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		lose(this.app, manifest(digest).layers().getFirst().digest());
		assertThat(this.registry.holds(this.app, digest)).isFalse();
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(this.registry.holds(this.app, digest)).isTrue();
		lose(this.app, manifest(digest).config().digest());
		assertThat(this.registry.holds(this.app, digest)).isFalse();
	}

	@Test
	void pushWhenManyTagsAtOnceLosesNone() throws Exception {
		List<Digest> digests = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			digests.add(image("content " + i, Map.of()));
		}
		try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
			List<Future<?>> pushes = new ArrayList<>();
			for (int i = 0; i < digests.size(); i++) {
				Digest digest = digests.get(i);
				ImageTag tag = ImageTag.release("v" + i);
				pushes.add(threads.submit(() -> push(digest, List.of(tag, ImageTag.dev()))));
			}
			for (Future<?> push : pushes) {
				push.get();
			}
		}
		Registry other = registry();
		assertThat(other.tags(this.app)).hasSize(17);
		for (int i = 0; i < digests.size(); i++) {
			assertThat(other.digest(this.app, "v" + i)).contains(digests.get(i));
		}
		assertThat(other.digest(this.app, "dev")).get().isIn(digests);
	}

	@Test
	void pushWhenManyPushOneReleaseTagAtATimeTellsTheOneWhoseImageItIsThatItWorked() throws Exception {
		List<Digest> digests = List.of(image("1", Map.of()), image("2", Map.of()), image("3", Map.of()),
				image("4", Map.of()));
		try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
			List<Future<Boolean>> won = new ArrayList<>();
			digests.forEach((digest) -> won.add(threads.submit(() -> isPushed(digest, ImageTag.release("v1")))));
			for (Future<Boolean> push : won) {
				push.get();
			}
			Digest winner = this.registry.digest(this.app, "v1").orElseThrow();
			assertThat(won.get(digests.indexOf(winner)).get()).as("the one whose image it is").isTrue();
		}
	}

	/**
	 * Pushes as the engine does, again when the registry did not answer: a real one
	 * answers 500 to who reads a tag in the moment in which it is written.
	 */
	private void push(Digest digest, List<ImageTag> tags) {
		for (int tries = 1;; tries++) {
			try {
				this.registry.push(this.local, digest, this.app, tags, TestImages.UNGUARDED);
				return;
			}
			catch (RegistryUnavailable ex) {
				assertThat(tries).as(ex.getMessage()).isLessThan(20);
			}
		}
	}

	private boolean isPushed(Digest digest, ImageTag tag) {
		try {
			push(digest, List.of(tag));
			return true;
		}
		catch (ReleaseTagTaken ex) {
			return false;
		}
	}

	@Test
	void tagWhenImageIsThereSetsAllTagsAndRepeatingChangesNothing() {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		this.registry.tag(this.app, digest, List.of(ImageTag.latest(), ImageTag.dev()), TestImages.UNGUARDED);
		this.registry.tag(this.app, digest, List.of(ImageTag.latest()), TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest),
				Map.entry("dev", digest));
	}

	@Test
	void tagWhenImageHasLostItsTagsFindsItByItsDigest() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		this.registry.push(this.local, second, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		this.registry.tag(this.app, first, List.of(ImageTag.latest()), TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("dev", second), Map.entry("latest", first));
	}

	@Test
	void tagWhenReleaseTagPointsElsewhereSetsNoTagAtAll() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		this.registry.push(this.local, second, this.app, List.of(ImageTag.release("v2")), TestImages.UNGUARDED);
		assertThatExceptionOfType(ReleaseTagTaken.class)
			.isThrownBy(() -> this.registry.tag(this.app, second, List.of(ImageTag.latest(), ImageTag.release("v1")),
					TestImages.UNGUARDED))
			.withMessageContainingAll(this.app + ":v1", first.value(), second.value());
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", first), Map.entry("v2", second));
	}

	@Test
	void tagWhenRegistryDoesNotHoldTheImageWholeRefuses() throws IOException {
		Digest digest = image("one", Map.of());
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.tag(this.app, ABSENT, List.of(ImageTag.latest()), TestImages.UNGUARDED))
			.withMessageContainingAll("Cannot tag " + ABSENT, "latest", "does not hold it whole");
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		lose(this.app, manifest(digest).layers().getFirst().digest());
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.tag(this.app, digest, List.of(ImageTag.latest()), TestImages.UNGUARDED));
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest));
	}

	private void assertRefused(Digest digest, String why) {
		assertThatExceptionOfType(InvalidImage.class).isThrownBy(
				() -> this.registry.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED))
			.withMessageContaining(why);
		assertThat(this.registry.tags(this.app)).isEmpty();
		assertThat(this.registry.holds(this.app, digest)).isFalse();
	}

	/**
	 * Adds an image to the local layout.
	 * @param text what tells it from others
	 * @param labels its labels
	 * @return its digest
	 */
	protected final Digest image(String text, Map<String, String> labels) {
		return TestImages.make(this.local, Map.of("file.txt", text), labels);
	}

	private Digest manifest(String type, Map<String, Object> config) {
		return TestImages.manifest(this.local, Map.of("mediaType", type, "config", config, "layers", List.of()));
	}

	private OciManifest manifest(Digest digest) throws IOException {
		return Json.read(Files.readAllBytes(this.local.resolve("blobs/sha256").resolve(digest.hex())),
				OciManifest.class);
	}

	/**
	 * The only layer of an image in the local layout.
	 * @param digest the image
	 * @return the file
	 * @throws IOException when it cannot be read
	 */
	protected final Path layer(Digest digest) throws IOException {
		return this.local.resolve("blobs/sha256").resolve(manifest(digest).layers().getFirst().digest().hex());
	}

}
