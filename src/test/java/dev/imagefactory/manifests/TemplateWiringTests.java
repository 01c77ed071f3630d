package dev.imagefactory.manifests;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the steps' scripts are given in a pod: tests of the scripts put values and folders
 * of their own in the place of these.
 */
class TemplateWiringTests {

	private static final String COMMITTED_AT = "{{tasks.clone.outputs.parameters.committed-at}}";

	private static final String SCANNED = "{{tasks.scan.outputs.parameters.digest}}";

	/** What stands in the images themselves. */
	private static final Set<String> OF_IMAGES = Set.of("/kaniko/ssl/certs", "/etc/ssl/certs",
			"/etc/ssl/certs/ca-certificates.crt", "/dev/null");

	/** Where the folders lie that scripts are told of. */
	private static final Map<String, String> PLACES = Map.ofEntries(Map.entry("SOURCE", "ws/src"),
			Map.entry("OUT", "ws/out"), Map.entry("LAYOUT", "ws/out"), Map.entry("REPORT", "ws/report"),
			Map.entry("OUTPUTS", "scratch"), Map.entry("WORK", "scratch"), Map.entry("HOME", "scratch"),
			Map.entry("BUILDER_OUTPUT", "scratch"), Map.entry("CACHE", "cache"),
			Map.entry("CREDENTIALS", "credentials"), Map.entry("DOCKER_CONFIG", "registry"),
			Map.entry("WAIVERS", "waivers"), Map.entry("CA_FOLDER", "ca"), Map.entry("SSL_CERT_DIR", "ca"));

	/** How scripts end with a code of ours, and with a verdict of Trivy's. */
	private static final Pattern REFUSALS = Pattern.compile("refuse (\\d+)|\\b(\\d+)\\) verdict=");

	static Stream<String> steps() {
		return Manifests.steps().keySet().stream();
	}

	@ParameterizedTest
	@ValueSource(strings = { "image-build-v1", "image-retag-v1" })
	void argumentsWhenGivenToATaskAreTheWorkflowsOfTheSameName(String template) {
		JsonNode workflow = Manifests.workflowTemplates().get(template);
		String entrypoint = workflow.at("/spec/entrypoint").asText();
		JsonNode pipeline = Manifests.elements(workflow.at("/spec/templates"))
			.filter((candidate) -> candidate.path("name").asText().equals(entrypoint))
			.findFirst()
			.orElseThrow();
		Map<String, String> others = new TreeMap<>();
		pipeline.at("/dag/tasks").forEach((task) -> task.at("/arguments/parameters").forEach((argument) -> {
			String name = argument.path("name").asText();
			if (!argument.path("value").asText().equals("{{workflow.parameters." + name + "}}")) {
				others.put(task.path("name").asText() + " " + name, argument.path("value").asText());
			}
		}));
		assertThat(others).isEqualTo(template.equals("image-build-v1")
				? Map.of("build committed-at", COMMITTED_AT, "push digest", SCANNED) : Map.of());
	}

	/** An empty build context is one that stands at the root. */
	@ParameterizedTest
	@MethodSource("steps")
	void environmentWhenReadCarriesEachParameterOnceUnderItsName(String name) {
		JsonNode step = Manifests.steps().get(name);
		Map<String, String> carried = new TreeMap<>();
		step.at("/script/env").forEach((variable) -> {
			if (variable.path("value").asText().contains("{{")) {
				carried.put(variable.path("name").asText(), variable.path("value").asText());
			}
		});
		assertThat(carried).isEqualTo(Manifests.names(step.at("/inputs/parameters"))
			.stream()
			.collect(Collectors.toMap(TemplateWiringTests::variable, "{{inputs.parameters.%s}}"::formatted)));
	}

	private static String variable(String parameter) {
		return parameter.equals("context") ? "BUILD_CONTEXT" : parameter.toUpperCase(Locale.ROOT).replace('-', '_');
	}

	/** Everywhere else a value could decide what runs. */
	@ParameterizedTest
	@MethodSource("steps")
	void tagsWhenLookedForStandInTheEnvironmentAlone(String name) {
		Set<String> places = new TreeSet<>();
		places(Manifests.steps().get(name), "", places);
		places.removeIf((place) -> place.matches("/script/env/[0-9]+/value"));
		assertThat(places).isEqualTo(switch (name) {
			case "git-clone-v1" -> Set.of("/volumes/1/secret/secretName");
			case "trivy-scan-v1" -> Set.of("/volumes/2/configMap/name");
			default -> Set.of();
		});
	}

