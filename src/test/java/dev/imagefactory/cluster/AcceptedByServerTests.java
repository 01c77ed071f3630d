package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

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
