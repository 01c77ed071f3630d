package dev.imagefactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.imagefactory.build.StateName;
import dev.imagefactory.intake.DeliveryOutcome;
import dev.imagefactory.pipeline.ScanVerdict;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.pipeline.StepState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What the texts point at is there, and what they promise is in the code. */
class DocumentationTests {

	/** Files that are linked before they exist. */
	private static final Set<Path> AWAITED = Set.of();

	private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```");

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

	private static final Pattern TEST = Pattern.compile("`(\\w+Tests)#(\\w+)`");

	private static final Pattern REASON = Pattern
		.compile("(?:ofRepository|ofPlatform|[Ww]aiting|wait|[Ee]rrored|Failed|Hidden|Contradictory|existing|noted)"
				+ "\\((?:[^;\"]*?,)?\\s*\"([a-z]+(?:-[a-z]+)*)\"");

	private static final Pattern ROW_REASON = Pattern.compile("`([a-z]+(?:-[a-z]+)*)`");

	private static final Pattern CONSTANT = Pattern
		.compile("static final String ([A-Z_]+) = (\"[a-z]+(?:-[a-z]+)*\");");

	@Test
	void linksWhenFollowedLeadSomewhere() {
		List<String> broken = new ArrayList<>();
		for (Path text : texts()) {
			links(text).filter((link) -> !leadsSomewhere(text, link))
				.map((link) -> text + ": " + link)
				.forEach(broken::add);
		}
		assertThat(broken).as("links to nothing").isEmpty();
	}

	@Test
	void awaitedFilesWhenTheyHaveComeAreFound() {
		assertThat(AWAITED).as("remove from AWAITED what exists").allSatisfy((file) -> assertThat(file).doesNotExist());
	}

	@Test
	void documentsWhenNotInTheIndexAreFound() {
		Path index = Path.of("docs/README.md");
		Set<Path> listed = new TreeSet<>();
		links(index).map((link) -> target(index, link)).forEach(listed::add);
		assertThat(texts()).filteredOn((text) -> text.startsWith("docs") && !text.equals(index))
			.as("documents that docs/README.md does not list")
			.allMatch(listed::contains);
	}

	@Test
	void decisionsWhenReadHaveTheirFourParts() {
		assertThat(texts()).filteredOn((text) -> text.startsWith("docs/decisions"))
			.isNotEmpty()
			.allSatisfy((text) -> assertThat(read(text)).containsSubsequence("# ", "Status: ", "## Context",
					"## Decision", "## Invariants"));
	}

	@Test
	void readmeWhenReadBeginsWithTheTwoCommands() {
		String top = read(Path.of("README.md")).lines().limit(20).reduce("", (all, line) -> all + "\n" + line);
		assertThat(top).containsSubsequence("mvn -Pdemo spring-boot:run", "mvn verify", "JDK 21", "Maven 3.8.7", "git");
	}

	@Test
	void continuousIntegrationWhenReadRunsTheReadmesCommand() {
		Path script = Path.of(".ci/run");
		assertThat(script).isExecutable();
		assertThat(read(script)).endsWith("exec mvn -B verify\n");
	}

	/** Cluster tests run only where these are set. */
	@Test
	void continuousIntegrationWhenReadPreparesTheClusterTests() {
		assertThat(read(Path.of(".ci/run"))).containsSubsequence("prepare_cluster() {", "src/test/cluster/build.sh",
				"export CLUSTER_BIN=", "find_definitions() {", "export ARGO_CRDS",
				"\nprepare_cluster\nfind_definitions\nexec mvn");
		assertThat(Path.of("src/test/cluster/build.sh")).isExecutable();
	}

	@Test
	void nineWhenProvenOnARealNodeAreAllFilledIn() {
		String chapter = read(Path.of("docs/proof.md")).split("\n## On a real node\n")[1].split("\n## ")[0];
		List<String> rows = chapter.lines().filter((line) -> line.startsWith("| ")).skip(1).toList();
		assertThat(rows).hasSize(9)
			.allSatisfy((row) -> assertThat(row.split("\\|")).hasSize(6)
				.allSatisfy((cell) -> assertThat(cell.isEmpty() || !cell.isBlank()).isTrue()));
		assertThat(rows.stream().map((row) -> row.replaceAll(".*(build-[0-9a-hjkmnp-tv-z]{26}).*", "$1")))
			.doesNotHaveDuplicates();
		assertThat(chapter).contains("Kubernetes 1.", "Argo Workflows 4.0.10", "Kaniko 1.", "Trivy 0.", "commit ");
	}

