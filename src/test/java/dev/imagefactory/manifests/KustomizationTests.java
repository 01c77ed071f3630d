package dev.imagefactory.manifests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code kubectl apply -k workflow-templates/} installs, and the one place with
 * images.
 */
class KustomizationTests {

	private static final String KANIKO = "ghcr.io/osscontainertools/kaniko";

	@TempDir
	private Path folder;

	@Test
	void filesWhenComparedWithTheKustomizationAreAllInstalled() throws IOException {
		try (Stream<Path> files = Files.list(Manifests.FOLDER)) {
			assertThat(files.map((file) -> file.getFileName().toString()).filter((name) -> name.endsWith(".yaml")))
				.containsExactlyInAnyOrderElementsOf(Stream
					.concat(Stream.of("kustomization.yaml", "where-images-are.yaml"),
							texts(Manifests.kustomization().path("resources")).stream())
					.toList());
		}
	}

	@Test
	void imagesWhenReadAreLogicalNamesWithOneExactVersionEach() {
		Map<String, JsonNode> mapped = images();
		assertThat(Manifests.steps().values().stream().map((step) -> step.at("/script/image").asText()).distinct())
			.containsExactlyInAnyOrderElementsOf(mapped.keySet());
		assertThat(mapped.values()).allSatisfy((image) -> {
			assertThat(image.path("newTag").asText()).matches("v?[0-9]+\\.[0-9]+\\.[0-9]+(-debug)?");
			assertThat(image.path("newName").asText()).matches("[a-z0-9.]+\\.[a-z]+/[a-z/-]+");
		});
		assertThat(mapped.get("kaniko").path("newName").asText()).isEqualTo(KANIKO);
	}

	@Test
	void accountsWhenReadHaveNoTokenAndNoRights() {
		List<JsonNode> accounts = ofKind("ServiceAccount");
		assertThat(accounts.stream().map((account) -> account.at("/metadata/name").asText()))
			.containsExactly("image-clone", "image-build", "image-scan", "argo-sa", "image-executor");
		assertThat(accounts).allMatch((account) -> !account.path("automountServiceAccountToken").asBoolean(true));
		assertThat(ofKind("Role")).filteredOn((role) -> !isOfService(role))
			.singleElement()
			.satisfies((role) -> assertThat(role.path("rules")).hasToString(
					"[{\"apiGroups\":[\"argoproj.io\"],\"resources\":[\"workflowtaskresults\"],\"verbs\":[\"create\",\"patch\"]}]"));
		assertThat(ofKind("RoleBinding")).filteredOn((binding) -> !isOfService(binding))
			.singleElement()
			.satisfies((binding) -> assertThat(Manifests.names(binding.path("subjects")))
				.containsExactly("image-executor"));
		assertThat(ofKind("RoleBinding")).filteredOn(KustomizationTests::isOfService)
			.singleElement()
			.satisfies((binding) -> assertThat(Manifests.names(binding.path("subjects")))
				.containsExactly("image-factory"));
		assertThat(ofKind("ClusterRole")).isEmpty();
		assertThat(ofKind("Secret")).singleElement().satisfies((secret) -> {
			assertThat(secret.at("/metadata/name").asText()).isEqualTo("image-executor.service-account-token");
			assertThat(secret.path("type").asText()).isEqualTo("kubernetes.io/service-account-token");
			assertThat(secret.has("data") || secret.has("stringData")).isFalse();
		});
	}

	/** What the service itself may do, which lives elsewhere. */
	private static boolean isOfService(JsonNode object) {
		return object.at("/metadata/name").asText().equals("image-factory");
	}

	@Test
	void kustomizeWhenRunMapsEveryImage() throws Exception {
		JsonNode mapped = kustomized(Manifests.FOLDER);
		assertThat(mapped).hasSize(17);
		assertThat(imagesOf(mapped)).containsExactlyInAnyOrder("docker.io/alpine/git:v2.54.0",
				KANIKO + ":v1.28.3-debug", KANIKO + ":v1.28.3-debug", "ghcr.io/aquasecurity/trivy:0.74.0",
				"gcr.io/go-containerregistry/krane/debug:v0.21.9");
		assertThat(mapped).filteredOn((object) -> object.path("kind").asText().equals("WorkflowTemplate"))
			.as("what kustomize must leave as it is")
			.allSatisfy((object) -> assertThat(withoutImages(object))
				.isEqualTo(withoutImages(Manifests.workflowTemplates().get(object.at("/metadata/name").asText()))));
	}

