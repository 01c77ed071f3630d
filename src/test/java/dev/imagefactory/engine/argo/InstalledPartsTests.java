package dev.imagefactory.engine.argo;

import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Check.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;
import static org.assertj.core.api.Assertions.assertThat;

/** Accounts, token, identity, controller and version, by what pods and Workflows show. */
class InstalledPartsTests {

	private static final String SECRET = "image-executor.service-account-token";

	private final TestCheckup checkup = new TestCheckup();

	private final InstalledFixture installed = this.checkup.installed;

	@AfterEach
	void close() {
		this.checkup.close();
	}

	private Check check(String name, Verdict verdict) {
		Check check = this.checkup.check(name);
		assertThat(check.verdict()).as(check.detail()).isEqualTo(verdict);
		return check;
	}

	private void object(String resource, String name) {
		ObjectNode object = JSON.createObjectNode();
		object.putObject("metadata").put("name", name);
		this.checkup.installation.put(resource, object);
	}

	@Test
	void accountsWhenPodsOfAllRanAreThere() {
		assertThat(check("accounts", Verdict.OK).detail())
			.endsWith("they are there: argo-sa, image-build, image-clone, image-executor, image-scan.");
	}

	@Test
	void accountsWhenNothingRanCannotBeSeen() {
		this.installed.noPods();
		Check accounts = check("accounts", Verdict.CANNOT_SEE);
		assertThat(accounts.detail()).contains("the right to get serviceaccounts in the namespace builds is missing");
		assertThat(accounts.fix()).isEqualTo(
				"kubectl -n builds get serviceaccounts argo-sa image-build image-clone image-executor image-scan");
	}

	@Test
	void accountsWhenOneIsNotThereIsSeenByWhoMayLook() {
		this.checkup.installation.allow("get", "serviceaccounts");
		List.of("image-build", "image-clone", "image-scan", "image-executor")
			.forEach((name) -> object("serviceaccounts", name));
		Check accounts = check("accounts", Verdict.WRONG);
		assertThat(accounts.detail()).endsWith("not there: argo-sa.");
		assertThat(accounts.fix()).startsWith("kubectl apply -k");
	}

	@Test
	void accountsWhenOneIsNotThereIsSeenByWhatArgoSays() {
		this.checkup.installation.objects.remove("pods/" + InstalledFixture.WORKFLOW + "-push-1");
		this.checkup.workflow("build-a", "2026-03-01T11:50:00Z", "phase", "Error", "completed", "true");
		this.checkup.cluster.kubernetes.store.change(TestCluster.BUILDS, "build-a", (object) -> object
			.withObjectProperty("status")
			.withObjectProperty("nodes")
			.putObject("n")
			.put("message",
					"pods \"build-a-push-1\" is forbidden: error looking up service account builds/argo-sa: serviceaccount \"argo-sa\" not found"));
		assertThat(check("accounts", Verdict.WRONG).detail()).endsWith("not there: argo-sa.");
		this.checkup.cluster.kubernetes.store.change(TestCluster.BUILDS, "build-a",
				(object) -> WorkflowStore.meta(object).put("creationTimestamp", "2026-03-01T10:00:00Z"));
		assertThat(check("accounts", Verdict.CANNOT_SEE).detail()).contains("cannot be seen of argo-sa:");
	}

	@Test
	void tokenWhenAPodMountedItIsThere() {
		assertThat(check("executor-token", Verdict.OK).detail()).contains("has mounted the Secret " + SECRET);
	}

	@Test
	void tokenWhenNothingRanCannotBeSeen() {
		this.installed.noPods();
		Check token = check("executor-token", Verdict.CANNOT_SEE);
		assertThat(token.detail()).contains("the right to get secrets " + SECRET + " in the namespace builds");
		assertThat(token.fix()).isEqualTo("kubectl -n builds get secret " + SECRET);
	}

	@Test
	void tokenWhenAPodWaitsForItsVolumesIsMissingMostLikely() {
		this.installed.pod("push", (pod) -> {
			InstalledFixture.stuck(pod);
			pod.withObjectProperty("metadata").put("creationTimestamp", "2026-03-01T12:06:00Z");
		});
		Check token = check("executor-token", Verdict.WRONG);
		assertThat(token.detail()).contains("-push-1 has waited since 2026-03-01T12:06:00Z", "most often the Secret",
				"the right to list events");
		assertThat(token.fix()).startsWith("kubectl apply -k");
	}

	@Test
	void tokenWhenAPodHasJustBegunIsNotBlamed() {
		this.installed.pod("push", (pod) -> {
			InstalledFixture.stuck(pod);
			pod.withObjectProperty("metadata").put("creationTimestamp", "2026-03-01T12:09:00Z");
		});
		check("executor-token", Verdict.OK);
	}

