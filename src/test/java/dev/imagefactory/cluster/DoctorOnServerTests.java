package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Check.Verdict;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.TestArgo;
import dev.imagefactory.engine.argo.TestCheckups;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.spine.Spine;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The self-check on a real API server: what it may ask with the rights that are installed
 * for the service, and what it finds when one thing is wrong.
 */
class DoctorOnServerTests {

	private static final String BUILDS = "builds";

	private static final String SERVICE = "image-factory";

	private static final String INSTALLATION = "01KJMM0000WYCD31K2MHW094P0";

	private static final Path TEMPLATES = Path.of("workflow-templates");

	private static final List<String> FILES = List.of("accounts", "service-access", "image-build-v1", "git-clone",
			"kaniko-build", "trivy-scan", "acr-push", "image-retag");

	private static final ObjectMapper JSON = new ObjectMapper();

	private static RealKubernetes kubernetes;

	private static KubernetesClient administrator;

	private static KubernetesClient service;

	@BeforeAll
	static void start() {
		kubernetes = RealKubernetes.start();
		administrator = kubernetes.administrator();
		ArgoDefinitions.install(administrator, BUILDS);
		service = kubernetes.client(ServiceAccount.make(administrator));
	}

	@AfterAll
	static void stop() {
		if (kubernetes != null) {
			service.close();
			kubernetes.close();
		}
	}

	@BeforeEach
	void install() {
		FILES.stream().flatMap((file) -> read(TEMPLATES.resolve(file + ".yaml"))).forEach(DoctorOnServerTests::apply);
	}

	@AfterEach
	void clean() {
		administrator.pods().inNamespace(BUILDS).withGracePeriod(0).delete();
		administrator.rbac().roleBindings().inNamespace(BUILDS).withName("more").delete();
	}