	@Test
	void kustomizeWhenNamespaceAndMirrorAreChangedFollowsEverywhere() throws Exception {
		Path copy = copy();
		Path file = copy.resolve("kustomization.yaml");
		Files.writeString(file,
				Files.readString(file)
					.replace("namespace: builds", "namespace: team-a")
					.replace("newName: " + KANIKO,
							"newName: mirror.example.com:5000/kaniko\n    digest: sha256:" + "a".repeat(64)));
		JsonNode mapped = kustomized(copy);
		assertThat(mapped).allSatisfy((object) -> assertThat(object.path("kind").asText().equals("Namespace")
				? object.at("/metadata/name").asText() : object.at("/metadata/namespace").asText())
			.isEqualTo("team-a"));
		assertThat(mapped).filteredOn((object) -> object.path("kind").asText().equals("RoleBinding"))
			.allMatch((binding) -> binding.at("/subjects/0/namespace")
				.asText()
				.equals(isOfService(binding) ? "image-factory" : "team-a"));
		assertThat(imagesOf(mapped)).filteredOn((image) -> image.contains("kaniko"))
			.hasSize(2)
			.allMatch((image) -> image.startsWith("mirror.example.com:5000/kaniko")
					&& image.endsWith("@sha256:" + "a".repeat(64)));
	}

	/** Exchanging tokens for a registry will be the work of an init container. */
	@Test
	void kustomizeWhenAStepHasMoreContainersMapsTheirImagesToo() throws Exception {
		Path copy = copy();
		Path file = copy.resolve("acr-push.yaml");
		String more = "      initContainers:\n        - {name: a, image: kaniko}\n      sidecars:\n        - {name: b, image: git}\n";
		Files.writeString(file, Files.readString(file).replace("      script:\n", more + "      script:\n"));
		JsonNode push = Manifests.elements(kustomized(copy))
			.filter((object) -> object.at("/metadata/name").asText().equals("acr-push-v1"))
			.findFirst()
			.orElseThrow();
		assertThat(push.at("/spec/templates/0/initContainers/0/image").asText()).isEqualTo(KANIKO + ":v1.28.3-debug");
		assertThat(push.at("/spec/templates/0/sidecars/0/image").asText()).isEqualTo("docker.io/alpine/git:v2.54.0");
	}

	@Test
	void pinWhenDigestsAreFoundWritesThemBesideTheVersions() throws Exception {
		Path copy = copy();
		skopeo("echo \"$3\" > \"$0.asked\"; printf 'manifest of %s' \"$3\"", "echo sha256:" + "a".repeat(64));
		assertThat(pin(copy)).contains("kaniko: " + KANIKO + ":v1.28.3-debug is sha256:aaa").endsWith("exit 0\n");
		Map<String, JsonNode> pinned = images(copy);
		assertThat(pinned.values()).hasSize(4)
			.allMatch((image) -> image.path("digest").asText().equals("sha256:" + "a".repeat(64)));
		assertThat(pinned.get("kaniko").path("newTag").asText()).isEqualTo("v1.28.3-debug");
		String once = Files.readString(copy.resolve("kustomization.yaml"));
		assertThat(pin(copy)).endsWith("exit 0\n");
		assertThat(copy.resolve("kustomization.yaml")).as("a second time").hasContent(once);
	}

	@Test
	void pinWhenADigestIsNotFoundLetsTheVersionStandAndNamesIt() throws Exception {
		Path copy = copy();
		skopeo("case $3 in *trivy*) echo 'no route to host' >&2; exit 1 ;; esac; echo x",
				"echo sha256:" + "a".repeat(64));
		assertThat(pin(copy)).contains(
				"trivy: the digest of ghcr.io/aquasecurity/trivy:0.74.0 could not be looked up, so its version stands",
				"no route to host")
			.endsWith("exit 1\n");
		assertThat(images(copy)).hasEntrySatisfying("trivy", (image) -> assertThat(image.has("digest")).isFalse())
			.hasEntrySatisfying("git", (image) -> assertThat(image.has("digest")).isTrue());
	}

