package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.InvalidImage;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistryUnavailable;
import dev.imagefactory.registry.ReleaseTagTaken;
import dev.imagefactory.registry.layout.TestImages;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The registry kind oci against a real registry. */
class OciRegistryTests {

	private static final Digest ABSENT = Digest.ofBytes(new byte[] { 1 });

	@TempDir
	private static Path serverFolder;

	private static OciRegistryServer server;

	@TempDir
	private Path folder;

	private Path local;

	private ImageName app;

	private Registry registry;

	@BeforeAll
	static void start() {
		server = OciRegistryServer.start(serverFolder);
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
	}

	@BeforeEach
	void open(TestInfo test) {
		this.local = this.folder.resolve("local");
		this.app = ImageName.of("payments/" + test.getTestMethod().orElseThrow().getName().toLowerCase());
		this.registry = registry(server.host(), null);
	}

	private static Registry registry(String host, Path credentials) {
		return new OciRegistry(Endpoint.of(host, true), new DockerConfig(credentials), new Wire(null));
	}

	@Test
	void readWhenNothingWasPushedIsEmpty() {
		assertThat(this.registry.host()).isEqualTo(server.host());
		assertThat(this.registry.digest(this.app, "v1")).isEmpty();
		assertThat(this.registry.tags(this.app)).isEmpty();
		assertThat(this.registry.holds(this.app, ABSENT)).isFalse();
		assertThat(this.registry.labels(this.app, ABSENT)).isEmpty();
	}

