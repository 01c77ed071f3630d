package dev.imagefactory.engine.argo;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.source.ShortText;
import org.jspecify.annotations.Nullable;

/**
 * Reads the summary that the scan reports. Nothing is guessed: a field too many, too few
 * or of another form refuses the whole, and then nothing is known of the image.
 */
final class SummaryJson {

	/** The template that writes it keeps to 16 KiB; more than this is something else. */
	static final int MOST_CHARACTERS = 64 * 1024;

	private static final int MOST_COUNTED = 1_000_000;

	private static final int LONGEST_NAME = 150;

	private static final int LONGEST_LINK = 300;

	private static final Set<String> FIELDS = Set.of("databaseAt", "endOfLife", "counts", "fixable");

	private static final Set<String> FINDING = Set.of("id", "package", "installed", "fixedIn", "severity", "link");

	private static final ObjectMapper JSON = JsonMapper.builder()
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private final String output;

	private SummaryJson(String output) {
		this.output = output;
	}

	/**
	 * Reads a summary.
	 * @param output the output's name
	 * @param json its value
	 * @param verdict what the scan comes to
	 * @return the summary
	 * @throws OutputRefused when it is anything but a summary
	 */
	static ScanSummary read(String output, String json, ScanVerdict verdict) throws OutputRefused {
		SummaryJson reader = new SummaryJson(output);
		if (json.length() > MOST_CHARACTERS) {
			throw reader.refused("is longer than %d characters".formatted(MOST_CHARACTERS));
		}
		try {
			return reader.summary(JSON.readTree(json), verdict);
		}
		catch (JsonProcessingException ex) {
			throw reader.refused("is no JSON");
		}
	}

	private ScanSummary summary(JsonNode root, ScanVerdict verdict) throws OutputRefused {
		requireFields(root, FIELDS, "it");
		JsonNode endOfLife = root.path("endOfLife");
		if (!endOfLife.isBoolean()) {
			throw refused("does not say whether the operating system is at its end of life");
		}
		if (verdict == ScanVerdict.END_OF_LIFE && !endOfLife.booleanValue()) {
			throw refused("says that the operating system is not at its end of life, and the verdict that it is");
		}
		Map<Severity, Integer> counts = counts(root.path("counts"));
		if (verdict == ScanVerdict.REJECTED && counts.values().stream().allMatch((count) -> count == 0)) {
			throw refused("counts no finding, and the verdict is that some stop the image");
		}
		return new ScanSummary(verdict, counts, fixable(root.path("fixable")), database(root.path("databaseAt")));
	}

	private Map<Severity, Integer> counts(JsonNode node) throws OutputRefused {
		Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
		for (Severity severity : Severity.values()) {
			JsonNode count = node.path(severity.name());
			if (!count.isInt() || count.intValue() < 0 || count.intValue() > MOST_COUNTED) {
				throw refused("has no count of severity " + severity);
			}
			counts.put(severity, count.intValue());
		}
		if (node.size() != counts.size()) {
			throw refused("counts a severity that there is not");
		}
		return counts;
	}

	private List<Finding> fixable(JsonNode node) throws OutputRefused {
		if (!node.isArray() || node.size() > ScanSummary.MOST_FINDINGS) {
			throw refused("has no list of at most %d fixable findings".formatted(ScanSummary.MOST_FINDINGS));
		}
		List<Finding> fixable = new ArrayList<>();
		for (JsonNode finding : node) {
			fixable.add(finding(finding));
		}
		fixable.sort(Comparator.comparing(Finding::severity).reversed());
		return fixable;
	}

	private Finding finding(JsonNode node) throws OutputRefused {
		requireFields(node, FINDING, "a finding");
		String id = name(node, "id");
		String packageName = name(node, "package");
		if (id.isEmpty() || packageName.isEmpty()) {
			throw refused("has a finding without id or package");
		}
		String fixedIn = name(node, "fixedIn");
		return new Finding(id, packageName, name(node, "installed"), fixedIn.isEmpty() ? null : fixedIn,
				severity(text(node, "severity")), link(text(node, "link")));
	}

	private Severity severity(String name) throws OutputRefused {
		try {
			return Severity.valueOf(name);
		}
		catch (IllegalArgumentException ex) {
			throw refused("has a finding of a severity that there is not");
		}
	}

	private static @Nullable String link(String link) {
		return (link.startsWith("https://") && link.length() <= LONGEST_LINK) ? link : null;
	}

	/** Trivy cannot always say how old its database is. */
	private @Nullable Instant database(JsonNode node) throws OutputRefused {
		if (!node.isNull() && !node.isTextual()) {
			throw refused("gives no time of the vulnerability database");
		}
		String time = node.isNull() ? "" : node.textValue();
		try {
			return time.isEmpty() ? null : OffsetDateTime.parse(time).toInstant();
		}
		catch (DateTimeException ex) {
			throw refused("gives no time of the vulnerability database");
		}
	}

	private String name(JsonNode node, String field) throws OutputRefused {
		return ShortText.of(text(node, field), LONGEST_NAME);
	}

	/** An absent value is written as nothing, in either of JSON's ways. */
	private String text(JsonNode node, String field) throws OutputRefused {
		JsonNode value = node.path(field);
		if (value.isNull()) {
			return "";
		}
		if (!value.isTextual()) {
			throw refused("has a finding whose %s is no text".formatted(field));
		}
		if (value.textValue().chars().anyMatch(Character::isISOControl)) {
			throw refused("has a finding with control characters in its " + field);
		}
		return value.textValue();
	}

	private void requireFields(JsonNode node, Set<String> fields, String what) throws OutputRefused {
		if (!node.isObject() || node.size() != fields.size() || !fields.stream().allMatch(node::has)) {
			throw refused("is not of the form that a scan writes: %s has to have %s".formatted(what,
					String.join(", ", fields.stream().sorted().toList())));
		}
	}

	private OutputRefused refused(String problem) {
		return new OutputRefused(this.output, problem);
	}

}
