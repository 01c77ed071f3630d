package dev.imagefactory.manifests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.engine.local.TrivyStandIn;
import dev.imagefactory.manifests.StepScript.Result;
import dev.imagefactory.manifests.StepScript.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The script of the scan step, with a program in Trivy's place that judges by what is in
 * the image.
 */
class ScanScriptTests {

	private static final String FIXABLE = "CVE-2026-0001 openssl 1.0 1.1 HIGH\n";

	private static final String UNFIXED = "CVE-2026-0002 zlib 1.0 - CRITICAL\n";

	private static final Map<String, String> OUTDATED = Map.of("end-of-life", "");

	@TempDir
	private Path folder;

	@ParameterizedTest
	@EnumSource
	void scanWhenNothingStopsTheImagePasses(Tools tools) throws IOException {
		WrittenLayout layout = layout(Map.of("vulnerable.txt", UNFIXED));
		Result result = scan(layout, tools).run();
		assertThat(result.exitCode()).as(result.said()).isZero();
		assertThat(output("digest")).containsExactly("sha256:" + layout.hex());
		assertThat(output("verdict")).containsExactly("passed");
		JsonNode summary = summary();
		assertThat(summary.path("databaseAt").asText()).isEqualTo("2026-03-01T06:12:45.123456789Z");
		assertThat(summary.path("endOfLife").isBoolean()).isTrue();
		assertThat(summary.path("counts").path("CRITICAL").asInt()).isEqualTo(1);
		assertThat(result.said()).as("the whole table").contains("CVE-2026-0002");
		assertThat(this.folder.resolve("report/report.json")).content().contains("CVE-2026-0002");
	}

	@ParameterizedTest
	@EnumSource
	void scanWhenAFindingHasAFixRejectsTheImage(Tools tools) throws IOException {
		Result result = scan(layout(Map.of("vulnerable.txt", FIXABLE + UNFIXED)), tools).run();
		assertThat(result.exitCode()).as(result.said()).isEqualTo(20);
		assertThat(output("verdict")).containsExactly("rejected");
		assertThat(summary().path("counts").path("HIGH").asInt()).isEqualTo(1);
	}

	@Test
	void scanWhenUnfixedFindingsCountRejectsTheImage() {
		StepScript script = scan(layout(Map.of("vulnerable.txt", UNFIXED)), Tools.SYSTEM);
		assertThat(script.with("IGNORE_UNFIXED", "false").run().exitCode()).isEqualTo(20);
		assertThat(script.with("SEVERITIES", "HIGH").run().exitCode()).isZero();
	}

	@Test
	void scanWhenSystemIsOutOfDateRejectsTheImageOnlyWhenAsked() throws IOException {
		StepScript script = scan(layout(OUTDATED), Tools.SYSTEM);
		assertThat(script.run().exitCode()).isZero();
		assertThat(output("verdict")).containsExactly("passed");
		assertThat(summary().path("endOfLife").asBoolean()).isTrue();
		assertThat(script.with("END_OF_LIFE", "reject").run().exitCode()).isEqualTo(21);
		assertThat(output("verdict")).containsExactly("end-of-life");
	}

	@Test
	void scanWhenThereIsNoPlainImageSaysSoWithItsOwnCode() {
		WrittenLayout layout = layout(Map.of());
		layout.index("");
		Result result = scan(layout, Tools.SYSTEM).run();
		assertThat(result.exitCode()).isEqualTo(22);
		assertThat(result.said()).contains("What was built is not one plain image.");
		assertThat(this.folder.resolve("outputs")).isEmptyDirectory();
	}

	@Test
	void scanWhenScannerFailsIsNoVerdict() {
		StepScript script = scan(layout(Map.of()), Tools.SYSTEM);
		for (int code : new int[] { 1, 2, 127, 137 }) {
			script.program("trivy", "echo FATAL; exit " + code + "\n");
			Result result = script.run();
			assertThat(result.exitCode()).isEqualTo(1);
			assertThat(this.folder.resolve("outputs/verdict")).doesNotExist();
			assertThat(output("digest")).hasSize(1);
		}
	}

	@Test
	void scanWhenScannerFailsAtItsVerdictIsNoVerdict() throws IOException {
		StepScript script = scan(layout(Map.of()), Tools.SYSTEM);
		String trivy = Files.readString(this.folder.resolve("bin/trivy"));
		script.program("trivy", "case $* in *--exit-code\\ 20*) exit 3 ;; esac\n" + trivy);
		assertThat(script.run().exitCode()).isEqualTo(1);
		assertThat(this.folder.resolve("outputs/verdict")).doesNotExist();
	}

