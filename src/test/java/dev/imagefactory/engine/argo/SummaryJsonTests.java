package dev.imagefactory.engine.argo;

import java.time.Instant;
import java.util.Collections;
import java.util.stream.Stream;

import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.pipeline.Finding;
import dev.imagefactory.pipeline.ScanSummary;
import dev.imagefactory.pipeline.ScanVerdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The summary that a scan reports: read exactly, or not at all. */
class SummaryJsonTests {

	private static final String COUNTS = "{\"CRITICAL\":1,\"HIGH\":2,\"MEDIUM\":0,\"LOW\":0,\"UNKNOWN\":0}";

	private static final String FINDING = "{\"id\":\"CVE-2026-1\",\"package\":\"zlib\",\"installed\":\"1.0\",\"fixedIn\":\"1.1\",\"severity\":\"HIGH\",\"link\":\"https://avd.example/1\"}";

	private static final String GOOD = "{\"databaseAt\":\"2026-11-20T06:00:00.123456789Z\",\"endOfLife\":false,\"counts\":"
			+ COUNTS + ",\"fixable\":[" + FINDING + "]}";

	@Test
	void readWhenItIsAsAScanWritesItGivesAllOfIt() throws OutputRefused {
		ScanSummary summary = SummaryJson.read("summary", GOOD, ScanVerdict.REJECTED);
		assertThat(summary.verdict()).isEqualTo(ScanVerdict.REJECTED);
		assertThat(summary.counts()).containsEntry(Severity.CRITICAL, 1).containsEntry(Severity.HIGH, 2).hasSize(5);
		assertThat(summary.fixable())
			.containsExactly(new Finding("CVE-2026-1", "zlib", "1.0", "1.1", Severity.HIGH, "https://avd.example/1"));
		assertThat(summary.database()).isEqualTo(Instant.parse("2026-11-20T06:00:00.123456789Z"));
	}

	@Test
	void readWhenValuesAreAbsentHasNone() throws OutputRefused {
		String json = GOOD.replace("\"2026-11-20T06:00:00.123456789Z\"", "null")
			.replace("\"1.1\"", "\"\"")
			.replace("\"https://avd.example/1\"", "\"javascript:alert(1)\"");
		ScanSummary summary = SummaryJson.read("summary", json, ScanVerdict.PASSED);
		assertThat(summary.database()).isNull();
		assertThat(summary.fixable().getFirst().fixedIn()).isNull();
		assertThat(summary.fixable().getFirst().link()).isNull();
	}

	@Test
	void readWhenFindingsAreNotInOrderPutsTheWorstFirst() throws OutputRefused {
		String worse = FINDING.replace("HIGH", "CRITICAL");
		ScanSummary summary = SummaryJson.read("summary", GOOD.replace(FINDING, FINDING + "," + worse),
				ScanVerdict.PASSED);
		assertThat(summary.fixable()).extracting(Finding::severity).containsExactly(Severity.CRITICAL, Severity.HIGH);
	}

	@Test
	void readWhenNamesAreLongCutsThem() throws OutputRefused {
		ScanSummary summary = SummaryJson.read("summary", GOOD.replace("zlib", "z".repeat(400)), ScanVerdict.PASSED);
		assertThat(summary.fixable().getFirst().packageName()).hasSize(150);
	}

	static Stream<String> hostile() {
		return Stream.of("", "{", "[]", "null", "7", GOOD + "{}", GOOD + " x", GOOD.replace("\"endOfLife\":false,", ""),
				GOOD.replace("false", "\"false\""), GOOD.replace("{\"databaseAt\"", "{\"extra\":1,\"databaseAt\""),
				GOOD.replace("{\"databaseAt\"", "{\"endOfLife\":true,\"databaseAt\""),
				GOOD.replace("\"2026-11-20T06:00:00.123456789Z\"", "\"yesterday\""),
				GOOD.replace("\"2026-11-20T06:00:00.123456789Z\"", "12"),
				GOOD.replace("\"2026-11-20T06:00:00.123456789Z\"", "{}"), GOOD.replace("\"HIGH\":2", "\"HIGH\":-2"),
				GOOD.replace("\"HIGH\":2", "\"HIGH\":\"2\""), GOOD.replace("\"HIGH\":2", "\"HIGH\":99999999999"),
				GOOD.replace("\"HIGH\":2,", ""), GOOD.replace("\"HIGH\":2", "\"HIGH\":2,\"WORSE\":1"),
				GOOD.replace(COUNTS, "[]"), GOOD.replace("[" + FINDING + "]", "{}"),
				GOOD.replace(FINDING, String.join(",", Collections.nCopies(51, FINDING))),
				GOOD.replace("\"severity\":\"HIGH\"", "\"severity\":\"BAD\""), GOOD.replace("\"CVE-2026-1\"", "\"\""),
				GOOD.replace("\"CVE-2026-1\"", "[]"), GOOD.replace("\"package\":\"zlib\",", ""),
				GOOD.replace("zlib", "z\u0000lib"), GOOD.replace("zlib", "z\\u0000lib"),
				GOOD.replace("zlib", "z\\nlib"), GOOD.replace("zlib", "z\\u001b[31mlib"),
				GOOD.replace("zlib", "z".repeat(SummaryJson.MOST_CHARACTERS)), "[".repeat(60_000));
	}

	@ParameterizedTest
	@MethodSource("hostile")
	void readWhenItIsAnythingElseIsRefused(String json) {
		assertThatExceptionOfType(OutputRefused.class)
			.isThrownBy(() -> SummaryJson.read("summary", json, ScanVerdict.PASSED))
			.satisfies((refused) -> assertThat(refused.problem()).startsWith("the output 'summary' ")
				.hasSizeLessThan(300));
	}

	@Test
	void readWhenTheVerdictSaysOtherwiseIsRefused() {
		assertThatExceptionOfType(OutputRefused.class)
			.isThrownBy(() -> SummaryJson.read("summary", GOOD, ScanVerdict.END_OF_LIFE));
		String nothing = GOOD.replace("\"CRITICAL\":1,\"HIGH\":2", "\"CRITICAL\":0,\"HIGH\":0");
		assertThatExceptionOfType(OutputRefused.class)
			.isThrownBy(() -> SummaryJson.read("summary", nothing, ScanVerdict.REJECTED));
	}

}
