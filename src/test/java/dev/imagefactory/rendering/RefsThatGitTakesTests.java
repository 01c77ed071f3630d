package dev.imagefactory.rendering;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.image.ReleaseTags;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.InvalidValue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import org.eclipse.jgit.lib.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What git takes as a ref (git-check-ref-format), as JGit judges it too: rendered byte
 * for byte, or refused; never anything in between.
 */
class RefsThatGitTakesTests {

	/** What Unicode calls characters that are not to be printed. */
	private static final Set<Integer> UNPRINTABLE = Set.of((int) Character.CONTROL, (int) Character.SURROGATE,
			(int) Character.LINE_SEPARATOR, (int) Character.PARAGRAPH_SEPARATOR);

	private static final Pattern NO_UNICODE = Pattern.compile("\\p{Cs}");

	private static final Pattern DESTINATION = Pattern
		.compile("example\\.azurecr\\.io/payments/app:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

	private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");

	private static final Site SITE = RunScenarios.site();

	/** A registry takes so many characters, and a byte becomes four at the most. */
	private static final int ALWAYS_A_TAG = 128 / 4;

	/** A hundred thousand refs, by the hundred: every processor takes some. */
	@Property(tries = 1000)
	@StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
	void renderWhenGitTakesARefCarriesItByteForByteOrRefusesIt(@ForAll("hundreds") List<String> refs) {
		refs.parallelStream().forEach(RefsThatGitTakesTests::assertCarriedOrRefused);
		refs.forEach((ref) -> Statistics.label("rendered").collect(!hasStructure(ref)).coverage((coverage) -> {
			coverage.check(true).percentage((percent) -> percent > 20);
			coverage.check(false).percentage((percent) -> percent > 20);
		}));
	}

	private static void assertCarriedOrRefused(String ref) {
		Optional<GitRef> parsed = parse(ref);
		assertThat(parsed.isEmpty()).as(ref).isEqualTo(NO_UNICODE.matcher(ref).find());
		Optional<JsonNode> workflow = parsed.flatMap(RefsThatGitTakesTests::render);
		assertThat(workflow.isEmpty()).as(ref).isEqualTo(hasStructure(ref));
		workflow.ifPresent((rendered) -> assertCarries(rendered, ref));
	}

	/**
	 * Said here again, so that the test does not ask the code under test; and not as a
	 * regular expression, which would take most of its time.
	 */
	private static boolean hasStructure(String text) {
		return text.contains("{{") || text.contains("}}") || text.contains("$(")
				|| text.codePoints().anyMatch((point) -> point < ' ' || point > '~' && isUnprintable(point));
	}

	private static boolean isUnprintable(int point) {
		return UNPRINTABLE.contains(Character.getType(point));
	}

	private static void assertCarries(JsonNode workflow, String ref) {
		assertThat(parameter(workflow, "ref").getBytes(StandardCharsets.UTF_8))
			.isEqualTo(ref.getBytes(StandardCharsets.UTF_8));
		assertThat(workflow.at("/metadata/annotations/image-factory.dev~1ref").asText()).isEqualTo(ref);
		assertThat(parameter(workflow, "labels").split("\n", -1)).hasSize(7)
			.contains("org.opencontainers.image.ref.name=" + ref.substring("refs/tags/".length()))
			.allMatch((label) -> label.startsWith("org.opencontainers.image.")
					|| label.startsWith("dev.imagefactory.build="));
		assertThat(parameter(workflow, "destinations").split("\n", -1)).hasSize(2)
			.allMatch((destination) -> DESTINATION.matcher(destination).matches());
		StringBuilder texts = new StringBuilder();
		addTexts(workflow, texts);
		assertThat(hasStructure(texts.toString())).as(ref).isFalse();
		workflow.at("/metadata/labels").forEach((label) -> assertThat(label.asText()).matches(LABEL));
	}

	private static Optional<GitRef> parse(String ref) {
		try {
			return Optional.of(GitRef.of(ref));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	private static Optional<JsonNode> render(GitRef ref) {
		try {
			Run run = RunScenarios.release(ref, List.of(tag(ref), ImageTag.sha(RunScenarios.COMMIT)));
			return Optional.of(WorkflowRenderer.json(run, SITE));
		}
		catch (Unrenderable ex) {
			assertThat(ex.field()).isEqualTo("ref");
			return Optional.empty();
		}
	}

	/**
	 * The tag that a release of the ref has; a name that is too long for one has none.
	 */
	private static ImageTag tag(GitRef ref) {
		try {
			return ReleaseTags.of(ref.shortName());
		}
		catch (InvalidValue ex) {
			assertThat(ref.shortName().getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(ALWAYS_A_TAG);
			return ImageTag.release("v1");
		}
	}

	private static String parameter(JsonNode workflow, String name) {
		return StreamSupport.stream(workflow.at("/spec/arguments/parameters").spliterator(), false)
			.filter((parameter) -> parameter.path("name").asText().equals(name))
			.map((parameter) -> parameter.path("value").asText())
			.findFirst()
			.orElseThrow();
	}

	/** Lists are a line each, in one text. */
	private static void addTexts(JsonNode node, StringBuilder texts) {
		if (node.isValueNode()) {
			texts.append(node.asText().replace('\n', ' ')).append(' ');
		}
		else {
			node.forEach((child) -> addTexts(child, texts));
		}
	}

	@Provide
	Arbitrary<List<String>> hundreds() {
		return gitRefs().list().ofSize(100);
	}

	/**
	 * Pieces that mean something to shells, Argo, Kubernetes, YAML or JSON. Half a
	 * surrogate pair is how a payload says what is no UTF-8: git takes any bytes.
	 */
	private static Arbitrary<String> gitRefs() {
		Arbitrary<String> pieces = Arbitraries.of("v1", ".", "-", "_", "/", "{{", "}}", "{", "}", "$(", "$", ")", "(",
				"'", "\"", "`", ";", "|", "&", "<", ">", "#", "%", "=", "+", ",", "!", "@", "{{=1}}", "\u00e9",
				"\u6f22", "\u2028", "\u2029", "\u0085", "\u009f", "\ud83d\ude00", "&&", "--", "sprig", "workflow.name",
				"_x2f", "\ud800", "\ude00");
		Arbitrary<String> any = Arbitraries.strings().withCharRange('!', '\uffff').ofMinLength(1).ofMaxLength(12);
		return Arbitraries.frequencyOf(Tuple.of(7, pieces), Tuple.of(1, any))
			.list()
			.ofMinSize(1)
			.ofMaxSize(9)
			.map((parts) -> "refs/tags/" + String.join("", parts))
			.filter(RefsThatGitTakesTests::isTakenByGit);
	}

	/** Git refuses {@code .lock} at the end of every component, JGit of the last one. */
	private static boolean isTakenByGit(String ref) {
		return Repository.isValidRefName(ref) && !ref.contains(".lock/");
	}

}
