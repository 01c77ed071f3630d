package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.TagClass;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.ReleaseTagTaken;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is pushed in whatever order: tags point at what was last allowed. */
class TagSequenceTests {

	private static final ImageName APP = ImageName.of("payments/app");

	private static final List<Digest> DIGESTS = new ArrayList<>();

	private static Path folder;

	@BeforeContainer
	static void makeImages() throws IOException {
		folder = Files.createTempDirectory("layouts");
		DIGESTS.clear();
		for (int i = 0; i < 4; i++) {
			DIGESTS.add(TestImages.make(folder.resolve("local"), Map.of("file", "content " + i), Map.of()));
		}
	}

	@AfterContainer
	static void removeImages() throws IOException {
		FileSystemUtils.deleteRecursively(folder);
	}

	@Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
	void pushWhenAnySequenceLeavesTagsAtWhatWasLastAllowed(@ForAll("sequences") List<Push> sequence)
			throws IOException {
		Path data = Files.createTempDirectory(folder, "data");
		Registry registry = TestImages.registry(data);
		Map<String, Digest> expected = new HashMap<>();
		Set<Digest> arrived = new HashSet<>();
		for (Push push : sequence) {
			Digest digest = DIGESTS.get(push.image());
			boolean allowed = push.tags()
				.stream()
				.allMatch((tag) -> !tag.tagClass().isWrittenOnce()
						|| expected.getOrDefault(tag.name(), digest).equals(digest));
			assertThat(tryPush(registry, digest, push.tags())).isEqualTo(allowed);
			if (allowed) {
				push.tags().forEach((tag) -> expected.put(tag.name(), digest));
				arrived.add(digest);
			}
			assertThat(registry.tags(APP)).isEqualTo(expected);
		}
		assertThat(DIGESTS)
			.allSatisfy((digest) -> assertThat(registry.holds(APP, digest)).isEqualTo(arrived.contains(digest)));
		FileSystemUtils.deleteRecursively(data);
	}

	private static boolean tryPush(Registry registry, Digest digest, List<ImageTag> tags) {
		try {
			registry.push(folder.resolve("local"), digest, APP, tags, TestImages.UNGUARDED);
			return true;
		}
		catch (ReleaseTagTaken ex) {
			return false;
		}
	}

	@Provide
	Arbitrary<List<Push>> sequences() {
		Arbitrary<ImageTag> tag = Arbitraries.of(ImageTag.release("v1"), ImageTag.release("v2"),
				new ImageTag("v1-rebuild.1", TagClass.REBUILD), ImageTag.dev(), ImageTag.latest(),
				new ImageTag("sha-0123456789ab", TagClass.PINNED));
		return Combinators.combine(Arbitraries.integers().between(0, 3), tag.list().uniqueElements().ofMaxSize(3))
			.as(Push::new)
			.list()
			.ofMinSize(1)
			.ofMaxSize(12);
	}

	/**
	 * One push.
	 *
	 * @param image which of the images
	 * @param tags its tags
	 */
	record Push(int image, List<ImageTag> tags) {

	}

}