	private static void places(JsonNode value, String path, Set<String> places) {
		if (value.asText().contains("{{") || value.asText().contains("}}")) {
			places.add(path);
		}
		for (int i = 0; value.isArray() && i < value.size(); i++) {
			places(value.get(i), path + "/" + i, places);
		}
		value.properties().forEach((field) -> places(field.getValue(), path + "/" + field.getKey(), places));
	}

	@ParameterizedTest
	@MethodSource("steps")
	void foldersWhenTheScriptIsToldOfThemLieOnTheMountsThatHoldThem(String name) {
		JsonNode step = Manifests.steps().get(name);
		Map<String, String> mounts = new LinkedHashMap<>();
		step.at("/script/volumeMounts")
			.forEach((mount) -> mounts.put(mount.path("mountPath").asText(),
					mount.path("name").asText() + (mount.has("subPath") ? "/" + mount.path("subPath").asText() : "")));
		assertThat(mounts).as("no mount hides another").hasSameSizeAs(step.at("/script/volumeMounts"));
		step.at("/script/env").forEach((variable) -> {
			List<String> folders = Stream.of(variable.path("value").asText().split(":"))
				.filter((folder) -> folder.startsWith("/") && !OF_IMAGES.contains(folder))
				.toList();
			assertThat(folders.isEmpty()).as("%s", variable)
				.isNotEqualTo(PLACES.containsKey(variable.path("name").asText()));
			assertThat(folders).as("%s", variable)
				.allSatisfy((folder) -> assertThat(mounts.entrySet()
					.stream()
					.filter((mount) -> (folder + "/").startsWith(mount.getKey() + "/"))
					.map(Map.Entry::getValue)).as(folder).containsExactly(PLACES.get(variable.path("name").asText())));
		});
		assertThat(Manifests.names(step.at("/script/env"))).as("what trusts the authority of image-factory-ca")
			.containsAnyOf("SSL_CERT_DIR", "CA_FOLDER");
		assertThat(Manifests.names(step.at("/script/env")).contains("DOCKER_CONFIG")).as("who may push")
			.isEqualTo(List.of("acr-push-v1", "image-retag-v1").contains(name));
	}

	@ParameterizedTest
	@MethodSource("steps")
	void volumesWhenReadAreOfTheDocumentedNamesAndBounded(String name) {
		JsonNode step = Manifests.steps().get(name);
		step.path("volumes").forEach((volume) -> {
			String source = volume.at("/secret/secretName").asText() + volume.at("/configMap/name").asText();
			assertThat(source).isEqualTo(switch (volume.path("name").asText()) {
				case "credentials" -> "{{workflow.name}}-git";
				case "registry" -> "image-push-registry";
				case "ca" -> "image-factory-ca";
				case "waivers" -> "{{=inputs.parameters['waivers-config-map'] == '' ? 'image-factory-no-waivers' "
						+ ": inputs.parameters['waivers-config-map']}}";
				default -> "";
			});
			if (source.isEmpty()) {
				assertThat(volume.at("/emptyDir/sizeLimit").asText()).as("%s", volume).matches("[0-9]+[MG]i");
			}
		});
		assertThat(Manifests.elements(step.at("/script/volumeMounts"))).allSatisfy((mount) -> {
			boolean isOfOthers = List.of("credentials", "registry", "ca", "waivers")
				.contains(mount.path("name").asText());
			assertThat(mount.path("readOnly").asBoolean() || !isOfOthers).as("%s", mount).isTrue();
		});
		assertThat(Manifests.names(step.path("volumes"))).as("who is given a secret")
			.satisfies((volumes) -> assertThat(volumes.contains("credentials")).isEqualTo(name.equals("git-clone-v1")))
			.satisfies((volumes) -> assertThat(volumes.contains("registry"))
				.isEqualTo(List.of("acr-push-v1", "image-retag-v1").contains(name)));
	}

