package dev.imagefactory.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * The pods of our steps keep to the Pod Security Standards, as a real API server judges
 * them: to the one that the installed namespace enforces, and all but the build's to the
 * strictest one.
 */
class PodSecurityOnServerTests {

	private static final Path TEMPLATES = Path.of("workflow-templates");

	private static final String INSTALLED = "installed";

	private static final String RESTRICTED = "restricted";

	private static final String ENFORCE = "pod-security.kubernetes.io/enforce";

	private static final ObjectMapper JSON = new ObjectMapper();

	private static RealKubernetes kubernetes;

	@BeforeAll
	static void start() throws IOException {
		kubernetes = RealKubernetes.start();
		Namespace namespace = Serialization.unmarshal(Files.readString(TEMPLATES.resolve("namespace.yaml")),
				Namespace.class);
		make(new NamespaceBuilder(namespace).editMetadata().withName(INSTALLED).endMetadata().build());
		make(new NamespaceBuilder().withNewMetadata()
			.withName(RESTRICTED)
			.addToLabels(ENFORCE, RESTRICTED)
			.endMetadata()
			.build());
	}

	private static void make(Namespace namespace) {
		kubernetes.administrator().namespaces().resource(namespace).create();
		String name = namespace.getMetadata().getName();
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> kubernetes.administrator()
				.serviceAccounts()
				.inNamespace(name)
				.withName("default")
				.get() != null);
	}

	@AfterAll
	static void stop() {
		if (kubernetes != null) {
			kubernetes.close();
		}
	}

	@TestFactory
	Stream<DynamicTest> podWhenMadeAsItsTemplateSaysIsLetIn() {
		return steps().entrySet()
			.stream()
			.map((step) -> DynamicTest.dynamicTest(step.getKey(),
					() -> assertThatNoException().isThrownBy(() -> create(INSTALLED, pod(step.getValue())))));
	}

	@TestFactory
	Stream<DynamicTest> podWhenNothingOfTheRepositoryRunsThereIsLetInEverywhere() {
		return steps().entrySet()
			.stream()
			.filter((step) -> !step.getKey().equals("kaniko-build.yaml"))
			.map((step) -> DynamicTest.dynamicTest(step.getKey(),
					() -> assertThatNoException().isThrownBy(() -> create(RESTRICTED, pod(step.getValue())))));
	}

	/** Else the other tests would say nothing. */
	@Test
	void podWhenItAsksForMoreIsKeptOut() {
		JsonNode build = steps().get("kaniko-build.yaml");
		assertRefused(INSTALLED, build, (pod) -> ((ObjectNode) pod.path("spec")).put("hostNetwork", true));
		assertRefused(INSTALLED, build,
				(pod) -> ((ObjectNode) container(pod).at("/securityContext/capabilities")).putArray("add")
					.add("SYS_ADMIN"));
		assertRefused(RESTRICTED, build, (pod) -> {
		});
	}

	private static void assertRefused(String namespace, JsonNode step, Consumer<ObjectNode> change) {
		ObjectNode pod = pod(step);
		change.accept(pod);
		assertThatExceptionOfType(KubernetesClientException.class).isThrownBy(() -> create(namespace, pod))
			.withMessageContaining("violates PodSecurity");
	}

	private static ObjectNode container(ObjectNode pod) {
		return (ObjectNode) pod.at("/spec/containers/0");
	}

	private static void create(String namespace, ObjectNode pod) {
		assertThat(kubernetes.administrator()
			.pods()
			.inNamespace(namespace)
			.resource(Serialization.unmarshal(pod.toString(), Pod.class))
			.dryRun()
			.create()).isNotNull();
	}

	/** What Argo makes of a template, without its own containers. */
	private static ObjectNode pod(JsonNode step) {
		ObjectNode pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
		pod.putObject("metadata").put("name", "pod");
		ObjectNode spec = pod.putObject("spec").put("automountServiceAccountToken", false);
		spec.set("securityContext", step.path("securityContext"));
		spec.set("volumes", step.path("volumes"));
		ObjectNode main = spec.putArray("containers").addObject().put("name", "main");
		for (String field : List.of("image", "command", "securityContext", "resources")) {
			main.set(field, step.at("/script/" + field));
		}
		step.at("/script/volumeMounts").forEach((mount) -> {
			if (!mount.path("name").asText().equals("ws")) {
				main.withArray("volumeMounts").add(mount);
			}
		});
		return withoutTags(pod);
	}

	/** A tag is no name, and the controller has put something in its place by then. */
	private static ObjectNode withoutTags(ObjectNode pod) {
		try {
			return (ObjectNode) JSON.readTree(pod.toString().replaceAll("\\{\\{[^}]*}}(-git)?", "any"));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Map<String, JsonNode> steps() {
		Map<String, JsonNode> steps = new TreeMap<>();
		for (Path file : ArgoDefinitions.files(TEMPLATES).toList()) {
			for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(text(file))) {
				JSON.valueToTree(document).at("/spec/templates").forEach((template) -> {
					if (template.has("script")) {
						steps.put(file.getFileName().toString(), template.deepCopy());
					}
				});
			}
		}
		assertThat(steps).hasSize(5);
		return steps;
	}

	private static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
