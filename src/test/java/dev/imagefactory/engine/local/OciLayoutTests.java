package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import dev.imagefactory.image.Digest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class OciLayoutTests {

	@TempDir
	Path folder;

	private Digest digest;

	private OciLayout layout;

	@BeforeEach
	void write() throws IOException {
		this.digest = SmallLayout.write(this.folder, Map.of("a.txt", "a"));
		this.layout = new OciLayout(this.folder);
	}

	@Test
	void verifyWhenEveryBlobIsRightTellsTheDigest() throws Exception {
		assertThat(this.layout.verify()).isEqualTo(this.digest);
	}

	@Test
	void verifyWhenABlobIsDamagedOrMissingRefuses() throws Exception {
		try (var blobs = Files.list(this.folder.resolve("blobs/sha256"))) {
			for (Path blob : blobs.toList()) {
				byte[] content = Files.readAllBytes(blob);
				content[content.length / 2] ^= 1;
				Files.write(blob, content);
				assertThatIOException().isThrownBy(this.layout::verify);
				content[content.length / 2] ^= 1;
				Files.write(blob, content);
				this.layout.verify();
				Files.delete(blob);
				assertThatIOException().isThrownBy(this.layout::verify).withMessageContaining("missing");
				Files.write(blob, content);
			}
		}
	}

	@Test
	void verifyWhenABlobIsALinkRefuses() throws Exception {
		Path blob = SmallLayout.blob(this.folder, this.digest);
		Path elsewhere = Files.move(blob, this.folder.resolve("elsewhere"));
		Files.createSymbolicLink(blob, elsewhere);
		assertThatIOException().isThrownBy(this.layout::verify);
	}

	@Test
	void verifyWhenThereIsNotExactlyOneImageRefuses() throws Exception {
		Path index = this.folder.resolve("index.json");
		String one = Files.readString(index);
		String entry = one.substring(one.indexOf('[') + 1, one.indexOf(']'));
		Files.writeString(index, "{\"schemaVersion\":2,\"manifests\":[" + entry + "," + entry + "]}");
		assertThatIOException().isThrownBy(this.layout::verify).withMessageContaining("exactly one");
		Files.writeString(index, "{\"schemaVersion\":2,\"manifests\":[]}");
		assertThatIOException().isThrownBy(this.layout::verify).withMessageContaining("it holds 0");
		Files.writeString(index, one.replace("vnd.oci.image.manifest.v1", "vnd.oci.image.index.v1"));
		assertThatIOException().isThrownBy(this.layout::verify).withMessageContaining("has type");
		Files.writeString(index, one.replace("sha256:", "sha256:../"));
		assertThatIOException().isThrownBy(this.layout::verify).withMessageContaining("not a digest");
		Files.delete(index);
		assertThatIOException().isThrownBy(this.layout::verify);
	}

	@Test
	void labelWhenLabelsAreGivenKeepsTheOthersAndStaysWhole() throws Exception {
		this.layout.label(Map.of("b", "$HOME \"2\"\n", "own", "3"));
		Digest labelled = this.layout.verify();
		assertThat(labelled).isNotEqualTo(this.digest);
		BuiltImage image = new BuiltImage(this.folder, labelled);
		assertThat(image.label("own")).isEqualTo("3");
		assertThat(image.label("b")).isEqualTo("$HOME \"2\"\n");
		assertThat(image.files).containsEntry("/a.txt", "a");
		try (var blobs = Files.list(this.folder.resolve("blobs/sha256"))) {
			assertThat(blobs).as("nothing that is not of the image").hasSize(3);
		}
	}

}