	@Test
	void scanWhenFindingsAreWaivedPasses() throws IOException {
		StepScript script = scan(layout(Map.of("vulnerable.txt", FIXABLE)), Tools.SYSTEM);
		script.with("WAIVERS_CONFIG_MAP", "payments-waivers");
		Result without = script.run();
		assertThat(without.exitCode()).isEqualTo(20);
		assertThat(without.said()).contains("payments-waivers has no key trivyignore; nothing is waived");
		Path waivers = Files.createDirectories(this.folder.resolve("waivers"));
		Files.writeString(waivers.resolve("trivyignore"), "CVE-2026-0001\n");
		assertThat(script.run().exitCode()).isZero();
		Files.move(waivers.resolve("trivyignore"), waivers.resolve("trivyignore.yaml"));
		assertThat(script.run().exitCode()).isZero();
	}

	@Test
	void scanWhenADatabaseIsNamedUsesIt() throws IOException {
		Path baked = Files.createDirectories(this.folder.resolve("baked/db"));
		Files.writeString(baked.resolve("metadata.json"), "{\"Version\":2,\"UpdatedAt\":\"2026-01-01T00:00:00Z\"}");
		StepScript script = recorded(scan(layout(Map.of()), Tools.SYSTEM));
		script.with("BAKED_DATABASE", baked.getParent());
		assertThat(script.run().exitCode()).isZero();
		assertThat(summary().path("databaseAt").asText()).isEqualTo("2026-01-01T00:00:00Z");
		assertThat(calls()).filteredOn((call) -> call.startsWith("image"))
			.hasSize(2)
			.allMatch((call) -> call.contains("--skip-db-update --skip-java-db-update --offline-scan")
					|| call.contains("--skip-db-update --skip-java-db-update --ignore-unfixed --offline-scan"));
	}

	/** Trivy shows no table at all when it is not told what was looked for. */
	@Test
	void scanWhenNothingWasFoundShowsThatInATable() throws IOException {
		assertThat(recorded(scan(layout(Map.of()), Tools.SYSTEM)).run().exitCode()).isZero();
		assertThat(calls()).filteredOn((call) -> call.startsWith("convert --format table"))
			.singleElement()
			.asString()
			.contains(" --scanners vuln ");
	}

	@Test
	void scanWhenAMirrorIsNamedAsksThat() throws IOException {
		StepScript script = recorded(scan(layout(Map.of()), Tools.SYSTEM));
		script.with("DB_REPOSITORY", "mirror.example.com/trivy-db:2")
			.with("JAVA_DB_REPOSITORY", "mirror.example.com/trivy-java-db:1");
		assertThat(script.run().exitCode()).isZero();
		assertThat(calls().getFirst()).contains("--db-repository=mirror.example.com/trivy-db:2",
				"--java-db-repository=mirror.example.com/trivy-java-db:1");
		assertThat(calls().getLast()).contains("--skip-db-update");
	}

	@Test
	void scanWhenSeverityIsNoneDoesNotLookAtTheImage() {
		StepScript script = scan(layout(Map.of()), Tools.SYSTEM);
		for (String bad : new String[] { "", "high", "HIGH --exit-code 0", "HIGH,LOW", "HIGH\n*" }) {
			assertThat(script.with("SEVERITIES", bad).run().exitCode()).as(bad).isEqualTo(1);
			assertThat(this.folder.resolve("report/report.json")).doesNotExist();
		}
	}

	@Test
	void scanWhenAnEarlierTryLeftSomethingBeginsAnew() throws IOException {
		StepScript script = scan(layout(Map.of("vulnerable.txt", FIXABLE)), Tools.SYSTEM);
		assertThat(script.run().exitCode()).isEqualTo(20);
		Files.createSymbolicLink(Files.createDirectories(this.folder.resolve("report")).resolve("link"),
				this.folder.resolve("image"));
		Files.writeString(Files.createDirectories(this.folder.resolve("cache/fanal")).resolve("forged"), "clean");
		script.program("trivy", "exit 1\n");
		assertThat(script.run().exitCode()).isEqualTo(1);
		assertThat(this.folder.resolve("report")).isEmptyDirectory();
		assertThat(this.folder.resolve("image/index.json")).exists();
		assertThat(this.folder.resolve("cache")).as("what an image could inherit").isEmptyDirectory();
		assertThat(this.folder.resolve("outputs/verdict")).doesNotExist();
	}

