package dev.imagefactory.rendering;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rendered Workflows, compared with the files beside the tests' resources. To write them
 * anew: {@code mvn test -Dtest=WorkflowGoldenTests -Dgolden.refresh=true}, and read the
 * difference.
 */
class WorkflowGoldenTests {

	private static final Path FOLDER = Path.of("src/test/resources/dev/imagefactory/rendering");

	private static final ObjectMapper JSON = new ObjectMapper();

	/**
	 * Argo Workflows, "Workflow Restrictions": what a submission may say under Strict.
	 */
	private static final Set<String> STRICT = Set.of("arguments", "suspend", "workflowTemplateRef");

	static Stream<String> scenarios() {
		return RunScenarios.all().keySet().stream();
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void renderWhenScenarioIsAsItsFileSaysIsEqual(String scenario) throws IOException {
		String rendered = yaml(rendered(scenario));
		Path file = FOLDER.resolve(scenario + ".yaml");
		if (Boolean.getBoolean("golden.refresh")) {
			Files.writeString(file, rendered);
		}
		assertThat(rendered).isEqualTo(Files.readString(file));
	}

	@Test
	void filesWhenComparedWithScenariosAreNoneTooMany() throws IOException {
		try (Stream<Path> files = Files.list(FOLDER)) {
			assertThat(files.map((file) -> file.getFileName().toString().replace(".yaml", "")))
				.containsExactlyInAnyOrderElementsOf(RunScenarios.all().keySet());
		}
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void renderWhenControllerIsStrictSaysOnlyWhatItTakes(String scenario) {
		JsonNode workflow = rendered(scenario);
		assertThat(names(workflow)).containsExactlyInAnyOrder("apiVersion", "kind", "metadata", "spec");
		assertThat(names(workflow.path("metadata"))).containsExactlyInAnyOrder("name", "namespace", "labels",
				"annotations", "finalizers");
		assertThat(STRICT).containsAll(names(workflow.path("spec")));
		assertThat(workflow.toString()).as("no account is ever named")
			.doesNotContainIgnoringCase("serviceAccount")
			.doesNotContain("argo-sa");
	}

	@Test
	void renderWhenSuspendedSaysSo() {
		JsonNode workflow = JSON
			.valueToTree(WorkflowRenderer.render(RunScenarios.release("v1"), RunScenarios.site(), true).getSpec());
		assertThat(workflow.path("suspend").asBoolean()).isTrue();
		assertThat(rendered("release").path("spec").has("suspend")).isFalse();
	}

	@ParameterizedTest
	@MethodSource("scenarios")
	void renderWhenComparedWithArgosOwnSchemaHasNoUnknownField(String scenario) throws IOException {
		Path folder = Path.of(System.getenv().getOrDefault("ARGO_CRDS", "../shared/data/argo-crds"));
		Path file = folder.resolve("argoproj.io_workflows.yaml");
		Assumptions.assumeTrue(Files.exists(file),
				"Argo's CRDs are not here: let ARGO_CRDS name the folder with argoproj.io_workflows.yaml");
		LoaderOptions options = new LoaderOptions();
		options.setCodePointLimit(50_000_000);
		Map<String, Object> crd = new Yaml(new SafeConstructor(options)).load(Files.readString(file));
		JsonNode schema = JSON.valueToTree(crd).at("/spec/versions/0/schema/openAPIV3Schema");
		assertThat(schema.isObject()).isTrue();
		assertThat(unknown(rendered(scenario).path("spec"), schema.at("/properties/spec"), "spec")).isEmpty();
	}

	/** Fields of an object that the schema does not have, at any depth. */
	private static Set<String> unknown(JsonNode value, JsonNode schema, String path) {
		Set<String> unknown = new LinkedHashSet<>();
		if (schema.path("type").asText().equals("array")) {
			value.forEach((item) -> unknown.addAll(unknown(item, schema.path("items"), path + "[]")));
		}
		value.properties().forEach((field) -> {
			JsonNode known = schema.path("properties").path(field.getKey());
			if (known.isMissingNode() && !schema.has("additionalProperties")) {
				unknown.add(path + "." + field.getKey());
			}
			else {
				unknown.addAll(unknown(field.getValue(), known, path + "." + field.getKey()));
			}
		});
		return unknown;
	}

	private static List<String> names(JsonNode object) {
		return object.properties().stream().map(Map.Entry::getKey).toList();
	}

	private static JsonNode rendered(String scenario) {
		return WorkflowRenderer.json(RunScenarios.all().get(scenario), RunScenarios.site());
	}

	private static String yaml(JsonNode node) {
		DumperOptions options = new DumperOptions();
		options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
		options.setSplitLines(false);
		options.setIndicatorIndent(2);
		options.setIndentWithIndicator(true);
		return new Yaml(options).dump(JSON.convertValue(node, Map.class));
	}

}