	/** Kubernetes reads a secret's items by their keys. */
	@Test
	void secretsWhenMountedHaveTheFilesThatAreReadThere() {
		JsonNode clone = Manifests.steps().get("git-clone-v1");
		assertThat(values(clone)).containsEntry("CREDENTIALS", "/etc/image-factory/git/authorization");
		assertThat(volume(clone, "credentials").has("items")).as("its keys are the files").isFalse();
		for (String pushing : List.of("acr-push-v1", "image-retag-v1")) {
			assertThat(volume(Manifests.steps().get(pushing), "registry").path("items"))
				.hasToString("[{\"key\":\".dockerconfigjson\",\"path\":\"config.json\"}]");
		}
	}

	private static JsonNode volume(JsonNode step, String name) {
		return Manifests.elements(step.path("volumes"))
			.filter((volume) -> volume.path("name").asText().equals(name))
			.findFirst()
			.orElseThrow()
			.path("secret");
	}

	@Test
	void settingsWhenReadFromConfigMapsAreThoseOfTheDocumentation() {
		Map<String, String> settings = new TreeMap<>();
		Manifests.steps().values().forEach((step) -> step.at("/script/env").forEach((variable) -> {
			JsonNode key = variable.at("/valueFrom/configMapKeyRef");
			if (variable.has("valueFrom")) {
				settings.put(variable.path("name").asText(),
						key.path("name").asText() + " " + key.path("key").asText());
			}
		}));
		assertThat(settings).isEqualTo(Map.of("REGISTRY_MAP", "image-factory-build registry-map", "DB_REPOSITORY",
				"image-factory-scan db-repository", "JAVA_DB_REPOSITORY", "image-factory-scan java-db-repository",
				"BAKED_DATABASE", "image-factory-scan baked-database"));
	}

	/** Only what is encrypted, and nothing that git is told elsewhere. */
	@Test
	void cloneWhenReadLeavesGitNoOtherWay() {
		assertThat(values(Manifests.steps().get("git-clone-v1"))).containsEntry("GIT_ALLOW_PROTOCOL", "https")
			.containsEntry("GIT_TERMINAL_PROMPT", "0")
			.containsEntry("GIT_CONFIG_NOSYSTEM", "1")
			.containsEntry("GIT_CONFIG_GLOBAL", "/dev/null")
			.containsEntry("GIT_LFS_SKIP_SMUDGE", "1");
	}

	private static Map<String, String> values(JsonNode step) {
		Map<String, String> values = new TreeMap<>();
		step.at("/script/env")
			.forEach((variable) -> values.put(variable.path("name").asText(), variable.path("value").asText()));
		return values;
	}

	@Test
	void imagesWhenReadAreEachStepsOwn() {
		assertThat(Manifests.steps().entrySet())
			.extracting((step) -> step.getKey() + " " + step.getValue().at("/script/image").asText() + " "
					+ step.getValue().at("/script/command/0").asText())
			.containsExactlyInAnyOrder("git-clone-v1 git /bin/sh", "kaniko-build-v1 kaniko /busybox/sh",
					"trivy-scan-v1 trivy /bin/sh", "acr-push-v1 kaniko /busybox/sh",
					"image-retag-v1 krane /busybox/sh");
	}

	@ParameterizedTest
	@ValueSource(strings = { "submodules", "lfs" })
	void extrasWhenNobodyAsksForThemAreLeftOut(String parameter) {
		for (JsonNode parameters : List.of(
				Manifests.workflowTemplates().get("image-build-v1").at("/spec/arguments/parameters"),
				Manifests.steps().get("git-clone-v1").at("/inputs/parameters"))) {
			assertThat(Manifests.elements(parameters)
				.filter((each) -> each.path("name").asText().equals(parameter))
				.map((each) -> each.path("value").asText())).containsExactly("false");
		}
	}

	@ParameterizedTest
	@MethodSource("steps")
	void stepsWhenTheyFailWaitBeforeTheyAreTriedAgainAndNotForLong(String name) {
		JsonNode backoff = Manifests.steps().get(name).at("/retryStrategy/backoff");
		assertThat(backoff.path("duration").asText()).isEqualTo("10s");
		assertThat(backoff.path("factor").asInt()).isEqualTo(2);
		assertThat(backoff.path("maxDuration").asText()).matches("[23]0m");
	}