	@Test
	void scanWhenScannerEndsWellAndSaysNothingIsNoVerdict() {
		Result result = scan(layout(Map.of()), Tools.SYSTEM).program("trivy", "exit 0\n").run();
		assertThat(result.exitCode()).isEqualTo(1);
		assertThat(result.said()).contains("The scanner left no report.");
		assertThat(this.folder.resolve("outputs/verdict")).doesNotExist();
	}

	/** The Workflow that it is stored in must stay below what etcd takes. */
	@Test
	void scanWhenItsSummaryIsLargerThanMayBeStoredIsNoVerdict() throws IOException {
		StepScript script = scan(layout(Map.of()), Tools.SYSTEM);
		String trivy = Files.readString(this.folder.resolve("bin/trivy"));
		Result result = script
			.program("trivy",
					"case \"$*\" in *summary.tpl*) head -c 16385 /dev/zero > \"$OUTPUTS/summary\"; exit 0 ;; esac\n"
							+ trivy)
			.run();
		assertThat(result.exitCode()).as(result.said()).isEqualTo(1);
		assertThat(result.said()).contains("The summary is too large.");
		assertThat(this.folder.resolve("outputs/verdict")).doesNotExist();
	}

	@Test
	void scanWhenItAsksTrivyTellsNobodyAndHasAnEndBeforeItsPod() throws IOException {
		assertThat(recorded(scan(layout(Map.of()), Tools.SYSTEM)).run().exitCode()).isZero();
		assertThat(calls()).hasSizeGreaterThan(3).allMatch((call) -> call.contains(" --timeout 25m"));
		assertThat(Manifests.steps().get("trivy-scan-v1").path("activeDeadlineSeconds").asInt()).isGreaterThan(25 * 60);
		assertThat(calls()).filteredOn((call) -> call.startsWith("image"))
			.hasSize(2)
			.allMatch((call) -> call.contains(" --skip-version-check --disable-telemetry "));
	}

	/** Trivy's templates are written in Go's language, whose blocks must be closed. */
	@Test
	void summaryWhenItsTemplateIsReadIsWellFormed() throws IOException {
		assertThat(scan(layout(Map.of()), Tools.BUSYBOX).run().exitCode()).isZero();
		String template = Files.readString(this.folder.resolve("work/summary.tpl"));
		assertThat(template).doesNotContain("[%", "%]");
		assertThat(template.split("\\{\\{", -1)).hasSameSizeAs(template.split("}}", -1));
		assertThat(count(template, "\\{\\{-? (?:range|if) ")).isEqualTo(count(template, "\\{\\{-? end "));
		assertThat(template).as("only as JSON Trivy's status says its name").contains("(toJson .Status)");
		String rest = template.replaceAll("\\{\\{.*?}}", "").replaceAll("\\s", "");
		assertThat(rest).isEqualTo("{\"databaseAt\":null,\"endOfLife\":,\"counts\":,\"fixable\":[]}");
	}

	private static int count(String text, String pattern) {
		return text.split(pattern, -1).length - 1;
	}

	private WrittenLayout layout(Map<String, String> files) {
		return WrittenLayout.of(this.folder.resolve("image"), files);
	}

	private StepScript scan(WrittenLayout layout, Tools tools) {
		try {
			TrivyStandIn.plant(this.folder.resolve("bin"));
			Files.createDirectories(this.folder.resolve("report"));
			Files.createDirectories(this.folder.resolve("cache"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return StepScript.of("trivy-scan-v1", this.folder, tools)
			.with("LAYOUT", layout.folder())
			.with("SEVERITIES", "HIGH\nCRITICAL")
			.with("IGNORE_UNFIXED", "true")
			.with("END_OF_LIFE", "warn")
			.with("WAIVERS_CONFIG_MAP", "")
			.with("WAIVERS", this.folder.resolve("waivers"))
			.with("REPORT", this.folder.resolve("report"))
			.with("OUTPUTS", this.folder.resolve("outputs"))
			.with("WORK", this.folder.resolve("work"))
			.with("CACHE", this.folder.resolve("cache"));
	}

	private StepScript recorded(StepScript script) throws IOException {
		String trivy = Files.readString(this.folder.resolve("bin/trivy"));
		return script.program("trivy", "echo \"$*\" >> \"$HOME/calls\"\n" + trivy);
	}

	private List<String> calls() {
		return Result.lines(this.folder.resolve("home/calls"));
	}

	private List<String> output(String name) {
		return Result.lines(this.folder.resolve("outputs").resolve(name));
	}

	private JsonNode summary() throws IOException {
		return new ObjectMapper().readTree(this.folder.resolve("outputs/summary").toFile());
	}

}
