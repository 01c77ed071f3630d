package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

import dev.imagefactory.image.Digest;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.GatePolicy.EndOfLife;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Scans of real layouts by a program that stands in for Trivy. */
class TrivyScannerTests {

	private static final String FIXABLE_HIGH = "CVE-2026-1 openssl 3.0.1 3.0.2 HIGH\n";

	private static final String UNFIXED_CRITICAL = "CVE-2026-2 zlib 1.2 - CRITICAL\n";

	private static final String FIXABLE_LOW = "CVE-2026-3 bash 5.1 5.2 LOW\n";

	@TempDir
	Path folder;

	private final List<String> log = Collections.synchronizedList(new ArrayList<>());

	private final ChildCommands commands = new ChildCommands();

	private Path bin;

	@BeforeEach
	void plant() throws IOException {
		this.bin = this.folder.resolve("bin");
		TrivyStandIn.plant(this.bin);
	}

	@Test
	void scanWhenTrivyIsNotThereIsUnscanned() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		ScanSummary summary = scanner(new SearchPath("/nowhere")).scan(layout(), digest, GatePolicy.standard(),
				scratch(), this.commands, this.log::add);
		assertThat(summary).isEqualTo(ScanSummary.unscanned());
		assertThat(this.commands.seen).isEmpty();
	}

	@Test
	void scanWhenImageIsCleanPasses() throws Exception {
		ScanSummary summary = scan(Map.of("hello.txt", "hello"), GatePolicy.standard());
		assertThat(summary.verdict()).isEqualTo(ScanVerdict.PASSED);
		assertThat(summary.counts()).containsEntry(Severity.HIGH, 0);
		assertThat(summary.database()).isEqualTo(Instant.parse("2026-03-01T06:12:45.123456789Z"));
	}

	@Test
	void scanWhenAFixableHighIsInTheImageRejects() throws Exception {
		ScanSummary summary = scan(Map.of("vulnerable.txt", FIXABLE_LOW + FIXABLE_HIGH + UNFIXED_CRITICAL),
				GatePolicy.standard());
		assertThat(summary.verdict()).isEqualTo(ScanVerdict.REJECTED);
		assertThat(summary.counts()).isEqualTo(Map.of(Severity.UNKNOWN, 0, Severity.LOW, 1, Severity.MEDIUM, 0,
				Severity.HIGH, 1, Severity.CRITICAL, 1));
		assertThat(summary.fixable()).extracting(Finding::id).containsExactly("CVE-2026-1", "CVE-2026-3");
		assertThat(this.log).anyMatch((line) -> line.contains("openssl") && line.contains("3.0.2"))
			.noneMatch((line) -> line.contains("zlib"));
	}

	@Test
	void scanWhenNothingCanBeFixedFollowsThePolicy() throws Exception {
		Map<String, String> files = Map.of("vulnerable.txt", UNFIXED_CRITICAL);
		assertThat(scan(files, gate(true, EndOfLife.WARN)).verdict()).isEqualTo(ScanVerdict.PASSED);
		assertThat(scan(files, gate(false, EndOfLife.WARN)).verdict()).isEqualTo(ScanVerdict.REJECTED);
	}

	@Test
	void scanWhenOnlyMilderFindingsAreThereCountsThemAndPasses() throws Exception {
		ScanSummary summary = scan(Map.of("vulnerable.txt", FIXABLE_LOW), GatePolicy.standard());
		assertThat(summary.verdict()).isEqualTo(ScanVerdict.PASSED);
		assertThat(summary.counts()).containsEntry(Severity.LOW, 1);
	}

	@Test
	void scanWhenSystemIsAtItsEndOfLifeFollowsThePolicy() throws Exception {
		Map<String, String> files = Map.of("end-of-life", "");
		assertThat(scan(files, gate(true, EndOfLife.WARN)).verdict()).isEqualTo(ScanVerdict.PASSED);
		assertThat(this.log).anyMatch((line) -> line.contains("no more security updates"));
		assertThat(scan(files, gate(true, EndOfLife.REJECT)).verdict()).isEqualTo(ScanVerdict.END_OF_LIFE);
	}

	@Test
	void scanWhenLayoutIsDamagedIsAScannerError() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		Files.writeString(SmallLayout.blob(layout(), digest), "{}");
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.SCANNER_ERROR);
		assertThat(this.log).anyMatch((line) -> line.contains("exit code 1"));
	}

	@Test
	void scanWhenReportAndExitCodeDisagreeIsAScannerError() throws Exception {
		Digest digest = image(Map.of("vulnerable.txt", FIXABLE_HIGH));
		Path real = Files.move(this.bin.resolve("trivy"), this.bin.resolve("real"));
		program("case \"$*\" in *table*) " + real + " \"$@\"; exit 0;; esac\nexec " + real + " \"$@\"");
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.SCANNER_ERROR);
		assertThat(this.log).anyMatch((line) -> line.startsWith("Scanner error") && line.contains("exit code 0"));
	}

	@Test
	void scanWhenReportIsNotJsonIsAScannerError() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		program("while [ $# -gt 0 ]; do [ \"$1\" = --output ] && echo '{\"Sche' > \"$2\"; shift; done; exit 0");
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.SCANNER_ERROR);
	}

	@Test
	void scanWhenScannerSaysNothingIsAScannerError() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		program("exit 0");
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.SCANNER_ERROR);
		program("exit 20");
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.SCANNER_ERROR);
	}

	@Test
	void scanWhenServiceHasSettingsPassesOnlyProxiesOn() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		Map<String, String> environment = Map.of("TRIVY_IGNORE_UNFIXED", "true", "https_proxy", "http://proxy:3128",
				"ADMIN_TOKEN", "secret");
		ScanSummary summary = new TrivyScanner(path(), this.folder.resolve("cache"), environment).scan(layout(), digest,
				GatePolicy.standard(), scratch(), this.commands, this.log::add);
		assertThat(summary.verdict()).isEqualTo(ScanVerdict.PASSED);
		assertThat(this.commands.seen).isNotEmpty()
			.allSatisfy((command) -> assertThat(command.environment()).containsOnlyKeys("PATH", "HOME", "TMPDIR",
					"LANG", "https_proxy"));
	}

	@Test
	void scanWhenRepeatedInTheSameScratchFolderWorksAgain() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.PASSED);
		assertThat(scanOf(digest).verdict()).isEqualTo(ScanVerdict.PASSED);
	}

	@Test
	void standInWhenFlagIsUnknownOrFolderIsNotEmptyFails() throws Exception {
		Digest digest = image(Map.of("a", "b"));
		Path empty = Files.createDirectory(this.folder.resolve("empty"));
		Path none = Files.createFile(this.folder.resolve("none"));
		List<String> good = List.of(this.bin.resolve("trivy").toString(), "image", "--input", layout() + "@" + digest,
				"--config", none.toString(), "--ignorefile", none.toString(), "--scanners", "vuln");
		assertThat(run(good, empty)).isZero();
		assertThat(run(good, this.folder)).isEqualTo(1);
		List<String> unknown = new ArrayList<>(good);
		unknown.add("--ignore-everything=true");
		assertThat(run(unknown, empty)).isEqualTo(1);
	}

	private int run(List<String> arguments, Path directory) throws Exception {
		return this.commands.run(new Command(arguments, Map.of("PATH", path().value()), directory), this.log::add);
	}

	private static GatePolicy gate(boolean ignoreUnfixed, EndOfLife endOfLife) {
		return new GatePolicy(EnumSet.of(Severity.HIGH, Severity.CRITICAL), ignoreUnfixed, endOfLife, null, false);
	}

	private ScanSummary scan(Map<String, String> files, GatePolicy gate) throws Exception {
		FileTrees.delete(layout());
		return scanner(path()).scan(layout(), image(files), gate, scratch(), this.commands, this.log::add);
	}

	private ScanSummary scanOf(Digest digest) throws Exception {
		return scanner(path()).scan(layout(), digest, GatePolicy.standard(), scratch(), this.commands, this.log::add);
	}

	private TrivyScanner scanner(SearchPath path) {
		return new TrivyScanner(path, this.folder.resolve("cache"), Map.of());
	}

	private Digest image(Map<String, String> files) throws IOException {
		return SmallLayout.write(layout(), files);
	}

	private SearchPath path() {
		return new SearchPath(this.bin + ":" + HostPrograms.PATH.value());
	}

	private void program(String script) throws IOException {
		Path program = this.bin.resolve("trivy");
		Files.deleteIfExists(program);
		Files.writeString(program, "#!/bin/sh\n" + script + "\n");
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private Path layout() {
		return this.folder.resolve("layout");
	}

	private Path scratch() {
		return this.folder.resolve("scratch");
	}

}
