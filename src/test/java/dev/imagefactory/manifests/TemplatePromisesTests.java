package dev.imagefactory.manifests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the installed templates promise, read from their files. */
class TemplatePromisesTests {

	private static final List<String> PUSHING = List.of("acr-push-v1", "image-retag-v1");

	private static final String IDENTITY = "azure.workload.identity/use";

	/** Parameters that come with settings which the service does not send yet. */
	private static final List<String> OPTIONAL = List.of("build-args", "target", "platform", "submodules", "lfs");

	/** Arguments between tasks; everything else that a tag may name is the Workflow's. */
	private static final Pattern TASKS = Pattern.compile("\\{\\{=?\\s*tasks\\.([a-z]+)\\.");

	static Stream<String> steps() {
		return Manifests.steps().keySet().stream();
	}

	@Test
	void installedWhenListedAreTheTemplatesOfThisContract() {
		assertThat(Manifests.workflowTemplates()).containsOnlyKeys("image-build-v1", "git-clone-v1", "kaniko-build-v1",
				"trivy-scan-v1", "acr-push-v1", "image-retag-v1");
		assertThat(Manifests.steps()).containsOnlyKeys("git-clone-v1", "kaniko-build-v1", "trivy-scan-v1",
				"acr-push-v1", "image-retag-v1");
	}

	@Test
	void pipelineWhenReadGoesOnOnlyAfterSuccess() {
		JsonNode tasks = pipeline();
		assertThat(Manifests.names(tasks)).containsExactly("clone", "build", "scan", "push");
		assertThat(Manifests.elements(tasks).map((task) -> task.path("depends").asText())).containsExactly("",
				"clone.Succeeded", "build.Succeeded", "scan.Succeeded");
		assertThat(Manifests.elements(tasks)).allSatisfy((task) -> assertThat(task.has("when") || task.has("continueOn")
				|| task.has("hooks") || task.has("onExit") || task.has("dependencies"))
			.isFalse());
		assertThat(Manifests.elements(tasks).map((task) -> task.at("/templateRef/name").asText()))
			.containsExactly("git-clone-v1", "kaniko-build-v1", "trivy-scan-v1", "acr-push-v1");
	}

	/** The translator finds steps by their display names. */
	@Test
	void retagWhenReadHasOneTaskThatIsNamedPush() {
		JsonNode retag = Manifests.workflowTemplates().get("image-retag-v1");
		assertThat(retag.at("/spec/entrypoint").asText()).isEqualTo("retag");
		assertThat(Manifests.names(retag.at("/spec/templates/0/dag/tasks"))).containsExactly("push");
		assertThat(retag.at("/spec/templates/0/dag/tasks/0/template").asText()).isEqualTo("push");
	}

	@Test
	void tasksWhenTheyGetArgumentsGiveEveryInputOfTheirTemplate() {
		assertThat(Manifests.elements(pipeline())).allSatisfy((task) -> {
			JsonNode step = Manifests.steps().get(task.at("/templateRef/name").asText());
			assertThat(task.at("/templateRef/template")).isEqualTo(step.path("name"));
			assertThat(Manifests.names(task.at("/arguments/parameters")))
				.containsExactlyInAnyOrderElementsOf(Manifests.names(step.at("/inputs/parameters")));
		});
	}

