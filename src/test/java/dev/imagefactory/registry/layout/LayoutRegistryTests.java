package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.registry.content.Json;
import dev.imagefactory.registry.content.OciManifest;
import dev.imagefactory.source.InvalidValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LayoutRegistryTests {

	private static final ImageName APP = ImageName.of("payments/app");

	private static final Digest ABSENT = Digest.ofBytes(new byte[] { 1 });

	@TempDir
	Path folder;

	private Path local;

	private Registry registry;

	@BeforeEach
	void open() {
		this.local = this.folder.resolve("local");
		this.registry = TestImages.registry(this.folder.resolve("data"));
	}

	@Test
	void readWhenNothingWasPushedIsEmpty() {
		assertThat(this.registry.host()).isEqualTo("layout");
		assertThat(this.registry.digest(APP, "v1")).isEmpty();
		assertThat(this.registry.tags(APP)).isEmpty();
		assertThat(this.registry.holds(APP, ABSENT)).isFalse();
		assertThat(this.registry.labels(APP, ABSENT)).isEmpty();
	}

	@Test
	void pushWhenImageIsNewSetsAllTagsAndKeepsItsBytes() throws IOException {
		Digest digest = image("one", Map.of("who", "me"));
		this.registry.push(this.local, digest, APP, List.of(ImageTag.release("v1"), ImageTag.latest()));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest));
		assertThat(this.registry.digest(APP, "v1")).contains(digest);
		assertThat(this.registry.holds(APP, digest)).isTrue();
		assertThat(this.registry.labels(APP, digest)).contains(Map.of("who", "me"));
		assertThat(blobs(stored(APP))).containsExactlyInAnyOrderElementsOf(blobs(this.local).toList());
		for (Path blob : blobs(stored(APP)).map(stored(APP).resolve("blobs/sha256")::resolve).toList()) {
			assertThat(Digest.ofBytes(Files.readAllBytes(blob)).hex()).isEqualTo(blob.getFileName().toString());
		}
	}

	@Test
	void pushWhenRepeatedChangesNothing() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, APP, List.of(ImageTag.release("v1")));
		byte[] index = Files.readAllBytes(stored(APP).resolve("index.json"));
		this.registry.push(this.local, digest, APP, List.of(ImageTag.release("v1")));
		assertThat(stored(APP).resolve("index.json")).hasBinaryContent(index);
	}

	@Test
	void pushWhenReleaseTagPointsElsewhereSetsNoTagAtAll() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		ImageTag rebuild = ImageTag.rebuild(ImageTag.release("v1"), 1);
		this.registry.push(this.local, first, APP, List.of(ImageTag.release("v1"), rebuild));
		for (ImageTag tag : List.of(ImageTag.release("v1"), rebuild)) {
			assertThatExceptionOfType(ReleaseTagTaken.class)
				.isThrownBy(() -> this.registry.push(this.local, second, APP, List.of(ImageTag.latest(), tag)))
				.withMessageContainingAll("payments/app:" + tag, first.value(), second.value(),
						"publish a new release");
		}
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", first), Map.entry("v1-rebuild.1", first));
	}

	@Test
	void pushWhenFloatingTagMovesKeepsTheOldImageByDigest() throws IOException {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, APP, List.of(ImageTag.dev()));
		this.registry.push(this.local, second, APP, List.of(ImageTag.dev()));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", second));
		assertThat(this.registry.holds(APP, first)).isTrue();
		assertThat(Files.readString(stored(APP).resolve("index.json"))).contains(first.value());
	}

	@Test
	void pushWhenImageNamesNestKeepsThemApart() {
		ImageName nested = ImageName.of("payments/app/worker");
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, second, nested, List.of(ImageTag.release("v1")));
		this.registry.push(this.local, first, APP, List.of(ImageTag.release("v1")));
		assertThat(this.registry.digest(APP, "v1")).contains(first);
		assertThat(this.registry.digest(nested, "v1")).contains(second);
		assertThat(this.registry.holds(APP, second)).isFalse();
		assertThat(this.registry.tags(ImageName.of("payments"))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "blobs", "payments/blobs", "blobs/sha256/x", "payments/index.json", "oci-layout/app" })
	void useWhenImageIsNamedAsAPartOfALayoutRefuses(String name) {
		Digest digest = image("one", Map.of());
		ImageName image = ImageName.of(name);
		assertThatExceptionOfType(InvalidValue.class)
			.isThrownBy(() -> this.registry.push(this.local, digest, image, List.of(ImageTag.dev())))
			.withMessageContaining("give the image another name");
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> this.registry.tags(image));
		assertThat(this.folder.resolve("data/registry").resolve(name)).doesNotExist();
	}

	@Test
	void pushWhenDigestIsNotInTheLayoutRefuses() {
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
	void holdsWhenAPartIsGoneOrShortIsFalse() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, APP, List.of(ImageTag.dev()));
		Path layer = stored(APP).resolve("blobs/sha256").resolve(layer(digest).getFileName());
		Files.write(layer, new byte[1]);
		assertThat(this.registry.holds(APP, digest)).isFalse();
		this.registry.push(this.local, digest, APP, List.of(ImageTag.dev()));
		assertThat(this.registry.holds(APP, digest)).isTrue();
		Files.delete(layer);
		assertThat(this.registry.holds(APP, digest)).isFalse();
		assertThat(this.registry.holds(APP, Digest.ofBytes(Files.readAllBytes(layer(digest))))).isFalse();
	}

	@Test
	void pushWhenManyTagsAtOnceLosesNone() throws Exception {
		List<Digest> digests = new ArrayList<>();
		for (int i = 0; i < 16; i++) {
			digests.add(image("content " + i, Map.of()));
		}
		Registry other = TestImages.registry(this.folder.resolve("data"));
		try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
			List<Future<?>> pushes = new ArrayList<>();
			for (int i = 0; i < digests.size(); i++) {
				Digest digest = digests.get(i);
				ImageTag tag = ImageTag.release("v" + i);
				pushes.add(threads
					.submit(() -> this.registry.push(this.local, digest, APP, List.of(tag, ImageTag.dev()))));
			}
			for (Future<?> push : pushes) {
				push.get();
			}
		}
		assertThat(other.tags(APP)).hasSize(17);
		for (int i = 0; i < digests.size(); i++) {
			assertThat(other.digest(APP, "v" + i)).contains(digests.get(i));
		}
		assertThat(other.digest(APP, "dev")).get().isIn(digests);
	}

	@Test
	void pushWhenOnlyOneOfManyMayTakeATagLetsOneWin() throws Exception {
		List<Digest> digests = Stream.of("1", "2", "3", "4", "5", "6").map((text) -> image(text, Map.of())).toList();
		int taken = 0;
		try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
			List<Future<?>> pushes = digests.stream()
				.<Future<?>>map((digest) -> threads
					.submit(() -> this.registry.push(this.local, digest, APP, List.of(ImageTag.release("v1")))))
				.toList();
			for (Future<?> push : pushes) {
				try {
					push.get();
				}
				catch (ExecutionException ex) {
					assertThat(ex).hasCauseInstanceOf(ReleaseTagTaken.class);
					taken++;
				}
			}
		}
		assertThat(taken).isEqualTo(5);
		assertThat(this.registry.digest(APP, "v1")).get().isIn(digests);
	}

	@Test
	void pushWhenTagIsPinnedMayMoveIt() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		ImageTag pinned = new ImageTag("sha-0123456789ab", TagClass.PINNED);
		this.registry.push(this.local, first, APP, List.of(pinned));
		this.registry.push(this.local, second, APP, List.of(pinned));
		assertThat(this.registry.digest(APP, pinned.name())).contains(second);
	}

	@Test
	void tagWhenImageIsThereSetsAllTagsAndRepeatingChangesNothing() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, APP, List.of(ImageTag.release("v1")));
		this.registry.tag(APP, digest, List.of(ImageTag.latest(), ImageTag.dev()));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest),
				Map.entry("dev", digest));
		byte[] index = Files.readAllBytes(stored(APP).resolve("index.json"));
		this.registry.tag(APP, digest, List.of(ImageTag.latest()));
		assertThat(stored(APP).resolve("index.json")).hasBinaryContent(index);
	}

	@Test
	void tagWhenImageHasLostItsTagsFindsItByItsDigest() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, APP, List.of(ImageTag.dev()));
		this.registry.push(this.local, second, APP, List.of(ImageTag.dev()));
		this.registry.tag(APP, first, List.of(ImageTag.latest()));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("dev", second), Map.entry("latest", first));
	}

	@Test
	void tagWhenReleaseTagPointsElsewhereSetsNoTagAtAll() {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, APP, List.of(ImageTag.release("v1")));
		this.registry.push(this.local, second, APP, List.of(ImageTag.release("v2")));
		assertThatExceptionOfType(ReleaseTagTaken.class)
			.isThrownBy(() -> this.registry.tag(APP, second, List.of(ImageTag.latest(), ImageTag.release("v1"))))
			.withMessageContainingAll("payments/app:v1", first.value(), second.value());
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", first), Map.entry("v2", second));
	}

	@Test
	void tagWhenRegistryDoesNotHoldTheImageWholeRefuses() throws IOException {
		Digest digest = image("one", Map.of());
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.tag(APP, ABSENT, List.of(ImageTag.latest())))
			.withMessageContainingAll("Cannot tag " + ABSENT, "latest", "does not hold it whole");
		this.registry.push(this.local, digest, APP, List.of(ImageTag.release("v1")));
		Files.delete(stored(APP).resolve("blobs/sha256").resolve(layer(digest).getFileName()));
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.tag(APP, digest, List.of(ImageTag.latest())));
		assertThat(this.registry.tags(APP)).containsOnly(Map.entry("v1", digest));
	}

	private void assertRefused(Digest digest, String why) {
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.push(this.local, digest, APP, List.of(ImageTag.dev())))
			.withMessageContainingAll("Cannot push " + digest, why);
		assertThat(this.registry.tags(APP)).isEmpty();
		assertThat(this.registry.holds(APP, digest)).isFalse();
	}

	private Digest image(String text, Map<String, String> labels) {
		return TestImages.make(this.local, Map.of("file.txt", text), labels);
	}

	private Digest manifest(String type, Map<String, Object> config) {
		return TestImages.manifest(this.local, Map.of("mediaType", type, "config", config, "layers", List.of()));
	}

	private Path layer(Digest digest) throws IOException {
		Path blobs = this.local.resolve("blobs/sha256");
		OciManifest manifest = Json.read(Files.readAllBytes(blobs.resolve(digest.hex())), OciManifest.class);
		return blobs.resolve(manifest.layers().getFirst().digest().hex());
	}

	private Path stored(ImageName image) {
		return this.folder.resolve("data/registry").resolve(image.value());
	}

	private static Stream<String> blobs(Path layout) throws IOException {
		try (Stream<Path> files = Files.list(layout.resolve("blobs/sha256"))) {
			return files.map((file) -> file.getFileName().toString()).toList().stream();
		}
	}

}