	@Test
	void wordsWhenUsedInAnswersAreExplained() {
		String page = read(Path.of("docs/reference/states.md"));
		assertThat(Arrays.stream(StateName.values()).map(Enum::name)).allMatch((word) -> explains(page, word));
		assertThat(Arrays.stream(StepState.values()).map(Enum::name)).allMatch((word) -> explains(page, word));
		assertThat(Arrays.stream(Step.values()).map(Step::wireName)).allMatch((word) -> explains(page, word));
		assertThat(Arrays.stream(ScanVerdict.values()).map(ScanVerdict::wireName))
			.allMatch((word) -> explains(page, word));
		assertThat(Arrays.stream(DeliveryOutcome.values()).map(DeliveryOutcome::wireName))
			.allMatch((word) -> explains(page, word));
	}

	@Test
	void reasonsWhenGivenInTheCodeAreExplained() {
		String page = read(Path.of("docs/reference/states.md"));
		Set<String> reasons = new TreeSet<>();
		files(Path.of("app/src/main/java"), ".java").forEach((file) -> REASON.matcher(withoutConstants(read(file)))
			.results()
			.map((found) -> found.group(1))
			.forEach(reasons::add));
		assertThat(reasons).contains("tag-taken", "pod-lost", "quota", "name-taken", "nodes-offloaded", "tag-busy")
			.filteredOn((word) -> !explains(page, word))
			.as("reasons that docs/reference/states.md does not explain")
			.isEmpty();
	}

	/**
	 * The rows of the tables with reasons, so that none outlives the code that gave it.
	 */
	@Test
	void reasonsWhenExplainedAreGivenInTheCode() {
		String page = read(Path.of("docs/reference/states.md"));
		String tables = page.substring(page.indexOf("## Why a build is still queued"), page.indexOf("## Steps"));
		String code = files(Path.of("app/src/main/java"), ".java").stream()
			.map(DocumentationTests::read)
			.collect(Collectors.joining());
		List<String> explained = tables.lines()
			.filter((line) -> line.startsWith("| `"))
			.flatMap((line) -> ROW_REASON.matcher(line.replaceFirst("^(\\| `[A-Z_]+`)? ?(\\|[^|]*).*", "$2"))
				.results()
				.map((found) -> found.group(1)))
			.distinct()
			.toList();
		assertThat(explained).hasSizeGreaterThan(50)
			.filteredOn((word) -> !code.contains("\"" + word + "\""))
			.as("reasons in docs/reference/states.md that the code never gives")
			.isEmpty();
	}

	@Test
	void testsWhenNamedAsProofExist() {
		String proof = read(Path.of("docs/proof.md"));
		assertThat(TEST.matcher(proof).results()).allSatisfy((named) -> {
			List<Path> sources = files(Path.of("src/test/java"), "/" + named.group(1) + ".java");
			assertThat(sources).as(named.group()).hasSize(1);
			assertThat(read(sources.getFirst())).as(named.group()).contains("void " + named.group(2) + "(");
		});
	}

	private static String withoutConstants(String code) {
		String plain = code;
		for (MatchResult constant : CONSTANT.matcher(code).results().toList()) {
			plain = plain.replaceAll("\\b" + constant.group(1) + "\\b", constant.group(2));
		}
		return plain;
	}

	private static boolean explains(String page, String word) {
		return page.contains("`" + word + "`");
	}

	private static List<Path> texts() {
		List<Path> texts = new ArrayList<>(files(Path.of("docs"), ".md"));
		texts.addAll(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md"), Path.of("CHANGELOG.md")));
		return texts;
	}

	private static Stream<String> links(Path text) {
		String prose = FENCE.matcher(read(text)).replaceAll("");
		return LINK.matcher(prose)
			.results()
			.map((found) -> found.group(1))
			.filter((link) -> !link.matches("[a-z]+:.*"));
	}

	private static Path target(Path text, String link) {
		String path = link.replaceFirst("#.*", "");
		return path.isEmpty() ? text : text.resolveSibling(path).normalize();
	}

	private static boolean leadsSomewhere(Path text, String link) {
		Path target = target(text, link);
		if (!Files.exists(target)) {
			return AWAITED.contains(target);
		}
		return !link.contains("#") || anchors(target).contains(link.substring(link.indexOf('#') + 1));
	}

	/** The anchors that GitHub makes of headings. */
	private static Set<String> anchors(Path text) {
		Set<String> anchors = new TreeSet<>();
		for (MatchResult heading : HEADING.matcher(read(text)).results().toList()) {
			anchors.add(heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'));
		}
		return anchors;
	}

	private static List<Path> files(Path folder, String ending) {
		try (Stream<Path> files = Files.walk(folder)) {
			return files.filter((file) -> file.toString().endsWith(ending)).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
