package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.awaitility.Awaitility;

/** Argo's kinds on an API server: the official definitions where they are at hand. */
public final class ArgoDefinitions {

	public static final ResourceDefinitionContext WORKFLOW = kind("Workflow", "workflows");

	static final ResourceDefinitionContext TEMPLATE = kind("WorkflowTemplate", "workflowtemplates");

	private static final String GROUP = "argoproj.io";

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	/** Megabytes, which take seconds to read. */
	private static final Map<Path, CustomResourceDefinition> READ = new ConcurrentHashMap<>();

	private ArgoDefinitions() {
	}

	private static ResourceDefinitionContext kind(String kind, String plural) {
		return new ResourceDefinitionContext.Builder().withGroup(GROUP)
			.withVersion("v1alpha1")
			.withKind(kind)
			.withPlural(plural)
			.withNamespaced(true)
			.build();
	}

	/** The folder with the official definitions, where there is one. */
	static Optional<Path> official() {
		return Optional.ofNullable(System.getenv("ARGO_CRDS")).map(Path::of).filter(Files::isDirectory);
	}

	/**
	 * Installs the definitions of Workflows and their templates, and a namespace.
	 * @param client somebody who may
	 * @param namespace the namespace
	 */
	public static void install(KubernetesClient client, String namespace) {
		client.namespaces()
			.resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
			.create();
		for (ResourceDefinitionContext kind : List.of(WORKFLOW, TEMPLATE)) {
			CustomResourceDefinition definition = official().map((folder) -> read(folder, kind))
				.orElseGet(() -> lenient(kind));
			client.apiextensions()
				.v1()
				.customResourceDefinitions()
				.resource(definition)
				.patch(new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY)
					.withFieldManager("image-factory-tests")
					.withForce(true)
					.build());
			Awaitility.await()
				.atMost(PATIENCE)
				.ignoreExceptions()
				.until(() -> client.genericKubernetesResources(kind).inNamespace(namespace).list() != null
						&& isAnnounced(client, kind));
		}
	}

	/** The API serves a kind a little before it lists it among those that it has. */
	private static boolean isAnnounced(KubernetesClient client, ResourceDefinitionContext kind) {
		return client.getApiResources(GROUP + "/" + kind.getVersion())
			.getResources()
			.stream()
			.anyMatch((resource) -> resource.getKind().equals(kind.getKind()));
	}

	private static CustomResourceDefinition read(Path folder, ResourceDefinitionContext kind) {
		return READ.computeIfAbsent(folder.resolve("argoproj.io_%s.yaml".formatted(kind.getPlural())),
				ArgoDefinitions::read);
	}

	private static CustomResourceDefinition read(Path file) {
		try (InputStream in = Files.newInputStream(file)) {
			return Serialization.unmarshal(in, CustomResourceDefinition.class);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Takes everything, as Argo's own minimal definitions do. */
	private static CustomResourceDefinition lenient(ResourceDefinitionContext kind) {
		return new CustomResourceDefinitionBuilder().withNewMetadata()
			.withName(kind.getPlural() + "." + GROUP)
			.endMetadata()
			.withNewSpec()
			.withGroup(GROUP)
			.withScope("Namespaced")
			.withNewNames()
			.withKind(kind.getKind())
			.withListKind(kind.getKind() + "List")
			.withPlural(kind.getPlural())
			.withSingular(kind.getKind().toLowerCase(Locale.ROOT))
			.endNames()
			.addNewVersion()
			.withName("v1alpha1")
			.withServed(true)
			.withStorage(true)
			.withNewSchema()
			.withNewOpenAPIV3Schema()
			.withType("object")
			.withXKubernetesPreserveUnknownFields(true)
			.endOpenAPIV3Schema()
			.endSchema()
			.endVersion()
			.endSpec()
			.build();
	}

	static Stream<Path> files(Path folder) {
		try (Stream<Path> files = Files.list(folder)) {
			return files.filter((file) -> file.toString().endsWith(".yaml")).sorted().toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
