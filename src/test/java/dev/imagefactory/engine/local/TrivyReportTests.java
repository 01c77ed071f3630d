package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.GatePolicy.EndOfLife;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class TrivyReportTests {

	private static final String REPORT = """
			{"SchemaVersion": 2, "CreatedAt": "2026-03-01T12:00:00Z", "ArtifactName": "layout@sha256:1",
			 "Metadata": {"Size": 1, "OS": {"Family": "alpine", "Name": "3.12", "EOSL": true}, "DiffIDs": []},
			 "Results": [
			  {"Target": "layout (alpine 3.12)", "Class": "os-pkgs", "Type": "alpine", "Vulnerabilities": [
			   {"VulnerabilityID": "CVE-2026-1", "PkgName": "openssl", "PkgIdentifier": {"PURL": "pkg:apk/openssl"},
			    "InstalledVersion": "3.0.1", "FixedVersion": "3.0.2", "Status": "fixed", "Severity": "HIGH",
			    "PrimaryURL": "https://avd.example.com/CVE-2026-1", "Title": "t", "Layer": {"DiffID": "sha256:2"}},
			   {"VulnerabilityID": "CVE-2026-2", "PkgName": "zlib", "InstalledVersion": "1.2", "Status": "affected",
			    "Severity": "CRITICAL", "PrimaryURL": "javascript:alert(1)"}]},
			  {"Target": "app.jar", "Class": "lang-pkgs", "Type": "jar"},
			  {"Target": "go.mod", "Class": "lang-pkgs", "Type": "gomod", "Vulnerabilities": [
			   {"VulnerabilityID": "CVE-2026-3", "PkgName": "a", "InstalledVersion": "1", "FixedVersion": "2",
			    "Status": "will_not_fix", "Severity": "HIGH"},
			   {"VulnerabilityID": "CVE-2026-4", "PkgName": "b", "InstalledVersion": "1", "FixedVersion": "2",
			    "Status": "fixed"}]}]}
			""";

	@Test
	void parseWhenReportIsWholeCountsEverySeverity() throws Exception {
		TrivyReport report = TrivyReport.parse(REPORT);
		assertThat(report.endOfLife()).isTrue();
		assertThat(report.counts()).containsEntry(Severity.CRITICAL, 1)
			.containsEntry(Severity.HIGH, 2)
			.containsEntry(Severity.MEDIUM, 0)
			.containsEntry(Severity.UNKNOWN, 1);
	}

	@Test
	void fixableWhenSomeAreFixedListsThemWorstFirst() throws Exception {
		assertThat(TrivyReport.parse(REPORT).fixable()).containsExactly(
				new Finding("CVE-2026-1", "openssl", "3.0.1", "3.0.2", Severity.HIGH,
						"https://avd.example.com/CVE-2026-1"),
				new Finding("CVE-2026-4", "b", "1", "2", Severity.UNKNOWN, null));
	}

	@Test
	void stoppingWhenPolicyIgnoresUnfixedCountsFixedOnly() throws Exception {
		TrivyReport report = TrivyReport.parse(REPORT);
		assertThat(report.stopping(gate(true, Severity.HIGH, Severity.CRITICAL))).isEqualTo(1);
		assertThat(report.stopping(gate(false, Severity.HIGH, Severity.CRITICAL))).isEqualTo(3);
		assertThat(report.stopping(gate(true, Severity.CRITICAL))).isZero();
	}

	@Test
	void fixableWhenThereAreManyKeepsTheWorstFifty() throws Exception {
		String many = IntStream.range(0, 200)
			.mapToObj((number) -> """
					{"VulnerabilityID": "CVE-%d", "PkgName": "p", "InstalledVersion": "1", "Status": "fixed",
					 "FixedVersion": "2", "Severity": "%s"}""".formatted(number, (number < 150) ? "LOW" : "CRITICAL"))
			.collect(Collectors.joining(","));
		TrivyReport report = TrivyReport
			.parse("{\"SchemaVersion\": 2, \"Results\": [{\"Vulnerabilities\": [" + many + "]}]}");
		assertThat(report.fixable()).hasSize(50)
			.allSatisfy((finding) -> assertThat(finding.severity()).isEqualTo(Severity.CRITICAL));
		assertThat(report.counts()).containsEntry(Severity.LOW, 150);
	}

	@Test
	void parseWhenThereAreNoResultsIsAnEmptyReport() throws Exception {
		assertThat(TrivyReport.parse("{\"SchemaVersion\": 2}").vulnerabilities()).isEmpty();
		assertThat(TrivyReport.parse("{\"SchemaVersion\": 2, \"Results\": null}").vulnerabilities()).isEmpty();
	}

	@Test
	void parseWhenItIsNotAReportWeUnderstandRefuses() {
		for (String text : new String[] { "", "{", "[]", "null", "{}", "{\"SchemaVersion\": 3}",
				"{\"SchemaVersion\": 2, \"Results\": {}}",
				"{\"SchemaVersion\": 2, \"Results\": [{\"Vulnerabilities\": [{\"PkgName\": \"a\"}]}]}",
				"{\"SchemaVersion\": 2, \"Results\": [{\"Vulnerabilities\": [{\"VulnerabilityID\": \"C\", "
						+ "\"PkgName\": \"a\", \"Severity\": \"TERRIBLE\"}]}]}" }) {
			assertThatIOException().as(text).isThrownBy(() -> TrivyReport.parse(text));
		}
		assertThatIOException().isThrownBy(() -> TrivyReport.read(Path.of("/nowhere"))).withMessage("it is missing");
	}

	@Test
	void parseWhenTextsHaveControlCharactersOrAreLongTamesThem() throws IOException {
		String json = "{\"SchemaVersion\": 2, \"Results\": [{\"Vulnerabilities\": [{\"VulnerabilityID\": \"C\", "
				+ "\"PkgName\": \"a\\u001b[31m" + "x".repeat(1000) + "\"}]}]}";
		assertThat(TrivyReport.parse(json).vulnerabilities().getFirst().finding().packageName()).startsWith("a?[31mx")
			.hasSize(300);
	}

	private static GatePolicy gate(boolean ignoreUnfixed, Severity first, Severity... others) {
		return new GatePolicy(EnumSet.of(first, others), ignoreUnfixed, EndOfLife.WARN, null, false);
	}

}
