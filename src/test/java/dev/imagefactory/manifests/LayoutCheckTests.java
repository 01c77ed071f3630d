package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The check of what a build left, which a hostile Dockerfile may have written. The push
 * script is run, whose whole output after the check is one call; the scan has the same
 * text.
 */
class LayoutCheckTests {

	private static final String BEGIN = "# --- The layout check;";

	private static final String END = "# --- The end of the layout check.";

	private static final String INDEX = "application/vnd.oci.image.index.v1+json";

	private static final Map<String, Spoil> BAD = bad();

	@TempDir
	private Path folder;

	@Test
	void checkWhenComparedBetweenScanAndPushIsTheSameText() {
		String scan = Manifests.steps().get("trivy-scan-v1").at("/script/source").asText();
		String push = Manifests.steps().get("acr-push-v1").at("/script/source").asText();
		assertThat(check(scan)).isEqualTo(check(push)).contains("no_image", "sha256sum");
	}

	@ParameterizedTest
	@EnumSource
	void checkWhenLayoutIsAsKanikoWritesItPasses(Tools tools) {
		WrittenLayout layout = layout();
		assertThat(push(layout, layout.hex(), tools).exitCode()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void checkWhenBaseImageHasAnnotationsWithEscapesPasses(Tools tools) {
		WrittenLayout layout = new WrittenLayout(this.folder.resolve("image"),
				",\"annotations\":{\"author\":\"A \\u003ca@example.com\\u003e \\\"x\\\" \\\\ \\/\",\"é\":\"\"}");
		assertThat(push(layout, layout.hex(), tools).exitCode()).as("a name beyond ASCII").isEqualTo(41);
		layout.manifest(layout.manifestText().replace("\"é\":\"\"", "\"e\":\"é\""));
		Result result = push(layout, layout.hex(), tools);
		assertThat(result.exitCode()).as(result.said()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void checkWhenImageIsDockersPasses(Tools tools) {
		WrittenLayout layout = layout();
		String docker = "application/vnd.docker.distribution.manifest.v2+json";
		layout.manifest(layout.manifestText().replace(WrittenLayout.OCI, docker));
		layout.index(
				layout.entry(docker, layout.hex()).replace("vnd.oci.image.config.v1", "vnd.docker.container.image.v1"));
		assertThat(push(layout, layout.hex(), tools).exitCode()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void checkWhenIndexSaysNoMoreThanItMustPasses(Tools tools) {
		WrittenLayout layout = layout();
		layout.replace("index.json", ",\n         \"artifactType\": \"application/vnd.oci.image.config.v1+json\"", "");
		assertThat(push(layout, layout.hex(), tools).exitCode()).isZero();
	}

	@Test
	void checkWhenImageIsAnotherThanTheScannedOneFails() {
		Result result = push(layout(), "0".repeat(64), Tools.SYSTEM);
		assertThat(result.exitCode()).isEqualTo(41);
		assertThat(result.said()).contains("was scanned").doesNotContain("PUSHED");
	}

	static Stream<Arguments> badLayouts() {
		return Stream.of(Tools.values())
			.flatMap((tools) -> BAD.keySet().stream().map((name) -> Arguments.of(name, tools)));
	}

	@ParameterizedTest(name = "{0} ({1})")
	@MethodSource("badLayouts")
	void checkWhenLayoutIsBadRefusesIt(String name, Tools tools) throws IOException {
		WrittenLayout layout = layout();
		BAD.get(name).spoil(layout);
		Result result = push(layout, layout.hex(), tools);
		assertThat(result.exitCode()).as(result.said()).isEqualTo(41);
		assertThat(result.said()).contains("image-factory: What lies there is not what was scanned.")
			.doesNotContain("PUSHED", "was scanned.\n");
	}

	private static Map<String, Spoil> bad() {
		Map<String, Spoil> bad = new LinkedHashMap<>();
		bad.put("nothing", (layout) -> Files.move(layout.folder(), layout.folder().resolveSibling("elsewhere")));
		bad.put("no index", (layout) -> Files.delete(layout.folder().resolve("index.json")));
		bad.put("another version", (layout) -> layout.replace("oci-layout", "1.0.0", "1.1.0"));
		files(bad);
		index(bad);
		manifest(bad);
		return bad;
	}

	private static void files(Map<String, Spoil> bad) {
		bad.put("a link as a blob", (layout) -> {
			Path blob = layout.blobFile(layout.hex());
			Path other = layout.folder().resolveSibling("other");
			Files.move(blob, other);
			Files.createSymbolicLink(blob, other);
		});
		bad.put("a link as the layout", (layout) -> {
			Path other = layout.folder().resolveSibling("other");
			Files.move(layout.folder(), other);
			Files.createSymbolicLink(layout.folder(), other);
		});
		bad.put("a link as the index", (layout) -> {
			Path other = layout.folder().resolveSibling("other");
			Files.move(layout.folder().resolve("index.json"), other);
			Files.createSymbolicLink(layout.folder().resolve("index.json"), other);
		});
		bad.put("a link as the folder of blobs", (layout) -> {
			Path other = layout.folder().resolveSibling("other");
			Files.move(layout.folder().resolve("blobs"), other);
			Files.createSymbolicLink(layout.folder().resolve("blobs"), other);
		});
		bad.put("a blob that is not what its name says",
				(layout) -> layout.write("blobs/sha256/" + layout.blob("a layer"), "another layer"));
		bad.put("a manifest that is not what its name says", (layout) -> {
			String text = layout.manifestText();
			layout.write("blobs/sha256/" + layout.hex(), text.replace("37", "38"));
		});
		bad.put("a blob with a short name", (layout) -> layout.write("blobs/sha256/abc", "abc"));
		bad.put("a blob with a name that wraps", (layout) -> layout.write("blobs/sha256/a\nb", "abc"));
		bad.put("a folder as a blob", (layout) -> Files.createDirectory(layout.blobFile("a".repeat(64))));
		bad.put("another algorithm", (layout) -> layout.write("blobs/sha512/" + "a".repeat(128), "x"));
		bad.put("a file beside the index", (layout) -> layout.write(".index.json", "{}"));
		bad.put("no blob of the manifest", (layout) -> Files.delete(layout.blobFile(layout.hex())));
	}

	private static void index(Map<String, Spoil> bad) {
		bad.put("no image", (layout) -> layout.index(""));
		bad.put("two images", (layout) -> layout.index(layout.entry(WrittenLayout.OCI, layout.hex()) + ","
				+ layout.entry(WrittenLayout.OCI, layout.blob(layout.manifestText() + " "))));
		bad.put("a nested index", (layout) -> {
			String nested = layout.blob("{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(INDEX,
					layout.entry(WrittenLayout.OCI, layout.hex())));
			layout.index(layout.entry(INDEX, nested));
		});
		bad.put("an escaped name of a field",
				(layout) -> layout.replace("index.json", "\"digest\"", "\"d\\u0069gest\""));
		bad.put("a second digest under an escaped name", (layout) -> layout.replace("index.json", "\"digest\"",
				"\"d\\u0069gest\":\"sha256:%s\",\"digest\"".formatted("0".repeat(64))));
		bad.put("a second digest in capitals", (layout) -> layout.replace("index.json", "\"digest\"",
				"\"Digest\":\"sha256:%s\",\"digest\"".formatted("0".repeat(64))));
		bad.put("a second list of images", (layout) -> layout.replace("index.json", "\"schemaVersion\": 2,",
				"\"schemaVersion\": 2, \"Manifests\": [],"));
		bad.put("inline data", (layout) -> layout.replace("index.json", "\"size\"", "\"data\": \"eA==\", \"size\""));
		bad.put("an artifact",
				(layout) -> layout.replace("index.json", "vnd.oci.image.config.v1", "vnd.example.chart.v1"));
		bad.put("another size", (layout) -> layout.replace("index.json", "\"size\": ", "\"size\": 1"));
		bad.put("a digest that leads out",
				(layout) -> layout.replace("index.json", layout.hex(), "../../../../etc/passwd"));
		bad.put("a digest in capitals",
				(layout) -> layout.replace("index.json", layout.hex(), layout.hex().toUpperCase(Locale.ROOT)));
		bad.put("something after the index", (layout) -> layout.replace("index.json", "]\n}", "]\n}{}"));
		bad.put("an index of many lines", (layout) -> layout.write("index.json", "{\n".repeat(3_000_000)));
	}

	private static void manifest(Map<String, Spoil> bad) {
		change(bad, "a manifest that is an index as well",
				(text) -> text.replace(",\"layers\"", ",\"manifests\":[],\"layers\""));
		change(bad, "a manifest that is an index in capitals as well",
				(text) -> text.replace(",\"layers\"", ",\"MANIFESTS\":[],\"layers\""));
		change(bad, "a manifest with an escaped name",
				(text) -> text.replace(",\"layers\"", ",\"manif\\u0065sts\":[],\"layers\""));
		change(bad, "a manifest with a name that folds to another",
				(text) -> text.replace(",\"layers\"", ",\"layer\u017f\":[],\"layers\""));
		change(bad, "a manifest with two lists of layers",
				(text) -> text.replace(",\"layers\"", ",\"layers\":[],\"layers\""));
		change(bad, "a manifest with two configs", (text) -> text.replace(",\"layers\"", ",\"Config\":{},\"layers\""));
		change(bad, "a manifest of the first schema", (text) -> "{\"schemaVersion\":1,\"fsLayers\":[]}");
		change(bad, "a manifest of another type", (text) -> text.replace(WrittenLayout.OCI, INDEX));
		change(bad, "a manifest about another image",
				(text) -> text.replace(",\"layers\"", ",\"subject\":{},\"layers\""));
		change(bad, "an index in the manifest's place",
				(text) -> "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}".formatted(INDEX));
		change(bad, "text in the manifest's place", (text) -> "nothing");
	}

	private static void change(Map<String, Spoil> bad, String name, UnaryOperator<String> change) {
		bad.put(name, (layout) -> layout.manifest(change.apply(layout.manifestText())));
	}

	private WrittenLayout layout() {
		return new WrittenLayout(this.folder.resolve("image"));
	}

	private Result push(WrittenLayout layout, String scanned, Tools tools) {
		return PushScriptTests.push(this.folder, tools)
			.with("LAYOUT", layout.folder())
			.with("DIGEST", "sha256:" + scanned)
			.run();
	}

	private static String check(String script) {
		return script.substring(script.indexOf(BEGIN), script.indexOf(END));
	}

	/** Makes a good layout bad. */
	private interface Spoil {

		void spoil(WrittenLayout layout) throws IOException;

	}

}
