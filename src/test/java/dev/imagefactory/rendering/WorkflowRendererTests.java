package dev.imagefactory.rendering;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.source.GitRef;
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
		assertThatExceptionOfType(Unrenderable.class)
			.isThrownBy(() -> render(RunScenarios.release(GitRef.tag(tag), List.of(ImageTag.release("v1")))))
			.satisfies((ex) -> assertThat(ex.field()).isEqualTo("ref"))
			.withMessageStartingWith("The run cannot become a Workflow: its ref contains");
	}

	/** Planning judges the whole ref, so whatever it takes must fit here too. */
	@Test
	void renderWhenRefIsAsLongAsOneMayBeCarriesItInTheLabelToo() {
		GitRef ref = GitRef.branch("b".repeat(ParameterSafety.LONGEST - "refs/heads/".length()));
		assertThat(ParameterSafety.objectionTo(ref.value())).isEmpty();
		JsonNode workflow = render(RunScenarios.release(ref, List.of(ImageTag.dev())));
		assertThat(parameter(workflow, "ref")).isEqualTo(ref.value());
		assertThat(parameter(workflow, "labels").lines())
			.contains("org.opencontainers.image.ref.name=" + ref.shortName());
	}

	@Test
	void renderWhenImageAndTagAreAsLongAsTheyMayBeNamesTheDestination() {
		ImageName image = ImageName.of("payments/" + "a".repeat(191));
		ImageTag tag = ImageTag.release("v" + "1".repeat(127));
		JsonNode workflow = render(RunScenarios.named(image, tag));
		assertThat(parameter(workflow, "destinations")).isEqualTo("example.azurecr.io/" + image + ":" + tag);
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

	@Test
	void renderWhenATextCouldBecomeStructureIsRefusedByItsName() {
		for (String text : List.of("{{=1}}", "a}}", "$(id)", "a\nb", "a\u0001", "a\u0085", "a\u2028", "a\ud800")) {
			assertThat(refusedField(RunScenarios.built(text, "Dockerfile", "waivers"))).isEqualTo("context");
			assertThat(refusedField(RunScenarios.built("", text, "waivers"))).isEqualTo("dockerfile");
			assertThat(refusedField(RunScenarios.built("", "Dockerfile", text))).isEqualTo("waivers-config-map");
		}
	}

	/** Of what is structure, an address can hold only this. */
	@Test
	void renderWhenAnAddressCouldBecomeStructureIsRefusedByItsName() {
		URI usual = URI.create("https://github.com/Acme/app");
		URI hostile = URI.create("https://github.com/Acme/$(id)");
		assertThat(refusedField(RunScenarios.addressed(hostile, usual, usual))).isEqualTo("clone-url");
		assertThat(refusedField(RunScenarios.addressed(usual, hostile, usual))).isEqualTo("labels");
		assertThat(refusedField(RunScenarios.addressed(usual, usual, hostile))).isEqualTo("labels");
	}

	private static String refusedField(Run run) {
		try {
			return "none of " + render(run);
		}
		catch (Unrenderable ex) {
			return ex.field();
		}
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