	@Test
	void tokenWhenEventsMayBeReadIsMissingForSureOrNotTheReason() {
		this.checkup.installation.allow("list", "events");
		this.installed.noPods();
		this.installed.pod("clone", InstalledFixture::stuck);
		assertThat(check("executor-token", Verdict.CANNOT_SEE).fix()).contains("describe pod");
		event("MountVolume.SetUp failed for volume \"ca\" : configmap \"x\" not found");
		check("executor-token", Verdict.CANNOT_SEE);
		event("MountVolume.SetUp failed for volume \"exec-sa-token\" : secret \"" + SECRET + "\" not found");
		assertThat(check("executor-token", Verdict.WRONG).detail()).contains("\"" + SECRET + "\" not found");
	}

	private void event(String message) {
		object("events", "e" + message.hashCode());
		this.checkup.installation.objects.get("events/e" + message.hashCode())
			.put("reason", "FailedMount")
			.put("message", message);
	}

	@Test
	void tokenWhenTheSecretMayBeSeenIsLookedFor() {
		this.checkup.installation.allow("get", "secrets " + SECRET);
		assertThat(check("executor-token", Verdict.WRONG).detail()).contains("is not there");
		object("secrets", SECRET);
		check("executor-token", Verdict.OK);
		check("further-rights", Verdict.OK);
	}

	@Test
	void identityWhenThePodWasGivenOneIsWell() {
		assertThat(check("identity", Verdict.OK).detail()).endsWith("-push-1 had the identity a-client.");
	}

	@Test
	void identityWhenTheAccountLacksTheAnnotationIsWrong() {
		this.installed.pod("push", (pod) -> ((ArrayNode) pod.at("/spec/containers/0/env")).remove(0));
		Check identity = check("identity", Verdict.WRONG);
		assertThat(identity.detail()).contains("its account argo-sa lacks the annotation");
		assertThat(identity.fix()).isEqualTo(
				"kubectl -n builds annotate serviceaccount argo-sa azure.workload.identity/client-id=<client id>");
		this.installed.noPods();
		this.checkup.installation.allow("get", "serviceaccounts");
		object("serviceaccounts", "argo-sa");
		assertThat(check("identity", Verdict.WRONG).detail()).contains("The account argo-sa lacks the annotation");
	}

	@Test
	void identityWhenTheWebhookDidNothingIsWrong() {
		this.installed.pod("push", (pod) -> ((ArrayNode) pod.at("/spec/containers/0/env")).removeAll());
		Check identity = check("identity", Verdict.WRONG);
		assertThat(identity.detail()).contains("Azure's webhook has not given it an identity");
		assertThat(identity.fix()).contains("--enable-workload-identity");
	}

	@Test
	void identityWhenNothingPushedCannotBeSeen() {
		this.installed.noPods();
		assertThat(check("identity", Verdict.CANNOT_SEE).detail())
			.contains("the right to get serviceaccounts in the namespace builds is missing");
	}

	@Test
	void identityWhenTheRegistryIsNotAzuresNeedsNone() {
		this.installed.noPods();
		List<Check> checks = this.checkup.checks(TestCheckup.PATIENT, "registry.example.com",
				TestCluster.team("payments", "builds"));
		assertThat(TestCheckup.check(checks, "identity").verdict()).isEqualTo(Verdict.OK);
	}

	@Test
	void controllerWhenItMadeAPodIsAlive() {
		assertThat(check("controller", Verdict.OK).detail()).startsWith("It made the pod build-");
	}

	/** Argo's default costs a build of four steps half a minute. */
	@Test
	void controllerWhenItPausesBetweenStepsIsWellWithAdvice() {
		this.installed.noPods();
		ranBetween("clone", "12:00:00", "12:00:10");
		ranBetween("build", "12:00:20", "12:01:00");
		ranBetween("scan", "12:01:07", "12:01:30");
		Check controller = check("controller", Verdict.OK);
		assertThat(controller.detail()).contains("It lets 7 seconds pass between two steps");
		assertThat(controller.fix())
			.isEqualTo("kubectl -n argo set env deployment/workflow-controller DEFAULT_REQUEUE_TIME=1s");
		ranBetween("build", "12:00:11", "12:01:00");
		assertThat(check("controller", Verdict.OK).fix()).isNull();
	}

	private void ranBetween(String step, String created, String finished) {
		this.installed.pod(step, (pod) -> {
			pod.withObjectProperty("metadata").put("creationTimestamp", "2026-03-01T" + created + "Z");
			((ObjectNode) pod.at("/status/containerStatuses/0/state/terminated")).put("finishedAt",
					"2026-03-01T" + finished + "Z");
		});
	}

