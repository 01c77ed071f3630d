package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.GatePolicy.EndOfLife;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import org.jspecify.annotations.Nullable;

/**
 * One scan. The first pass writes a report, which we count; the second is Trivy's own
 * gate, whose table is the step's log. Only when both say the same there is a verdict.
 */
final class TrivyScan {

	/** Trivy ends with 1 for every error, so what it finds gets numbers of its own. */
	private static final int FOUND = 20;

	private static final int OUT_OF_DATE = 21;

	private static final ObjectMapper JSON = new ObjectMapper();

	private final Path trivy;

	private final Path cache;

	private final Path empty;

	private final Path report;

	private final Path config;

	private final Path ignored;

	private final Map<String, String> environment;

	private final Commands commands;

	private final Consumer<String> log;

	/**
	 * Prepares a scan.
	 * @param trivy the program
	 * @param cache the folder of the vulnerability database
	 * @param folder a folder for this scan's files; absent before
	 * @param environment what Trivy gets besides its own folders
	 * @param commands how to run programs
	 * @param log receives lines for the step's log
	 * @throws IOException when a folder cannot be made
	 */
	TrivyScan(Path trivy, Path cache, Path folder, Map<String, String> environment, Commands commands,
			Consumer<String> log) throws IOException {
		this.trivy = trivy;
		this.cache = Files.createDirectories(cache);
		Files.createDirectories(folder);
		// Trivy obeys trivy.yaml and .trivyignore of the folder it runs in.
		this.empty = Files.createDirectory(folder.resolve("empty"));
		this.report = folder.resolve("report.json");
		this.config = Files.createFile(folder.resolve("trivy.yaml"));
		this.ignored = Files.createFile(folder.resolve("trivyignore"));
		this.environment = new TreeMap<>(environment);
		this.environment.put("HOME", Files.createDirectory(folder.resolve("home")).toString());
		this.environment.put("TMPDIR", Files.createDirectory(folder.resolve("tmp")).toString());
		this.commands = commands;
		this.log = log;
	}

	/**
	 * Scans an image and judges it.
	 * @param image the layout's folder, {@code @} and the manifest's digest
	 * @param gate what stops an image
	 * @return the summary; verdict passed, rejected or end-of-life
	 * @throws IOException when the scanner failed or contradicts its own report
	 * @throws InterruptedException when the run is stopped
	 */
	ScanSummary judge(String image, GatePolicy gate) throws IOException, InterruptedException {
		TrivyReport counted = report(image);
		int exitCode = run(gateArguments(image, gate), this.log);
		int expected = expected(counted, gate);
		if (exitCode != expected) {
			throw new IOException(
					"Trivy's gate ended with exit code %d, but its report asks for %d: %d finding(s) that stop the image"
						.formatted(exitCode, expected, counted.stopping(gate)));
		}
		if (counted.endOfLife() && gate.endOfLife() == EndOfLife.WARN) {
			this.log.accept("Note: the image's operating system gets no more security updates");
		}
		return new ScanSummary(verdict(exitCode), counted.counts(), counted.fixable(), database());
	}

	private TrivyReport report(String image) throws IOException, InterruptedException {
		List<String> arguments = new ArrayList<>(common(image));
		arguments.addAll(List.of("--format", "json", "--output", this.report.toString(), "--exit-code", "0"));
		int exitCode = run(arguments, this.log);
		if (exitCode != 0) {
			throw new IOException(
					"Trivy could not scan the image (exit code %d); its reason stands above".formatted(exitCode));
		}
		try {
			return TrivyReport.read(this.report);
		}
		catch (IOException ex) {
			throw new IOException("Trivy's report cannot be used: " + ex.getMessage(), ex);
		}
	}

	private List<String> gateArguments(String image, GatePolicy gate) {
		List<String> arguments = new ArrayList<>(common(image));
		// The same database as in the first pass, or the two could differ.
		arguments.addAll(List.of("--skip-db-update", "--skip-java-db-update", "--format", "table", "--severity",
				gate.severities().stream().sorted().map(Enum::name).collect(Collectors.joining(",")), "--exit-code",
				Integer.toString(FOUND)));
		if (gate.ignoreUnfixed()) {
			arguments.add("--ignore-unfixed");
		}
		if (gate.endOfLife() == EndOfLife.REJECT) {
			arguments.addAll(List.of("--exit-on-eol", Integer.toString(OUT_OF_DATE)));
		}
		return arguments;
	}

	/**
	 * The scan cache stays in memory: its keys are what an image says of itself, so that
	 * a forged image could inherit another's clean result.
	 */
	private List<String> common(String image) {
		return List.of("image", "--input", image, "--config", this.config.toString(), "--ignorefile",
				this.ignored.toString(), "--cache-dir", this.cache.toString(), "--cache-backend", "memory",
				"--scanners", "vuln", "--list-all-pkgs=false", "--skip-version-check", "--disable-telemetry",
				"--no-progress", "--timeout", "15m");
	}

	private static int expected(TrivyReport counted, GatePolicy gate) {
		// Trivy looks at the operating system first.
		if (counted.endOfLife() && gate.endOfLife() == EndOfLife.REJECT) {
			return OUT_OF_DATE;
		}
		return (counted.stopping(gate) > 0) ? FOUND : 0;
	}

	private static ScanVerdict verdict(int exitCode) {
		return switch (exitCode) {
			case 0 -> ScanVerdict.PASSED;
			case FOUND -> ScanVerdict.REJECTED;
			case OUT_OF_DATE -> ScanVerdict.END_OF_LIFE;
			default -> ScanVerdict.SCANNER_ERROR;
		};
	}

	/** Good to know, but no reason to doubt the scan when Trivy does not tell. */
	private @Nullable Instant database() throws IOException, InterruptedException {
		StringBuilder said = new StringBuilder();
		int exitCode = run(List.of("version", "--format", "json", "--cache-dir", this.cache.toString()),
				(line) -> said.append(line).append('\n'));
		if (exitCode != 0) {
			return null;
		}
		try {
			String updated = JSON.readTree(said.toString()).at("/VulnerabilityDB/UpdatedAt").asText();
			return OffsetDateTime.parse(updated).toInstant();
		}
		catch (JsonProcessingException | DateTimeException ex) {
			return null;
		}
	}

	private int run(List<String> arguments, Consumer<String> output) throws IOException, InterruptedException {
		List<String> all = new ArrayList<>(List.of(this.trivy.toString()));
		all.addAll(arguments);
		return this.commands.run(new Command(all, this.environment, this.empty), output);
	}

}
