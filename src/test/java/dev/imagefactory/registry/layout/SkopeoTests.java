package dev.imagefactory.registry.layout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.registry.Registry;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What we store as a tool of others reads it. */
class SkopeoTests {

	private static final ImageName APP = ImageName.of("payments/app");

	@TempDir
	Path folder;

	@BeforeEach
	void findSkopeo() throws Exception {
		boolean found;
		try {
			found = new ProcessBuilder("skopeo", "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			found = false;
		}
		Assumptions.assumeTrue(found, "Skipped: skopeo is not on the PATH; install the package skopeo");
	}

	@Test
	void inspectWhenImageWasPushedShowsDigestAndLabelsOfEachTag() throws Exception {
		Path local = this.folder.resolve("local");
		Registry registry = TestImages.registry(this.folder.resolve("data"));
		Digest first = TestImages.make(local, Map.of("a", "1"), Map.of("org.opencontainers.image.revision", "abc"));
		Digest second = TestImages.make(local, Map.of("a", "2"), Map.of("org.opencontainers.image.revision", "def"));
		registry.push(local, first, APP, List.of(ImageTag.release("v1"), ImageTag.dev()), TestImages.UNGUARDED);
		registry.push(local, second, APP, List.of(ImageTag.release("v2"), ImageTag.dev()), TestImages.UNGUARDED);
		registry.push(local, second, ImageName.of("payments/app/worker"), List.of(ImageTag.dev()),
				TestImages.UNGUARDED);
		assertThat(inspect("v1").get("Digest").asText()).isEqualTo(first.value());
		assertThat(inspect("dev").get("Digest").asText()).isEqualTo(second.value());
		assertThat(inspect("v1").at("/Labels/org.opencontainers.image.revision").asText()).isEqualTo("abc");
	}

	@Test
	void copyWhenImageWasPushedTakesEveryByte() throws Exception {
		Path local = this.folder.resolve("local");
		Registry registry = TestImages.registry(this.folder.resolve("data"));
		Digest digest = TestImages.make(local, Map.of("a", "1"), Map.of());
		registry.push(local, digest, APP, List.of(ImageTag.release("v1")), TestImages.UNGUARDED);
		Path copy = this.folder.resolve("copy");
		skopeo("copy", "oci:" + layout() + ":v1", "oci:" + copy + ":v1");
		registry.push(copy, digest, ImageName.of("payments/copied"), List.of(ImageTag.release("v1")),
				TestImages.UNGUARDED);
		assertThat(registry.holds(ImageName.of("payments/copied"), digest)).isTrue();
	}

	private JsonNode inspect(String tag) throws Exception {
		return new ObjectMapper().readTree(skopeo("inspect", "oci:" + layout() + ":" + tag));
	}

	private Path layout() {
		return this.folder.resolve("data/registry/payments/app");
	}

	private static String skopeo(String... arguments) throws Exception {
		List<String> command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