	/**
	 * What a repository or a verdict is to blame for does not go away by itself: whatever
	 * code a script refuses with, but for the one that may pass.
	 */
	@ParameterizedTest
	@MethodSource("steps")
	void stepsWhenTheyEndWithACodeOfOursAreNotTriedAgain(String name) {
		JsonNode step = Manifests.steps().get(name);
		String expression = step.at("/retryStrategy/expression").asText();
		Set<String> codes = new TreeSet<>();
		REFUSALS.matcher(step.at("/script/source").asText())
			.results()
			.forEach((found) -> codes.add(Objects.requireNonNullElse(found.group(1), found.group(2))));
		codes.removeAll(Set.of("0", "1"));
		switch (name) {
			case "kaniko-build-v1" -> assertThat(expression)
				.isEqualTo("lastRetry.status == 'Error' || lastRetry.message contains 'node shutdown' "
						+ "|| lastRetry.message startsWith 'main: Error (exit code 143)' "
						+ "|| lastRetry.message startsWith 'main: Error (exit code 137)'");
			case "acr-push-v1", "image-retag-v1" -> {
				assertThat(codes).containsExactly("41");
				assertThat(expression).isEqualTo("lastRetry.exitCode != '41'");
			}
			default -> assertThat(expression)
				.isEqualTo("lastRetry.exitCode not in ['%s']".formatted(String.join("', '", codes)));
		}
	}

	@ParameterizedTest
	@MethodSource("steps")
	void outputsWhenReadAreReadWhereTheScriptWritesThemAndEmptyOtherwise(String name) {
		JsonNode step = Manifests.steps().get(name);
		step.at("/outputs/parameters").forEach((output) -> {
			assertThat(output.at("/valueFrom/path").asText())
				.isEqualTo(values(step).get("OUTPUTS") + "/" + output.path("name").asText());
			assertThat(output.at("/valueFrom/default").asText("none")).isEmpty();
		});
	}

	@Test
	void buildWhenNothingMoreIsAskedForIsTheDockerfilesOwn() {
		for (JsonNode parameters : List.of(
				Manifests.workflowTemplates().get("image-build-v1").at("/spec/arguments/parameters"),
				Manifests.steps().get("kaniko-build-v1").at("/inputs/parameters"))) {
			assertThat(Manifests.elements(parameters)
				.filter((each) -> List.of("build-args", "target", "platform").contains(each.path("name").asText()))
				.map((each) -> each.path("value").asText("none"))).containsExactly("", "", "");
		}
	}

	/** What Kaniko does otherwise, or refuses to do, when it is not told. */
	@Test
	void kanikoWhenReadIsRootAndGivesFilesToRoot() {
		JsonNode build = Manifests.steps().get("kaniko-build-v1");
		assertThat(build.at("/script/securityContext/runAsUser").asInt(1)).isZero();
		assertThat(values(build)).containsEntry("FF_KANIKO_COPY_AS_ROOT", "true").containsEntry("container", "kube");
	}

	/**
	 * An image's own user may be root, and what is not root must still write to the
	 * claim.
	 */
	@ParameterizedTest
	@MethodSource("steps")
	void stepsWhenTheyAreNotTheBuildRunAsOneUserWhoMayUseTheClaim(String name) {
		JsonNode context = Manifests.steps().get(name).path("securityContext");
		boolean builds = name.equals("kaniko-build-v1");
		assertThat(context.path("runAsUser").asInt()).isEqualTo(builds ? 0 : 65532);
		assertThat(context.path("runAsGroup").asInt()).isEqualTo(builds ? 0 : 65532);
		assertThat(context.path("fsGroupChangePolicy").asText())
			.isEqualTo(name.equals("image-retag-v1") ? "" : "OnRootMismatch");
	}

	@Test
	void claimWhenReadIsADiskOfOneNode() {
		JsonNode claim = Manifests.workflowTemplates().get("image-build-v1").at("/spec/volumeClaimTemplates");
		assertThat(claim).hasSize(1);
		assertThat(claim.at("/0/spec/accessModes")).hasToString("[\"ReadWriteOnce\"]");
		assertThat(claim.at("/0/spec/resources/requests/storage").asText()).matches("[0-9]+Gi");
	}

	@Test
	void tasksWhenTheyNameATemplateOfTheirOwnHaveIt() {
		JsonNode retag = Manifests.workflowTemplates().get("image-retag-v1").at("/spec/templates");
		assertThat(Manifests.names(retag)).containsExactly("retag", "push");
		assertThat(Manifests.elements(retag.at("/0/dag/tasks")).map((task) -> task.path("template").asText()))
			.isSubsetOf(Manifests.names(retag));
	}

}
