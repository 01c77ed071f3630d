package dev.imagefactory.engine.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import org.jspecify.annotations.Nullable;

/**
 * What Trivy's JSON report says, counted by us: the scanner's exit code alone is not
 * believed.
 *
 * @param endOfLife whether the image's operating system gets no more updates
 * @param vulnerabilities all findings, as they stand in the report
 */
record TrivyReport(boolean endOfLife, List<Vulnerability> vulnerabilities) {

	/** A report of an image with many thousand findings has some 20 MB. */
	private static final long MOST_BYTES = 128L * 1024 * 1024;

	private static final int SCHEMA = 2;

	private static final int MOST_CHARACTERS = 300;

	private static final ObjectMapper JSON = new ObjectMapper();

	TrivyReport {
		vulnerabilities = List.copyOf(vulnerabilities);
	}

	/**
	 * Reads a report.
	 * @param file the report's file
	 * @return the report
	 * @throws IOException when it is missing, too large, or not a report we understand
	 */
	static TrivyReport read(Path file) throws IOException {
		if (!Files.isRegularFile(file)) {
			throw new IOException("it is missing");
		}
		if (Files.size(file) > MOST_BYTES) {
			throw new IOException("it is larger than %d bytes".formatted(MOST_BYTES));
		}
		return of(JSON.readTree(file.toFile()));
	}

	/**
	 * Reads a report from text.
	 * @param json the report
	 * @return the report
	 * @throws IOException when it is not a report we understand
	 */
	static TrivyReport parse(String json) throws IOException {
		return of(JSON.readTree(json));
	}

	private static TrivyReport of(JsonNode root) throws IOException {
		if (root.path("SchemaVersion").asInt() != SCHEMA) {
			throw new IOException(
					"its SchemaVersion is '%s' and not %d".formatted(root.path("SchemaVersion").asText(), SCHEMA));
		}
		JsonNode results = root.path("Results");
		if (!results.isArray() && !results.isMissingNode() && !results.isNull()) {
			throw new IOException("its Results are not a list");
		}
		List<Vulnerability> found = new ArrayList<>();
		for (JsonNode result : results) {
			for (JsonNode vulnerability : result.path("Vulnerabilities")) {
				found.add(vulnerability(vulnerability));
			}
		}
		return new TrivyReport(root.at("/Metadata/OS/EOSL").asBoolean(false), found);
	}

	/**
	 * How many findings there are of each severity, fixable or not.
	 * @return a count for every severity
	 */
	Map<Severity, Integer> counts() {
		Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
		for (Severity severity : Severity.values()) {
			counts.put(severity, 0);
		}
		this.vulnerabilities.forEach((found) -> counts.merge(found.finding().severity(), 1, Integer::sum));
		return counts;
	}

	/**
	 * The findings that have a fix, worst first.
	 * @return at most {@link ScanSummary#MOST_FINDINGS}, in an order that does not depend
	 * on the report's
	 */
	List<Finding> fixable() {
		return this.vulnerabilities.stream()
			.filter(Vulnerability::fixed)
			.map(Vulnerability::finding)
			.sorted(Comparator.comparing(Finding::severity)
				.reversed()
				.thenComparing(Finding::id)
				.thenComparing(Finding::packageName)
				.thenComparing(Finding::installed))
			.limit(ScanSummary.MOST_FINDINGS)
			.toList();
	}

	/**
	 * How many findings stop the image.
	 * @param gate what stops an image
	 * @return the number of them
	 */
	long stopping(GatePolicy gate) {
		return this.vulnerabilities.stream()
			.filter((found) -> gate.severities().contains(found.finding().severity()))
			.filter((found) -> found.fixed() || !gate.ignoreUnfixed())
			.count();
	}

	private static Vulnerability vulnerability(JsonNode node) throws IOException {
		String id = text(node, "VulnerabilityID");
		String packageName = text(node, "PkgName");
		if (id == null || packageName == null) {
			throw new IOException("a vulnerability in it has no VulnerabilityID or no PkgName");
		}
		String installed = text(node, "InstalledVersion");
		Finding finding = new Finding(id, packageName, (installed != null) ? installed : "", text(node, "FixedVersion"),
				severity(node), link(node));
		return new Vulnerability(finding, "fixed".equals(text(node, "Status")));
	}

	private static Severity severity(JsonNode node) throws IOException {
		String name = node.path("Severity").asText(Severity.UNKNOWN.name());
		try {
			return Severity.valueOf(name);
		}
		catch (IllegalArgumentException ex) {
			throw new IOException("a vulnerability in it has severity '%s'".formatted(name), ex);
		}
	}

	private static @Nullable String link(JsonNode node) {
		String link = text(node, "PrimaryURL");
		return (link != null && link.startsWith("https://")) ? link : null;
	}

	/** Names come from the image's own files: they are data of a stranger. */
	private static @Nullable String text(JsonNode node, String field) {
		String text = node.path(field).asText("").replaceAll("\\p{Cntrl}", "?");
		if (text.isEmpty()) {
			return null;
		}
		return (text.length() > MOST_CHARACTERS) ? text.substring(0, MOST_CHARACTERS) : text;
	}

	/**
	 * A finding and whether it has a fix, in Trivy's own judgement.
	 *
	 * @param finding the finding
	 * @param fixed what {@code --ignore-unfixed} keeps
	 */
	record Vulnerability(Finding finding, boolean fixed) {

	}

}