	/** A RUN instruction could have written whatever the build step says. */
	@Test
	void argumentsWhenReadNeverComeFromTheBuild() {
		Set<String> sources = new TreeSet<>();
		Manifests.workflowTemplates()
			.values()
			.forEach((object) -> TASKS.matcher(object.toString())
				.results()
				.forEach((found) -> sources.add(found.group(1))));
		assertThat(sources).containsExactly("clone", "scan");
		assertThat(Manifests.steps().get("kaniko-build-v1").has("outputs"))
			.as("an output of the build, which Argo's executor would read through a link into its own container")
			.isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "image-build-v1", "image-retag-v1" })
	void parametersWhenComparedWithWhatIsSentAreTheSame(String template) throws IOException {
		String scenario = template.equals("image-build-v1") ? "release" : "retag";
		JsonNode sent = Manifests.read(Path.of("src/test/resources/dev/imagefactory/rendering/" + scenario + ".yaml"))
			.getFirst();
		JsonNode taken = Manifests.workflowTemplates().get(template).at("/spec/arguments/parameters");
		assertThat(Manifests.elements(taken).filter((parameter) -> !parameter.has("value")))
			.extracting((parameter) -> parameter.path("name").asText())
			.containsExactlyInAnyOrderElementsOf(Manifests.names(sent.at("/spec/arguments/parameters")));
		assertThat(Manifests.elements(taken).filter((parameter) -> parameter.has("value")))
			.extracting((parameter) -> parameter.path("name").asText())
			.containsExactlyElementsOf(template.equals("image-build-v1") ? OPTIONAL : List.of());
	}

	@ParameterizedTest
	@MethodSource("steps")
	void identityWhenLookedForIsOnlyWhereSomethingIsPushed(String name) {
		JsonNode step = Manifests.steps().get(name);
		boolean pushes = PUSHING.contains(name);
		assertThat(step.at("/metadata/labels").path(IDENTITY).asText()).isEqualTo(pushes ? "true" : "");
		assertThat(step.path("serviceAccountName").asText().equals("argo-sa")).isEqualTo(pushes);
		assertThat(Manifests.workflowTemplates().get(name).at("/spec/podMetadata").isMissingNode()).isTrue();
	}

	@Test
	void buildWhenReadHoldsNothingWorthHaving() {
		JsonNode build = Manifests.steps().get("kaniko-build-v1");
		assertThat(build.path("automountServiceAccountToken").asBoolean(true)).isFalse();
		assertThat(build.toString()).doesNotContainIgnoringCase("secret")
			.doesNotContain("projected", "hostPath", "privileged", "csi");
		assertThat(Manifests.names(build.path("volumes"))).containsExactly("ca");
		assertThat(build.has("sidecars") || build.has("initContainers")).isFalse();
		JsonNode context = build.at("/script/securityContext");
		assertThat(context.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
		assertThat(Manifests.elements(context.at("/capabilities/add")).map(JsonNode::asText))
			.containsExactlyInAnyOrder("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "SETFCAP", "KILL");
		assertThat(build.at("/script/source").asText()).contains("--no-push --no-push-cache --credential-helpers= ");
	}

	@ParameterizedTest
	@MethodSource("steps")
	void stepsWhenReadKeepTheirTokensAway(String name) {
		JsonNode step = Manifests.steps().get(name);
		assertThat(step.path("automountServiceAccountToken").asText()).isEqualTo("false");
		assertThat(step.at("/executor/serviceAccountName").asText()).isEqualTo("image-executor");
		assertThat(step.path("podSpecPatch").asText()).isEqualTo("{\"enableServiceLinks\":false}");
	}

	@ParameterizedTest
	@MethodSource("steps")
	void stepsWhenReadHaveTheirAccountDeadlineResourcesAndRetries(String name) {
		JsonNode step = Manifests.steps().get(name);
		assertThat(step.path("serviceAccountName").asText()).isIn("image-clone", "image-build", "image-scan",
				"argo-sa");
		assertThat(step.path("activeDeadlineSeconds").asInt()).isBetween(1, 3600);
		JsonNode resources = step.at("/script/resources");
		assertThat(resources.path("requests").properties()).extracting(Map.Entry::getKey)
			.containsExactlyInAnyOrder("cpu", "memory", "ephemeral-storage");
		assertThat(resources.path("limits").properties()).extracting(Map.Entry::getKey)
			.containsExactlyInAnyOrder("memory", "ephemeral-storage");
		assertThat(step.at("/retryStrategy/limit").asInt()).isBetween(1, 2);
		assertThat(step.at("/retryStrategy/expression").asText()).contains("lastRetry.");
		assertThat(step.at("/retryStrategy/retryPolicy").asText()).isEqualTo("Always");
	}

	@Test
	void buildWhenItsPodIsLostIsTriedAgainAndNeverBecauseOfACodeAlone() {
		String expression = Manifests.steps().get("kaniko-build-v1").at("/retryStrategy/expression").asText();
		assertThat(expression).doesNotContain("exitCode")
			.contains("lastRetry.status == 'Error'", "contains 'node shutdown'",
					"startsWith 'main: Error (exit code 143)'", "startsWith 'main: Error (exit code 137)'");
	}

	@ParameterizedTest
	@MethodSource("steps")
	void stepsWhenReadHaveAWholeSecurityContext(String name) {
		JsonNode step = Manifests.steps().get(name);
		// A template's own takes the place of the Workflow's.
		assertThat(step.at("/securityContext/fsGroup").asInt()).isEqualTo(65532);
		assertThat(step.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
		JsonNode context = step.at("/script/securityContext");
		assertThat(context.at("/capabilities/drop").toString()).isEqualTo("[\"ALL\"]");
		if (!name.equals("kaniko-build-v1")) {
			assertThat(step.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
			assertThat(context.path("readOnlyRootFilesystem").asBoolean()).isTrue();
			assertThat(context.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
			assertThat(context.at("/capabilities").has("add")).isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("steps")
	void scriptsWhenReadAreConstant(String name) {
		JsonNode step = Manifests.steps().get(name);
		assertThat(step.at("/script/source").asText()).isNotBlank()
			.doesNotContain("{{", "eval ")
			.startsWith("# ")
			.contains("set -euf\n");
		assertThat(step.at("/script/command")).hasSize(1);
		assertThat(step.at("/script").has("args")).isFalse();
		assertThat(step.toString()).as("tags in places that decide what runs")
			.doesNotContainPattern(
					"\"(image|podSpecPatch|expression|serviceAccountName|mountPath|subPath)\":\"[^\"]*\\{\\{");
	}

	@Test
	void mountsWhenReadGiveEachStepWhatItNeeds() {
		assertThat(mounts("git-clone-v1")).containsExactly("src rw");
		assertThat(mounts("kaniko-build-v1")).containsExactly("src ro", "out rw");
		assertThat(mounts("trivy-scan-v1")).containsExactly("out ro", "report rw");
		assertThat(mounts("acr-push-v1")).containsExactly("out ro");
		assertThat(mounts("image-retag-v1")).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("steps")
	void volumesWhenReadAreDefinedAndOptional(String name) {
		JsonNode step = Manifests.steps().get(name);
		Set<String> used = new LinkedHashSet<>(Manifests.names(step.at("/script/volumeMounts")));
		used.remove("ws");
		assertThat(Manifests.names(step.path("volumes"))).containsExactlyInAnyOrderElementsOf(used);
		assertThat(Manifests.elements(step.path("volumes"))).allSatisfy((volume) -> assertThat(volume.has("emptyDir")
				|| volume.at("/secret/optional").asBoolean() || volume.at("/configMap/optional").asBoolean())
			.isTrue());
		assertThat(Manifests.elements(step.at("/script/env")).filter((variable) -> variable.has("valueFrom")))
			.allMatch((variable) -> variable.at("/valueFrom/configMapKeyRef/optional").asBoolean());
	}

	@Test
	void waiversWhenNoConfigMapIsNamedAreLookedForWhereNoneIs() {
		JsonNode volume = Manifests.elements(Manifests.steps().get("trivy-scan-v1").path("volumes"))
			.filter((candidate) -> candidate.path("name").asText().equals("waivers"))
			.findFirst()
			.orElseThrow();
		assertThat(volume.at("/configMap/name").asText())
			.isEqualTo("{{=inputs.parameters['waivers-config-map'] == '' ? 'image-factory-no-waivers' "
					+ ": inputs.parameters['waivers-config-map']}}");
	}

	@ParameterizedTest
	@MethodSource("steps")
	void outputsWhenTheirFileIsMissingHaveADefault(String name) {
		JsonNode outputs = Manifests.steps().get(name).at("/outputs/parameters");
		assertThat(Manifests.elements(outputs)).allSatisfy((output) -> {
			assertThat(output.at("/valueFrom").has("default")).isTrue();
			assertThat(output.at("/valueFrom/path").asText()).isEqualTo("/tmp/outputs/" + output.path("name").asText());
		});
	}

	@Test
	void outputsWhenListedAreThoseOfTheContract() {
		Map<String, JsonNode> steps = Manifests.steps();
		assertThat(Manifests.names(steps.get("git-clone-v1").at("/outputs/parameters"))).containsExactly("commit",
				"committed-at");
		assertThat(Manifests.names(steps.get("trivy-scan-v1").at("/outputs/parameters"))).containsExactly("digest",
				"verdict", "summary");
		assertThat(Manifests.names(steps.get("acr-push-v1").at("/outputs/parameters"))).containsExactly("digest",
				"pushed");
		assertThat(Manifests.names(steps.get("image-retag-v1").at("/outputs/parameters"))).containsExactly("digest",
				"pushed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "image-build-v1", "image-retag-v1" })
	void workflowsWhenOverLeaveNothingBehind(String name) {
		JsonNode spec = Manifests.workflowTemplates().get(name).path("spec");
		assertThat(spec.path("activeDeadlineSeconds").asInt()).isPositive();
		assertThat(spec.at("/podGC/strategy").asText()).isEqualTo("OnPodCompletion");
		assertThat(spec.at("/podGC/deleteDelayDuration").asText()).isEqualTo("10m");
		assertThat(spec.at("/ttlStrategy/secondsAfterCompletion").asInt()).isPositive();
		assertThat(spec.path("automountServiceAccountToken").asBoolean(true)).isFalse();
		assertThat(spec.at("/executor/serviceAccountName").asText()).isEqualTo("image-executor");
		assertThat(spec.path("serviceAccountName").asText()).isEqualTo("image-build");
		boolean builds = name.equals("image-build-v1");
		assertThat(spec.at("/volumeClaimGC/strategy").asText()).isEqualTo(builds ? "OnWorkflowCompletion" : "");
		assertThat(spec.at("/volumeClaimTemplates/0/metadata/name").asText()).isEqualTo(builds ? "ws" : "");
	}

	@ParameterizedTest
	@ValueSource(strings = { "image-build-v1", "git-clone-v1", "kaniko-build-v1", "trivy-scan-v1", "acr-push-v1",
			"image-retag-v1" })
	void templatesWhenComparedWithArgosOwnSchemaHaveNoUnknownField(String name) {
		Path folder = Path.of(System.getenv().getOrDefault("ARGO_CRDS", "../shared/data/argo-crds"));
		Path file = folder.resolve("argoproj.io_workflowtemplates.yaml");
		Assumptions.assumeTrue(Files.exists(file),
				"Argo's CRDs are not here: let ARGO_CRDS name the folder with argoproj.io_workflowtemplates.yaml");
		JsonNode schema = Manifests.read(file).getFirst().at("/spec/versions/0/schema/openAPIV3Schema");
		assertThat(schema.isObject()).isTrue();
		assertThat(unknown(Manifests.workflowTemplates().get(name).path("spec"), schema.at("/properties/spec"), "spec"))
			.isEmpty();
	}

	/** Fields of an object that the schema does not have, at any depth. */
	private static Set<String> unknown(JsonNode value, JsonNode schema, String path) {
		Set<String> unknown = new LinkedHashSet<>();
		if (value.isArray()) {
			value.forEach((item) -> unknown.addAll(unknown(item, schema.path("items"), path + "[]")));
		}
		value.properties().forEach((field) -> {
			JsonNode known = schema.path("properties").path(field.getKey());
			if (known.isMissingNode() && schema.has("additionalProperties")) {
				return;
			}
			if (known.isMissingNode()) {
				unknown.add(path + "." + field.getKey());
			}
			else {
				unknown.addAll(unknown(field.getValue(), known, path + "." + field.getKey()));
			}
		});
		return unknown;
	}

	private static List<String> mounts(String name) {
		return Manifests.elements(Manifests.steps().get(name).at("/script/volumeMounts"))
			.filter((mount) -> mount.path("name").asText().equals("ws"))
			.map((mount) -> mount.path("subPath").asText() + (mount.path("readOnly").asBoolean() ? " ro" : " rw"))
			.toList();
	}

	private static JsonNode pipeline() {
		return Manifests.workflowTemplates().get("image-build-v1").at("/spec/templates/0/dag/tasks");
	}

}