	private static Stream<HasMetadata> read(Path file) {
		try (InputStream in = Files.newInputStream(file)) {
			return administrator.load(in).items().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void apply(HasMetadata object) {
		administrator.resource(object).inNamespace(BUILDS).fieldManager("kubectl").forceConflicts().serverSideApply();
	}

	private static List<Check> checks() {
		return checks(Clock.systemUTC());
	}

	private static List<Check> checks(Clock clock) {
		return TestCheckups.of(service, INSTALLATION, Spine.teamsOnly(), clock).checks();
	}

	private static Check check(List<Check> checks, String name) {
		return checks.stream().filter((check) -> check.name().equals(name)).findFirst().orElseThrow();
	}

	private static void allow(String resource, String name, String... verbs) {
		administrator.rbac()
			.roles()
			.inNamespace(BUILDS)
			.resource(new RoleBuilder().withNewMetadata()
				.withName("more")
				.endMetadata()
				.addNewRule()
				.withApiGroups("")
				.withResources(resource)
				.withResourceNames(name.isEmpty() ? List.of() : List.of(name))
				.withVerbs(verbs)
				.endRule()
				.build())
			.forceConflicts()
			.serverSideApply();
		administrator.rbac()
			.roleBindings()
			.inNamespace(BUILDS)
			.resource(new RoleBindingBuilder().withNewMetadata()
				.withName("more")
				.endMetadata()
				.withNewRoleRef("rbac.authorization.k8s.io", "Role", "more")
				.addNewSubject(null, "ServiceAccount", SERVICE, SERVICE)
				.build())
			.forceConflicts()
			.serverSideApply();
	}

	@Test
	void checksWhenInstalledAsDocumentedFindTheRightsAndTheTemplates() {
		List<Check> checks = checks();
		for (String name : List.of("api", "argo", "rights", "further-rights", "templates")) {
			assertThat(check(checks, name).verdict()).as("%s", check(checks, name)).isEqualTo(Verdict.OK);
		}
		assertThat(check(checks, "api").detail()).contains("system:serviceaccount:image-factory:image-factory");
		assertThat(check(checks, "images").detail()).contains("names that kustomize maps: git-clone-v1: git");
		for (String name : List.of("accounts", "executor-token", "identity", "argo-version")) {
			assertThat(check(checks, name).verdict()).as("%s", check(checks, name)).isEqualTo(Verdict.CANNOT_SEE);
		}
	}

	@Test
	void rightsWhenSomeAreMissingOrTooManyAreNamedExactly() {
		HasMetadata role = read(TEMPLATES.resolve("service-access.yaml")).findFirst().orElseThrow();
		ObjectNode less = JSON.valueToTree(role);
		((ObjectNode) less.at("/rules/0")).withArrayProperty("verbs").remove(4);
		((ObjectNode) less.at("/rules/3")).withArrayProperty("resources").removeAll().add("pods/status");
		apply(Serialization.unmarshal(less.toString(), role.getClass()));
		allow("secrets", "", "get", "list");
		List<Check> checks = checks();
		assertThat(check(checks, "rights").detail()).endsWith("may not: patch workflows.argoproj.io, get pods/log.");
		assertThat(check(checks, "further-rights").detail()).contains("may also: get secrets, list secrets.");
	}

	@Test
	void templatesWhenOneIsChangedNameThePlace() {
		GenericKubernetesResource push = administrator.genericKubernetesResources(ArgoDefinitions.TEMPLATE)
			.inNamespace(BUILDS)
			.withName("acr-push-v1")
			.get();
		ObjectNode changed = JSON.valueToTree(push);
		((ObjectNode) changed.path("metadata")).remove("managedFields");
		JsonNode template = changed.at("/spec/templates/0");
		((ObjectNode) template.at("/script/securityContext")).put("readOnlyRootFilesystem", false);
		((ObjectNode) template.at("/script/resources")).putObject("limits").put("memory", "3Gi");
		administrator.resource(Serialization.unmarshal(changed.toString(), GenericKubernetesResource.class))
			.inNamespace(BUILDS)
			.update();
		Check templates = check(checks(), "templates");
		assertThat(templates.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(templates.detail()).isEqualTo(
				"acr-push-v1 differs: spec.templates[push].script.securityContext.readOnlyRootFilesystem: expected true, found false.");
	}

	@Test
	void accountsAndTokenWhenTheServiceMayLookAreSeen() {
		allow("serviceaccounts", "", "get");
		assertThat(check(checks(), "accounts").verdict()).isEqualTo(Verdict.OK);
		assertThat(check(checks(), "identity").detail()).contains("The account argo-sa lacks the annotation");
		allow("secrets", "image-executor.service-account-token", "get");
		List<Check> checks = checks();
		assertThat(check(checks, "executor-token").verdict()).isEqualTo(Verdict.OK);
		assertThat(check(checks, "further-rights").verdict()).isEqualTo(Verdict.OK);
		administrator.secrets().inNamespace(BUILDS).withName("image-executor.service-account-token").delete();
		assertThat(check(checks(), "executor-token").verdict()).isEqualTo(Verdict.WRONG);
	}

	@Test
	void versionWhenAPodIsThereIsReadFromIt() {
		administrator.pods()
			.inNamespace(BUILDS)
			.resource(new PodBuilder().withNewMetadata()
				.withName("a-pod")
				.withLabels(Map.of("workflows.argoproj.io/workflow", "a"))
				.endMetadata()
				.withNewSpec()
				.withServiceAccountName("image-clone")
				.addNewContainer()
				.withName("main")
				.withImage("git")
				.endContainer()
				.addNewContainer()
				.withName("wait")
				.withImage("quay.io/argoproj/argoexec:v4.0.9")
				.endContainer()
				.endSpec()
				.build())
			.create();
		Check version = check(checks(), "argo-version");
		assertThat(version.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(version.detail()).startsWith("Argo Workflows is 4.0.9, by the executor in the pod a-pod");
		assertThat(check(checks(), "accounts").detail()).doesNotContain("image-clone,");
	}

	/** There is no controller here. */
	@Test
	void controllerWhenNobodyLooksAtAWorkflowIsSilent() {
		Run run = TestRuns.release();
		try (TestArgo argo = TestArgo.of(kubernetes.config(RealKubernetes.ADMINISTRATOR), INSTALLATION,
				"registry.example.com", Spine.teamsOnly(), Clock.systemUTC())) {
			argo.engine().submit(run);
		}
		Check controller = check(checks(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(5))), "controller");
		assertThat(controller.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(controller.detail()).contains("has not looked at the Workflow build-");
		administrator.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
			.inNamespace(BUILDS)
			.withName(run.build().value())
			.edit((workflow) -> {
				workflow.getMetadata().getLabels().put("workflows.argoproj.io/phase", "Running");
				return workflow;
			});
		assertThat(check(checks(Clock.offset(Clock.systemUTC(), Duration.ofMinutes(5))), "controller").verdict())
			.isEqualTo(Verdict.CANNOT_SEE);
	}

}