	@Test
	void controllerWhenItLooksAtNothingIsSilent() {
		this.checkup.workflow("build-a", "2026-03-01T12:08:00Z");
		Check controller = check("controller", Verdict.WRONG);
		assertThat(controller.detail()).isEqualTo(
				"The workflow-controller has not looked at the Workflow build-a since it was made at 2026-03-01T12:08:00Z.");
		assertThat(controller.fix()).startsWith("kubectl -n argo rollout status deployment workflow-controller");
	}

	@Test
	void controllerWhenAWorkflowIsNewIsNotBlamed() {
		this.checkup.workflow("build-a", "2026-03-01T12:09:30Z");
		check("controller", Verdict.OK);
	}

	@Test
	void controllerWhenAWorkflowDoesNotGoOnIsSilent() {
		this.checkup.workflow(InstalledFixture.WORKFLOW, "2026-03-01T12:00:00Z", "phase", "Running", "completed",
				"false");
		assertThat(check("controller", Verdict.WRONG).detail()).isEqualTo("The Workflow " + InstalledFixture.WORKFLOW
				+ " has not gone on since its last pod ended at 2026-03-01T12:06:00Z.");
		this.checkup.cluster.kubernetes.store.change(TestCluster.BUILDS, InstalledFixture.WORKFLOW,
				(object) -> WorkflowStore.meta(object)
					.withObjectProperty("labels")
					.put("workflows.argoproj.io/completed", "true"));
		check("controller", Verdict.OK);
	}

	@Test
	void controllerWhenNothingRanCannotBeSeen() {
		this.installed.noPods();
		assertThat(check("controller", Verdict.CANNOT_SEE).detail()).contains("shows itself with the next build");
		this.checkup.installation.deny("list workflows.argoproj.io");
		assertThat(check("controller", Verdict.CANNOT_SEE).detail())
			.contains("The right to list workflows.argoproj.io in the namespace builds is missing");
	}

	@ParameterizedTest
	@CsvSource({ "v4.1.2, OK", "v4.1.1, WRONG", "v4.1.3, OK", "v4.0.10, OK", "v4.0.9, WRONG", "v4.2.0, OK",
			"v5.0.0, OK", "v4.1.2-rc1, WRONG", "4.1.2, OK", "v4.1.2-nonroot, OK", "v3.7.17, WRONG", "v3.6.19, WRONG",
			"v4.0.6@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, WRONG",
			"v4.0.10@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, OK",
			"latest, CANNOT_SEE" })
	void versionWhenReadFromTheExecutorIsJudged(String tag, Verdict verdict) {
		executor("mirror.example.com:5000/argoproj/argoexec:" + tag);
		Check version = check("argo-version", verdict);
		assertThat(version.fix() == null).isEqualTo(verdict == Verdict.OK);
	}

	private void executor(String image) {
		this.installed.noPods();
		this.installed.pod("clone", (pod) -> ((ObjectNode) pod.at("/spec/containers/1")).put("image", image));
	}

	@Test
	void versionWhenOfTheOldLineIsWellWithAdvice() {
		executor("quay.io/argoproj/argoexec:v3.7.18");
		Check version = check("argo-version", Verdict.OK);
		assertThat(version.detail()).contains("Argo Workflows is 3.7.18", "gets no more updates");
		assertThat(version.fix()).contains("v4.1.2/install.yaml");
	}

	@Test
	void versionWhenTheImageHasADigestOnlyCannotBeSeen() {
		executor("mirror.example.com:5000/argoexec@sha256:" + "a".repeat(64));
		assertThat(check("argo-version", Verdict.CANNOT_SEE).detail()).contains("does not say its version");
	}

	@Test
	void versionWhenThereIsNoPodCannotBeSeen() {
		this.installed.noPods();
		assertThat(check("argo-version", Verdict.CANNOT_SEE).detail()).contains("no pod is there now");
		this.checkup.installation.deny("list pods");
		assertThat(check("argo-version", Verdict.CANNOT_SEE).detail())
			.contains("The right to list pods in the namespace builds is missing");
	}

	/** Pods are listed in pages, and the newest may be on the last. */
	@Test
	void versionWhenThereAreManyPodsIsThatOfTheNewest() {
		for (int i = 0; i < 450; i++) {
			int number = i;
			this.installed.pod("clone",
					(pod) -> pod.withObjectProperty("metadata").put("name", "build-%04d-clone".formatted(number)));
		}
		this.installed.pod("scan", (pod) -> {
			pod.withObjectProperty("metadata").put("name", "z-last").put("creationTimestamp", "2026-03-01T12:09:59Z");
			((ObjectNode) pod.at("/spec/containers/1")).put("image", "argoexec:v4.0.10");
		});
		assertThat(check("argo-version", Verdict.OK).detail()).contains("4.0.10, by the executor in the pod z-last");
	}

}
