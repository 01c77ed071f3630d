package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.imagefactory.manifests.Kubectl;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What we render and install is what a real API server takes, with Argo's own schemas.
 */
class AcceptedByServerTests {

	private static final String BUILDS = "builds";

	private static final Path TEMPLATES = Path.of("workflow-templates");

	private static final Path GOLDEN = Path.of("src/test/resources/dev/imagefactory/rendering");

	private static RealKubernetes kubernetes;

	@BeforeAll
	static void start() {
		kubernetes = RealKubernetes.start();
		ArgoDefinitions.install(kubernetes.administrator(), BUILDS);
	}

	@AfterAll
	static void stop() {
		if (kubernetes != null) {
			kubernetes.close();
		}
	}

	@TestFactory
	Stream<DynamicTest> renderedWorkflowWhenCreatedIsStoredAsItIs() {
		return ArgoDefinitions.files(GOLDEN)
			.map((file) -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
				GenericKubernetesResource workflow = read(file);
				GenericKubernetesResource stored = kubernetes.administrator()
					.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
					.inNamespace(BUILDS)
					.resource(workflow)
					.dryRun()
					.create();
				assertThat(stored.getAdditionalProperties()).isEqualTo(workflow.getAdditionalProperties());
				assertThat(stored.getMetadata().getLabels()).isEqualTo(workflow.getMetadata().getLabels());
				assertThat(stored.getMetadata().getAnnotations()).isEqualTo(workflow.getMetadata().getAnnotations());
				assertThat(stored.getMetadata().getFinalizers()).isEqualTo(workflow.getMetadata().getFinalizers());
			}));
	}

	@TestFactory
	Stream<DynamicTest> templateWhenAppliedIsTaken() {
		return ArgoDefinitions.files(TEMPLATES)
			.filter(AcceptedByServerTests::isInstalled)
			.flatMap(AcceptedByServerTests::objects)
			.map((object) -> DynamicTest.dynamicTest(object.getKind() + " " + object.getMetadata().getName(),
					() -> assertThat(kubernetes.administrator()
						.resource(object)
						.inNamespace(BUILDS)
						.dryRun()
						.fieldManager("image-factory-tests")
						.forceConflicts()
						.serverSideApply()).isNotNull()));
	}

	@Test
	void workflowWhenAFieldIsUnknownToArgoIsRefused() throws IOException {
		Assumptions.assumeTrue(ArgoDefinitions.official().isPresent(),
				"Argo's own definitions are not here: set ARGO_CRDS");
		GenericKubernetesResource workflow = read(GOLDEN.resolve("release.yaml"));
		workflow.setAdditionalProperty("spec", Map.of("arguments", "none"));
		assertThatExceptionOfType(KubernetesClientException.class)
			.isThrownBy(() -> kubernetes.administrator()
				.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
				.inNamespace(BUILDS)
				.resource(workflow)
				.dryRun()
				.create())
			.withMessageContaining("spec.arguments");
	}

	/** The one command of the documentation, twice. */
	@Test
	void kustomizationWhenAppliedIsInstalledAndTheSecondTimeUnchanged(@TempDir Path folder) throws Exception {
		List<String> first = apply(folder);
		assertThat(first).contains("role.rbac.authorization.k8s.io/image-factory created",
				"secret/image-executor.service-account-token created", "serviceaccount/argo-sa created");
		assertThat(first).filteredOn((line) -> line.startsWith("workflowtemplate.argoproj.io/"))
			.containsExactlyInAnyOrder(
					Stream.of("image-build", "git-clone", "kaniko-build", "trivy-scan", "acr-push", "image-retag")
						.map("workflowtemplate.argoproj.io/%s-v1 created"::formatted)
						.toArray(String[]::new));
		assertThat(apply(folder)).hasSameSizeAs(first).allMatch((line) -> line.endsWith(" unchanged"));
		GenericKubernetesResource push = kubernetes.administrator()
			.genericKubernetesResources(ArgoDefinitions.TEMPLATE)
			.inNamespace(BUILDS)
			.withName("acr-push-v1")
			.get();
		assertThat(Serialization.asYaml(push)).as("what it runs, from the one place with images")
			.containsPattern("image: \"?ghcr\\.io/osscontainertools/kaniko:v1\\.");
	}

	/** What kubectl says of each object, without its warnings. */
	private static List<String> apply(Path folder) throws Exception {
		Process kubectl = new ProcessBuilder(Kubectl.found(), "--kubeconfig=" + kubernetes.kubeconfig(),
				"--cache-dir=" + folder.resolve("cache"), "apply", "-k", TEMPLATES.toString())
			.redirectError(folder.resolve("errors").toFile())
			.start();
		kubectl.getOutputStream().close();
		try (InputStream said = kubectl.getInputStream()) {
			List<String> lines = new String(said.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
			assertThat(kubectl.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
			return lines;
		}
	}

	private static GenericKubernetesResource read(Path file) throws IOException {
		return Serialization.unmarshal(Files.readString(file), GenericKubernetesResource.class);
	}

	/** What kustomize reads itself is no object of the cluster. */
	private static boolean isInstalled(Path file) {
		try {
			return Files.readAllLines(TEMPLATES.resolve("kustomization.yaml")).contains("  - " + file.getFileName())
					&& !file.getFileName().toString().equals("where-images-are.yaml");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<HasMetadata> objects(Path file) {
		try (InputStream in = Files.newInputStream(file)) {
			return kubernetes.administrator().load(in).items().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