	@Test
	void pushWhenImageIsNewSetsAllTagsAndKeepsItsDigest() {
		Digest digest = image("one", Map.of("who", "me"));
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1"), ImageTag.latest()));
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest));
		assertThat(this.registry.holds(this.app, digest)).isTrue();
		assertThat(this.registry.labels(this.app, digest)).contains(Map.of("who", "me"));
	}

	@Test
	void pushWhenRepeatedChangesNothing() {
		Digest digest = image("one", Map.of());
		List<ImageTag> tags = List.of(ImageTag.release("v1"), ImageTag.dev());
		this.registry.push(this.local, digest, this.app, tags);
		this.registry.push(this.local, digest, this.app, tags);
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("dev", digest));
		assertThat(server.manifests(this.app.value())).containsExactly(digest.toString());
	}

	@Test
	void pushWhenFloatingTagIsThereMovesIt() {
		Digest one = image("one", Map.of());
		Digest two = image("two", Map.of());
		this.registry.push(this.local, one, this.app, List.of(ImageTag.dev()));
		this.registry.push(this.local, two, this.app, List.of(ImageTag.dev()));
		assertThat(this.registry.digest(this.app, "dev")).contains(two);
		assertThat(this.registry.holds(this.app, one)).isTrue();
	}

	@Test
	void pushWhenReleaseTagPointsElsewhereMovesNothing() {
		Digest one = image("one", Map.of());
		Digest two = image("two", Map.of());
		this.registry.push(this.local, one, this.app, List.of(ImageTag.release("v1"), ImageTag.dev()));
		assertThatExceptionOfType(ReleaseTagTaken.class).isThrownBy(
				() -> this.registry.push(this.local, two, this.app, List.of(ImageTag.dev(), ImageTag.release("v1"))))
			.withMessageContaining(one.toString())
			.withMessageContaining("publish a new release");
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", one), Map.entry("dev", one));
	}

	@Test
	void pushWhenALayerIsNotWhatItsNameSaysIsRefused() throws IOException {
		Digest digest = image("one", Map.of());
		Path layer = largestBlob();
		byte[] bytes = Files.readAllBytes(layer);
		bytes[bytes.length - 1] ^= 1;
		Files.write(layer, bytes);
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.push(this.local, digest, this.app, List.of(ImageTag.dev())))
			.withMessageContaining("build it again");
		assertThat(this.registry.digest(this.app, "dev")).isEmpty();
	}

	@Test
	void tagWhenImageIsThereAddsTags() {
		Digest digest = image("one", Map.of());
		this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")));
		this.registry.tag(this.app, digest, List.of(ImageTag.latest()));
		this.registry.tag(this.app, digest, List.of(ImageTag.latest()));
		assertThat(this.registry.tags(this.app)).containsOnly(Map.entry("v1", digest), Map.entry("latest", digest));
	}

	@Test
	void tagWhenImageIsNotThereIsRefused() {
		assertThatExceptionOfType(InvalidImage.class)
			.isThrownBy(() -> this.registry.tag(this.app, ABSENT, List.of(ImageTag.latest())))
			.withMessageContaining("does not hold it whole");
	}

	@Test
	void pushWhenTwoPushOneReleaseTagAtATimeOneWins() throws Exception {
		List<Digest> digests = List.of(image("one", Map.of()), image("two", Map.of()));
		try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
			List<Callable<Boolean>> pushes = digests.stream().<Callable<Boolean>>map((digest) -> () -> {
				try {
					this.registry.push(this.local, digest, this.app, List.of(ImageTag.release("v1")));
					return true;
				}
				catch (ReleaseTagTaken ex) {
					return false;
				}
			}).toList();
			List<Future<Boolean>> won = threads.invokeAll(pushes);
			Digest winner = this.registry.digest(this.app, "v1").orElseThrow();
			assertThat(won.get(digests.indexOf(winner)).get()).as("the one whose image it is").isTrue();
		}
	}

	@Test
	void tagsWhenMoreThanAPageAreAllListed() {
		Digest digest = image("one", Map.of());
		List<ImageTag> many = IntStream.range(0, 30).mapToObj((number) -> ImageTag.release("v1." + number)).toList();
		this.registry.push(this.local, digest, this.app, many);
		assertThat(this.registry.tags(this.app)).hasSize(30);
	}

	@Test
	void callWhenRegistryIsDownSaysWhatToCheck() throws IOException {
		try (OciRegistryServer other = OciRegistryServer.start(this.folder.resolve("other"))) {
			Registry gone = registry(other.host(), null);
			Digest digest = image("one", Map.of());
			gone.push(this.local, digest, this.app, List.of(ImageTag.release("v1")));
			other.kill();
			assertThatExceptionOfType(RegistryUnavailable.class).isThrownBy(() -> gone.digest(this.app, "v1"))
				.withMessageStartingWith("Cannot read the tag v1 of " + this.app)
				.withMessageContaining("check that the registry is up");
			other.restart();
			assertThat(gone.digest(this.app, "v1")).contains(digest);
		}
	}

	@Test
	void callWhenCredentialsAreAskedForUsesTheDockerConfig() throws IOException {
		Path passwords = Files.writeString(this.folder.resolve("htpasswd"),
				"factory:$2y$05$Qq5b4AiY9w/Yc6TnRk4kAeCqzWqUQpG8n0q3pV1m8fYt8bN1pYQ4K\n");
		try (OciRegistryServer guarded = OciRegistryServer.start(this.folder.resolve("guarded"),
				"auth: {htpasswd: {realm: test, path: %s}}".formatted(passwords))) {
			Path config = Files.writeString(this.folder.resolve("config.json"),
					"{\"auths\": {\"https://%s/v1/\": {\"auth\": \"%s\"}}}".formatted(guarded.host(),
							Base64.getEncoder()
								.encodeToString("factory:wrong secret".getBytes(StandardCharsets.UTF_8))));
			assertThatExceptionOfType(RegistryUnavailable.class)
				.isThrownBy(() -> registry(guarded.host(), config).digest(this.app, "v1"))
				.withMessageContaining("the registry answered 401")
				.withMessageContaining("image-factory.registry.credentials-file")
				.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("wrong secret"));
		}
	}

	private Path largestBlob() throws IOException {
		try (var blobs = Files.list(this.local.resolve("blobs/sha256"))) {
			return blobs.filter((blob) -> !isDocument(blob)).findFirst().orElseThrow();
		}
	}

	private static boolean isDocument(Path blob) {
		try {
			return Files.readAllBytes(blob)[0] == '{';
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Digest image(String text, Map<String, String> labels) {
		return TestImages.make(this.local, Map.of("hello.txt", text), labels);
	}

}
