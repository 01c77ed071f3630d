package dev.imagefactory.engine.argo;

import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.argo.checkup.ArgoCheckup;
import dev.imagefactory.onboarding.Team;

import static dev.imagefactory.engine.argo.StrictKubernetes.JSON;

/** A good installation on a strict Kubernetes, and who looks at it. */
final class TestCheckup implements AutoCloseable {

	static final ArgoCheckup.Limits PATIENT = new ArgoCheckup.Limits(Duration.ofSeconds(10), Duration.ofSeconds(20));

	static final String AZURE = "example.azurecr.io";

	final TestCluster cluster = new TestCluster();

	final StrictInstallation installation = new StrictInstallation(TestCluster.BUILDS);

	final InstalledFixture installed = new InstalledFixture(this.installation).all();

	TestCheckup() {
		this.cluster.kubernetes.others = this.installation;
	}

	List<Check> checks() {
		return checks(PATIENT, AZURE, TestCluster.team("payments", TestCluster.BUILDS));
	}

	List<Check> checks(ArgoCheckup.Limits limits, String registry, Team... teams) {
		return new ArgoCheckup(new ApiQuestions(new KubernetesCalls(this.cluster.client(), System::nanoTime)),
				new ArgoCheckup.Subject(TestCluster.INSTALLATION, registry, TestCluster.teams(Arrays.asList(teams))),
				limits, Clock.fixed(InstalledFixture.NOW, ZoneOffset.UTC), System::nanoTime)
			.checks();
	}

	Check check(String name) {
		return check(checks(), name);
	}

	static Check check(List<Check> checks, String name) {
		return checks.stream().filter((check) -> check.name().equals(name)).findFirst().orElseThrow();
	}

	/** A Workflow of this installation, with labels of the controller. */
	void workflow(String name, String created, String... labels) {
		ObjectNode workflow = JSON.createObjectNode().put("apiVersion", "argoproj.io/v1alpha1").put("kind", "Workflow");
		ObjectNode all = workflow.putObject("metadata").put("name", name).putObject("labels");
		all.put("image-factory.dev/installation", TestCluster.INSTALLATION);
		for (int i = 0; i < labels.length; i += 2) {
			all.put("workflows.argoproj.io/" + labels[i], labels[i + 1]);
		}
		this.cluster.kubernetes.store.put(TestCluster.BUILDS, workflow);
		this.cluster.kubernetes.store.change(TestCluster.BUILDS, name,
				(object) -> WorkflowStore.meta(object).put("creationTimestamp", created));
	}

	@Override
	public void close() {
		this.cluster.close();
	}

}