	@Test
	void pinWhenALookUpGivesNoDigestInventsNone() throws Exception {
		Path copy = copy();
		String before = Files.readString(copy.resolve("kustomization.yaml"));
		for (String answer : new String[] { "echo latest", "echo sha256:abc", "exit 1", ":" }) {
			skopeo("echo x", answer);
			assertThat(pin(copy)).endsWith("exit 1\n");
			assertThat(copy.resolve("kustomization.yaml")).hasContent(before);
		}
	}

	@Test
	void pinWhenLookUpFailsLaterKeepsADigestOnlyWhileItsVersionStands() throws Exception {
		Path copy = copy();
		skopeo("echo x", "echo sha256:" + "a".repeat(64));
		pin(copy);
		Path file = copy.resolve("kustomization.yaml");
		Files.writeString(file, Files.readString(file).replace("newTag: 0.74.0", "newTag: 0.75.0"));
		skopeo("exit 1", "exit 1");
		assertThat(pin(copy)).endsWith("exit 1\n");
		assertThat(images(copy)).hasEntrySatisfying("trivy", (image) -> {
			assertThat(image.path("newTag").asText()).isEqualTo("0.75.0");
			assertThat(image.has("digest")).isFalse();
		}).hasEntrySatisfying("kaniko", (image) -> assertThat(image.has("digest")).isTrue());
	}

	/** The doctor compares what is installed with what this version expects. */
	@Test
	void templatesWhenPackagedAreInTheServicesJar() throws IOException {
		assertThat(Files.readString(Path.of("pom.xml"))).containsSubsequence("<resource>",
				"<directory>workflow-templates</directory>", "<targetPath>workflow-templates</targetPath>",
				"</resource>");
	}

	private Path copy() throws IOException {
		Path copy = this.folder.resolve("copy");
		FileSystemUtils.copyRecursively(Manifests.FOLDER, copy);
		return copy;
	}

	private void skopeo(String inspect, String digest) throws IOException {
		Path program = Files.createDirectories(this.folder.resolve("bin")).resolve("skopeo");
		Files.writeString(program, "#!/bin/sh\ncase $1 in inspect) %s ;; manifest-digest) [ -s \"$2\" ] && %s ;; esac\n"
			.formatted(inspect, digest));
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	private String pin(Path copy) throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder("sh", "-c", "sh \"$0\"; echo exit $?",
				copy.resolve("pin-images.sh").toString());
		builder.environment().put("PATH", this.folder.resolve("bin") + ":" + System.getenv("PATH"));
		return output(builder);
	}

	private static JsonNode kustomized(Path folder) throws IOException, InterruptedException {
		String yaml = output(new ProcessBuilder(Kubectl.found(), "kustomize", folder.toString()));
		return new ObjectMapper().valueToTree(Manifests.parse(yaml));
	}

	private static String output(ProcessBuilder builder) throws IOException, InterruptedException {
		Process process = builder.redirectErrorStream(true).start();
		process.getOutputStream().close();
		try (InputStream said = process.getInputStream()) {
			String text = new String(said.readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor()).as(text).isZero();
			return text;
		}
	}

	private static Map<String, JsonNode> images() {
		return images(Manifests.FOLDER);
	}

	private static Map<String, JsonNode> images(Path folder) {
		Map<String, JsonNode> images = new TreeMap<>();
		Manifests.read(folder.resolve("kustomization.yaml"))
			.getFirst()
			.path("images")
			.forEach((image) -> images.put(image.path("name").asText(), image));
		return images;
	}

	private static List<String> imagesOf(JsonNode objects) {
		return Manifests.elements(objects)
			.flatMap((object) -> Manifests.elements(object.at("/spec/templates")))
			.filter((template) -> template.has("script"))
			.map((template) -> template.at("/script/image").asText())
			.toList();
	}

	private static JsonNode withoutImages(JsonNode object) {
		JsonNode spec = object.path("spec").deepCopy();
		spec.findValues("script").forEach((script) -> ((ObjectNode) script).remove("image"));
		return spec;
	}

	private static List<String> texts(JsonNode list) {
		return Manifests.elements(list).map(JsonNode::asText).toList();
	}

	private static List<JsonNode> ofKind(String kind) {
		return Manifests.installed().stream().filter((object) -> object.path("kind").asText().equals(kind)).toList();
	}

}
