package dev.imagefactory.rendering;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.Trigger;
import dev.imagefactory.source.GitRef;
import dev.imagefactory.source.InvalidValue;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class WorkflowRendererTests {

	private static JsonNode render(Run run) {
		return WorkflowRenderer.json(run, RunScenarios.site());
	}

	private static String parameter(JsonNode workflow, String name) {
		return StreamSupport.stream(workflow.at("/spec/arguments/parameters").spliterator(), false)
			.filter((parameter) -> parameter.path("name").asText().equals(name))
			.map((parameter) -> parameter.path("value").asText())
			.findFirst()
			.orElseThrow();
	}

	@ParameterizedTest
	@ValueSource(strings = { "v{{workflow.name}}", "v{{=sprig.b64dec('JChpZCk=')}}", "v}}x", "v$(id)" })
	void renderWhenTagCouldBecomeStructureIsRefusedByName(String tag) {
		assertThatExceptionOfType(Unrenderable.class).isThrownBy(() -> render(withRef(GitRef.tag(tag))))
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("ref"))
			.withMessageStartingWith("The run cannot become a Workflow: its ref contains");
	}

	@Test
	void renderWhenTeamIsAnothersIsRefused() {
		Site other = new Site("i", "example.azurecr.io", new Team(TeamName.of("search"), ImageName.of("payments"),
				ArgoIdentity.standard(), GatePolicy.standard(), List.of()));
		assertThatExceptionOfType(Unrenderable.class)
			.isThrownBy(() -> WorkflowRenderer.json(RunScenarios.release("v1"), other))
			.withMessageContaining("its team is payments, and it is rendered for search");
	}

	@Test
	void renderWhenImageIsOutsideTheTeamsPrefixIsRefused() {
		Site other = new Site("i", "example.azurecr.io", new Team(TeamName.of("payments"), ImageName.of("pay"),
				ArgoIdentity.standard(), GatePolicy.standard(), List.of()));
		assertThatExceptionOfType(Unrenderable.class)
			.isThrownBy(() -> WorkflowRenderer.json(RunScenarios.release("v1"), other))
			.withMessageContaining("payments/app is neither below pay nor named");
	}

	@ParameterizedTest
	@MethodSource("runs")
	void readWhenWrittenGivesTheSameRun(Run run) {
		assertThat(RunJson.read(RunJson.write(run))).isEqualTo(run);
		assertThat(RunJson.write(run)).doesNotContain("{{", "}}", "\n");
	}

	static List<Run> runs() {
		return List.copyOf(RunScenarios.all().values());
	}

	@Test
	void readWhenANewerVersionWroteMoreFieldsIgnoresThem() {
		Run run = RunScenarios.release("v1");
		String newer = RunJson.write(run).replaceFirst("\\{", "{\"later\":{\"x\":[1]},");
		assertThat(RunJson.read(newer)).isEqualTo(run);
		assertThatIllegalArgumentException().isThrownBy(() -> RunJson.read("null")).withMessageContaining("no run");
		assertThatIllegalArgumentException().isThrownBy(() -> RunJson.read("{}")).withMessageContaining("no run");
	}

	/**
	 * What git takes as a ref (git-check-ref-format), as JGit judges it too: rendered
	 * byte for byte, or refused; never anything in between.
	 */
	@Property(tries = 100_000)
	void renderWhenGitTakesARefCarriesItByteForByteOrRefusesIt(@ForAll("gitTags") String tag) {
		String ref = "refs/tags/" + tag;
		if (!Repository.isValidRefName(ref)) {
			return;
		}
		Optional<GitRef> parsed = parse(ref);
		boolean dangerous = ref.contains("{{") || ref.contains("}}") || ref.contains("$(");
		if (parsed.isEmpty()) {
			return;
		}
		try {
			JsonNode workflow = render(withRef(parsed.get()));
			assertThat(dangerous).as(ref).isFalse();
			assertThat(parameter(workflow, "ref").getBytes(StandardCharsets.UTF_8))
				.isEqualTo(ref.getBytes(StandardCharsets.UTF_8));
			assertThat(workflow.at("/metadata/annotations/image-factory.dev~1ref").asText()).isEqualTo(ref);
			assertThat(allTexts(workflow)).noneMatch((text) -> text.contains("{{") || text.contains("}}")
					|| text.contains("$(") || text.chars().anyMatch((one) -> one < ' ' && one != '\n'));
			workflow.at("/metadata/labels")
				.forEach(
						(label) -> assertThat(label.asText()).matches("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?"));
		}
		catch (Unrenderable ex) {
			assertThat(dangerous || ref.length() > ParameterSafety.LONGEST || hasUnprintable(ref)).as(ref).isTrue();
		}
	}

	private static boolean hasUnprintable(String text) {
		return text.codePoints()
			.anyMatch((point) -> List
				.of((int) Character.CONTROL, (int) Character.SURROGATE, (int) Character.LINE_SEPARATOR,
						(int) Character.PARAGRAPH_SEPARATOR)
				.contains(Character.getType(point)));
	}

	private static List<String> allTexts(JsonNode node) {
		return node.isValueNode() ? List.of(node.asText())
				: StreamSupport.stream(node.spliterator(), false).flatMap((child) -> allTexts(child).stream()).toList();
	}

	/** Pieces that mean something to shells, Argo, Kubernetes, YAML or JSON. */
	@Provide
	Arbitrary<String> gitTags() {
		Arbitrary<String> pieces = Arbitraries.of("v1", ".", "-", "_", "/", "{{", "}}", "{", "}", "$(", "$", ")", "(",
				"'", "\"", "`", ";", "|", "&", "<", ">", "#", "%", "=", "+", ",", "!", "@", "@{", "{{=1}}", "é", "漢",
				"\u2028", "\ud83d\ude00", "&&", "--", "sprig", "workflow.name", "\\", "\u0001", "\u007f", "\u0085");
		Arbitrary<String> any = Arbitraries.strings().withCharRange(' ', '\u2fff').ofMinLength(1).ofMaxLength(12);
		return Arbitraries.frequencyOf(Tuple.of(5, pieces), Tuple.of(1, any))
			.list()
			.ofMinSize(1)
			.ofMaxSize(9)
			.map((parts) -> String.join("", parts));
	}

	private static Optional<GitRef> parse(String ref) {
		try {
			return Optional.of(GitRef.of(ref));
		}
		catch (InvalidValue ex) {
			return Optional.empty();
		}
	}

	private static Run withRef(GitRef ref) {
		Run base = RunScenarios.release("v1");
		OrderKey key = base.order().key();
		BuildOrder order = base.order();
		OrderKey changed = new OrderKey(key.repository(), Trigger.RELEASE, ref, key.commit(), key.image(),
				key.request());
		return new Run(base.build(), base.attempt(),
				new BuildOrder(order.id(), changed, order.repository(), order.team(), order.origin(), order.missed(),
						order.delivery(), order.recipe(), order.createdAt()),
				base.tags(), base.cloneUrl(), base.sourceUrl(), base.buildUrl(), base.limits());
	}

	@Test
	void renderWhenBuildIsOneOfManyOrdersKeepsEachValueInItsOwnParameter() {
		JsonNode workflow = render(RunScenarios.all().get("strict-gate"));
		assertThat(Map.of("context", parameter(workflow, "context"), "dockerfile", parameter(workflow, "dockerfile"),
				"severities", parameter(workflow, "severities"), "waivers", parameter(workflow, "waivers-config-map")))
			.containsExactlyInAnyOrderEntriesOf(
					Map.of("context", "services/app", "dockerfile", "services/app/Dockerfile.prod", "severities",
							"UNKNOWN\nLOW\nMEDIUM\nHIGH\nCRITICAL", "waivers", "payments-waivers"));
	}

}
