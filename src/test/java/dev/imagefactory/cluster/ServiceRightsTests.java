package dev.imagefactory.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.imagefactory.engine.Submission;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.TestArgo;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.spine.Spine;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The Role that is installed for the service is enough, and not more than that: with it
 * everything works, and without any one of its rights something does not. That the
 * service sends these requests, and no others, is in {@code UsedRightsTests}.
 */
class ServiceRightsTests {

	private static final String BUILDS = "builds";

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final Path ACCESS = Path.of("workflow-templates/service-access.yaml");

	private static RealKubernetes kubernetes;

	private static String token;

	@BeforeAll
	static void start() throws IOException {
		kubernetes = RealKubernetes.start();
		KubernetesClient administrator = kubernetes.administrator();
		ArgoDefinitions.install(administrator, BUILDS);
		token = ServiceAccount.make(administrator);
		try (InputStream in = Files.newInputStream(ACCESS)) {
			administrator.load(in).inNamespace(BUILDS).create();
		}
	}

	@AfterAll
	static void stop() {
		if (kubernetes != null) {
			kubernetes.close();
		}
	}

	/** What needs each right. */
	private static Map<String, Consumer<TestArgo>> uses() {
		Run run = TestRuns.release();
		Map<String, Consumer<TestArgo>> uses = new LinkedHashMap<>();
		uses.put("workflows create",
				(argo) -> assertThat(argo.engine().submit(TestRuns.release())).isInstanceOf(Submission.Accepted.class));
		uses.put("workflows get", (argo) -> argo.engine().find(run.build()));
		uses.put("workflows list", (argo) -> argo.engine().list());
		uses.put("workflows patch", (argo) -> argo.engine().stop(stoppable()));
		uses.put("workflows watch", (argo) -> watch(argo.client()));
		uses.put("workflowtemplates get",
				(argo) -> argo.client()
					.genericKubernetesResources(ArgoDefinitions.TEMPLATE)
					.inNamespace(BUILDS)
					.withName("image-build-v1")
					.get());
		uses.put("pods get", (argo) -> argo.client().pods().inNamespace(BUILDS).withName("any").get());
		uses.put("pods list", (argo) -> argo.client().pods().inNamespace(BUILDS).list());
		uses.put("pods watch", (argo) -> argo.client().pods().inNamespace(BUILDS).watch(new Nobody<>()).close());
		uses.put("pods/log get", (argo) -> log(argo.client()));
		return uses;
	}

	/** A Workflow of ours that the administrator made. */
	private static dev.imagefactory.pipeline.BuildId stoppable() {
		Run run = TestRuns.release();
		try (TestArgo administrator = argo(RealKubernetes.ADMINISTRATOR)) {
			administrator.engine().submit(run);
		}
		return run.build();
	}

	private static void watch(KubernetesClient client) {
		client.genericKubernetesResources(ArgoDefinitions.WORKFLOW)
			.inNamespace(BUILDS)
			.watch(new Nobody<GenericKubernetesResource>())
			.close();
	}

	/** There is no such pod, which is another answer than not being allowed to ask. */
	private static void log(KubernetesClient client) {
		try {
			client.raw("/api/v1/namespaces/%s/pods/any/log".formatted(BUILDS));
		}
		catch (KubernetesClientException ex) {
			if (ex.getCode() == 403) {
				throw ex;
			}
		}
	}

	private static TestArgo argo(String token) {
		return TestArgo.of(kubernetes.config(token), "01KJMM0000WYCD31K2MHW094P0", "registry.example.com",
				Spine.teamsOnly(), Clock.systemUTC());
	}

	private static Role role() {
		try (InputStream in = Files.newInputStream(ACCESS)) {
			return kubernetes.administrator()
				.load(in)
				.items()
				.stream()
				.filter(Role.class::isInstance)
				.map(Role.class::cast)
				.findFirst()
				.orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> rights() {
		return role().getRules().stream().flatMap(ServiceRightsTests::rights).toList();
	}

	private static Stream<String> rights(PolicyRule rule) {
		return rule.getResources()
			.stream()
			.flatMap((resource) -> rule.getVerbs().stream().map((verb) -> resource + " " + verb));
	}

	private static void install(Role role) {
		kubernetes.administrator().rbac().roles().inNamespace(BUILDS).resource(role).forceConflicts().serverSideApply();
	}

	@Test
	void rightsWhenReadAreAllTriedHere() {
		assertThat(rights()).containsExactlyInAnyOrderElementsOf(uses().keySet());
	}

	@TestFactory
	Stream<DynamicTest> rightWhenMissingIsMissed() {
		return uses().entrySet().stream().map((use) -> DynamicTest.dynamicTest(use.getKey(), () -> {
			try (TestArgo argo = argo(token)) {
				install(role());
				await().untilAsserted(() -> use.getValue().accept(argo));
				install(without(use.getKey()));
				await().untilAsserted(
						() -> assertThatThrownBy(() -> use.getValue().accept(argo)).as("without %s", use.getKey())
							.isNotNull());
			}
			finally {
				install(role());
			}
		}));
	}

	/** The API server hears of a changed Role a moment after it stored it. */
	private static ConditionFactory await() {
		return Awaitility.await().atMost(PATIENCE).ignoreExceptions();
	}

	private static Role without(String right) {
		List<PolicyRule> rules = role().getRules()
			.stream()
			.flatMap((rule) -> rule.getResources()
				.stream()
				.map((resource) -> rule.edit()
					.withResources(resource)
					.withVerbs(rule.getVerbs().stream().filter((verb) -> !right.equals(resource + " " + verb)).toList())
					.build()))
			.filter((rule) -> !rule.getVerbs().isEmpty())
			.toList();
		return new RoleBuilder(role()).withRules(rules).build();
	}

	/** Somebody who does not mind what he is told. */
	private static final class Nobody<T> implements Watcher<T> {

		@Override
		public void eventReceived(Action action, T resource) {
		}

		@Override
		public void onClose(WatcherException cause) {
		}

	}

}
