package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryContract;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.source.InvalidValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class LayoutRegistryTests extends RegistryContract {

	@Override
	protected Registry registry() {
		return TestImages.registry(this.folder.resolve("data"));
	}

	@Override
	protected void lose(ImageName image, Digest content) throws IOException {
		Files.delete(stored(image).resolve("blobs/sha256").resolve(content.hex()));
	}

	@Test
	void hostWhenAskedIsNoRealHost() {
		assertThat(this.registry.host()).isEqualTo("layout");
	}

	@Test
	void pushWhenImageIsNewSetsAllTagsAndKeepsItsBytes() throws IOException {
		Digest digest = image("one", Map.of("who", "me"));
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1"), ImageTag.latest()),
				TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest));
		assertThat(this.registry.digest(this.app, "v1")).contains(digest);
		assertThat(this.registry.holds(this.app, digest)).isTrue();
		assertThat(this.registry.labels(this.app, digest)).contains(Map.of("who", "me"));
		assertThat(blobs(stored(this.app))).containsExactlyInAnyOrderElementsOf(blobs(this.local).toList());
		for (Path blob : blobs(stored(this.app)).map(stored(this.app).resolve("blobs/sha256")::resolve).toList()) {
			assertThat(Digest.ofBytes(Files.readAllBytes(blob)).hex()).isEqualTo(blob.getFileName().toString());
		}
	}

	@Test
	void pushWhenRepeatedChangesNothing() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		byte[] index = Files.readAllBytes(stored(this.app).resolve("index.json"));
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		assertThat(stored(this.app).resolve("index.json")).hasBinaryContent(index);
	}

	@Test
	void pushWhenFloatingTagMovesKeepsTheOldImageByDigest() throws IOException {
		Digest first = image("one", Map.of());
		Digest second = image("two", Map.of());
		this.registry.push(this.local, first, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		this.registry.push(this.local, second, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("dev", second));
		assertThat(this.registry.holds(this.app, first)).isTrue();
		assertThat(Files.readString(stored(this.app).resolve("index.json"))).contains(first.value());
	}

	@ParameterizedTest
	@ValueSource(strings = { "blobs", "payments/blobs", "blobs/sha256/x", "payments/index.json", "oci-layout/app" })
	void useWhenImageIsNamedAsAPartOfALayoutRefuses(String name) {
		Digest digest = image("one", Map.of());
		ImageName image = ImageName.of(name);
		assertThatExceptionOfType(InvalidValue.class)
			.isThrownBy(
					() -> this.registry.push(this.local, digest, image, List.of(ImageTag.dev()), TestImages.UNGUARDED))
			.withMessageContaining("give the image another name");
		assertThatExceptionOfType(InvalidValue.class).isThrownBy(() -> this.registry.tags(image));
		assertThat(this.folder.resolve("data/registry").resolve(name)).doesNotExist();
	}

	@Test
	void holdsWhenAPartIsGoneOrShortIsFalse() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		Path layer = stored(this.app).resolve("blobs/sha256").resolve(layer(digest).getFileName());
		Files.write(layer, new byte[1]);
		assertThat(this.registry.holds(this.app, digest)).isFalse();
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(this.registry.holds(this.app, digest)).isTrue();
		Files.delete(layer);
		assertThat(this.registry.holds(this.app, digest)).isFalse();
		assertThat(this.registry.holds(this.app, Digest.ofBytes(Files.readAllBytes(layer(digest))))).isFalse();
	}

	@Test
	void pushWhenOnlyOneOfManyMayTakeATagLetsOneWin() throws Exception {
		List<Digest> digests = Stream.of("1", "2", "3", "4", "5", "6").map((text) -> image(text, Map.of())).toList();
		int taken = 0;
		try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
			List<Future<?>> pushes = digests.stream()
				.<Future<?>>map((digest) -> threads.submit(() -> this.registry.push(this.local, digest, this.app,
						List.of(ImageTag.release("v1")), TestImages.UNGUARDED)))
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
		assertThat(this.registry.digest(this.app, "v1")).get().isIn(digests);
	}

	@Test
	void tagWhenRepeatedLeavesTheIndexAsItWas() throws IOException {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		this.registry.tag(this.app, digest, List.of(ImageTag.latest(), ImageTag.dev()), TestImages.UNGUARDED);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest),
				Map.entry("dev", digest));
		byte[] index = Files.readAllBytes(stored(this.app).resolve("index.json"));
		this.registry.tag(this.app, digest, List.of(ImageTag.latest()), TestImages.UNGUARDED);
		assertThat(stored(this.app).resolve("index.json")).hasBinaryContent(index);
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
