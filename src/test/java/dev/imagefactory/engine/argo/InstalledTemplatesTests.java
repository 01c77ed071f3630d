package dev.imagefactory.engine.argo;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Check.Verdict;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is installed is compared with what this version expects. */
class InstalledTemplatesTests {

	private final TestCheckup checkup = new TestCheckup();

	private final InstalledFixture installed = this.checkup.installed;

	@AfterEach
	void close() {
		this.checkup.close();
	}

	private Check wrong(String name) {
		Check check = this.checkup.check(name);
		assertThat(check.verdict()).as(check.detail()).isEqualTo(Verdict.WRONG);
		return check;
	}

	@Test
	void templatesWhenOneIsNotInstalledNameIt() {
		this.checkup.installation.objects.remove("workflowtemplates/trivy-scan-v1");
		Check templates = wrong("templates");
		assertThat(templates.detail()).isEqualTo("trivy-scan-v1 is not installed.");
		assertThat(templates.fix()).startsWith("kubectl apply -k workflow-templates/");
		assertThat(this.checkup.check("images").verdict()).isEqualTo(Verdict.CANNOT_SEE);
	}

	@Test
	void templatesWhenTheRightIsMissingCannotBeSeen() {
		this.checkup.installation.deny("get workflowtemplates.argoproj.io");
		Check templates = this.checkup.check("templates");
		assertThat(templates.verdict()).isEqualTo(Verdict.CANNOT_SEE);
		assertThat(templates.detail())
			.contains("The right to get workflowtemplates.argoproj.io in the namespace builds is missing");
		assertThat(templates.fix()).isEqualTo("kubectl -n builds apply -f workflow-templates/service-access.yaml");
	}

	private static Arguments changed(String template, String step, Consumer<ObjectNode> change, String found) {
		return Arguments.of(template, step, change, found);
	}

	static Stream<Arguments> changes() {
		return Stream.of(changed("git-clone-v1", "clone",
				(step) -> step.withObjectProperty("script")
					.put("source", step.at("/script/source").asText().replaceFirst("set -euf", "set -e")),
				"git-clone-v1 differs: spec.templates[clone].script.source line 4: expected 'set -euf', found 'set -e'."),
				changed("kaniko-build-v1", "build", (step) -> step.put("automountServiceAccountToken", true),
						"spec.templates[build].automountServiceAccountToken: expected false, found true."),
				changed("kaniko-build-v1", "build", (step) -> step.remove("automountServiceAccountToken"),
						"spec.templates[build].automountServiceAccountToken: expected false, found nothing."),
				changed("kaniko-build-v1", "build",
						(step) -> ((ArrayNode) step.at("/script/securityContext/capabilities/add")).add("SYS_ADMIN"),
						"spec.templates[build].script.securityContext.capabilities.add[7]: expected nothing, found 'SYS_ADMIN'."),
				changed("kaniko-build-v1", "build",
						(step) -> step.withObjectProperty("script")
							.withObjectProperty("securityContext")
							.put("privileged", true),
						"spec.templates[build].script.securityContext.privileged: expected nothing, found true."),
				changed("trivy-scan-v1", "scan",
						(step) -> step.withObjectProperty("securityContext").put("runAsUser", 0),
						"spec.templates[scan].securityContext.runAsUser: expected 65532, found 0"),
				changed("trivy-scan-v1", "scan",
						(step) -> step.withArrayProperty("sidecars").addObject().put("name", "spy").put("image", "spy"),
						"spec.templates[scan].sidecars: expected nothing, found [{\"name\":\"spy\",\"image\":\"spy\"}]."),
				changed("acr-push-v1", "push", (step) -> ((ArrayNode) step.at("/inputs/parameters")).remove(0),
						"spec.templates[push].inputs.parameters[digest]: expected {\"name\":\"digest\"}, found nothing."),
				changed("image-retag-v1", "push",
						(step) -> ((ObjectNode) step.at("/script/env/0")).put("value", "{{workflow.name}}"),
						"image-retag-v1 differs: spec.templates[push].script.env["),
				changed("image-build-v1", "pipeline",
						(step) -> ((ObjectNode) step.at("/dag/tasks/3")).put("depends", "scan"),
						"spec.templates[pipeline].dag.tasks[push].depends: expected 'scan.Succeeded', found 'scan'."),
				changed("image-build-v1", "pipeline",
						(step) -> ((ObjectNode) step.at("/dag/tasks/3/templateRef")).put("clusterScope", true),
						"spec.templates[pipeline].dag.tasks[push].templateRef.clusterScope: expected nothing, found true."));
	}

	@ParameterizedTest
	@MethodSource("changes")
	void templatesWhenOneIsChangedNameThePlace(String template, String step, Consumer<ObjectNode> change,
			String found) {
		this.installed.changeStep(template, step, change);
		assertThat(wrong("templates").detail()).contains(found);
	}

	@Test
	void templatesWhenTheyDifferInManyPlacesNameSome() {
		this.installed.change("git-clone-v1", (spec) -> spec.putArray("templates"));
		this.installed.changeStep("acr-push-v1", "push", (step) -> step.retain("name"));
		assertThat(wrong("templates").detail()).hasSizeLessThan(1200).contains("; and ", " more.");
	}

	/** What docs/how-to/install-the-templates.md leaves to the administrator. */
	@Test
	void templatesWhenOnlyTheAdministratorsPartDiffersAreWell() {
		this.installed.change("image-build-v1", (spec) -> {
			spec.put("activeDeadlineSeconds", 7200).putObject("ttlStrategy").put("secondsAfterCompletion", 60);
			spec.putArray("imagePullSecrets").addObject().put("name", "mirror");
			spec.put("archiveLogs", true);
			((ObjectNode) spec.at("/volumeClaimTemplates/0/spec")).put("storageClassName", "fast")
				.putObject("resources")
				.putObject("requests")
				.put("storage", "50Gi");
			spec.putObject("podMetadata").putObject("labels").put("team", "payments");
		});
		this.installed.changeStep("kaniko-build-v1", "build", (step) -> {
			step.put("activeDeadlineSeconds", "6000").putObject("nodeSelector").put("pool", "builds");
			step.putArray("tolerations").addObject().put("key", "builds");
			step.putObject("metadata").putObject("annotations").put("example.com/a", "b");
			step.withObjectProperty("script").putObject("resources").putObject("limits").put("memory", "32Gi");
		});
		assertThat(this.checkup.check("templates").detail()).startsWith("Installed, and as this version expects");
	}

	/** Argo's own tools write empty fields, and schemas have defaults. */
	@Test
	void templatesWhenToolsAddedEmptyFieldsAreWell() {
		this.installed.changeStep("git-clone-v1", "clone", (step) -> {
			step.putObject("metadata");
			step.putObject("dag");
			step.put("daemon", "").putNull("synchronization").putArray("initContainers");
			step.withObjectProperty("script").put("name", "");
			step.withObjectProperty("retryStrategy").put("limit", 2);
		});
		this.installed.change("git-clone-v1", (spec) -> spec.putObject("arguments"));
		assertThat(this.checkup.check("templates").verdict()).isEqualTo(Verdict.OK);
	}

	/** Two teams in one namespace have two templates, and accounts of their own. */
	@Test
	void templatesWhenATeamHasItsOwnAreThose() {
		Stream.of("image-build-v1", "image-retag-v1", "acr-push-v1").forEach((name) -> {
			ObjectNode copy = this.checkup.installation.objects.get("workflowtemplates/" + name).deepCopy();
			copy.withObjectProperty("metadata").put("name", name.replace("-v1", "-search-v1"));
			this.checkup.installation.put("workflowtemplates", copy);
		});
		this.installed.changeStep("image-build-search-v1", "pipeline",
				(step) -> ((ObjectNode) step.at("/dag/tasks/3/templateRef")).put("name", "acr-push-search-v1"));
		this.installed.changeStep("acr-push-search-v1", "push", (step) -> step.put("serviceAccountName", "search-sa"));
		this.installed.changeStep("image-retag-search-v1", "push",
				(step) -> step.put("serviceAccountName", "search-sa"));
		this.installed.changeStep("acr-push-search-v1", "push",
				(step) -> step.withObjectProperty("script").put("image", "kaniko"));
		Team search = new Team(TeamName.of("search"), ImageName.of("search"),
				new ArgoIdentity("builds", "search-sa", "image-build", "image-build-search-v1", true),
				GatePolicy.standard(), List.of());
		List<Check> checks = this.checkup.checks(TestCheckup.PATIENT, TestCheckup.AZURE,
				TestCluster.team("payments", "builds"), search);
		assertThat(checks).filteredOn((check) -> check.name().equals("templates"))
			.hasSize(2)
			.allMatch((check) -> check.verdict() == Verdict.OK)
			.last()
			.satisfies((check) -> assertThat(check.detail()).contains("image-build-search-v1", "image-retag-search-v1",
					"acr-push-search-v1"));
		assertThat(checks).filteredOn((check) -> check.name().equals("images"))
			.extracting(Check::verdict)
			.containsExactly(Verdict.OK, Verdict.WRONG);
		assertThat(TestCheckup.check(checks, "accounts").verdict()).isEqualTo(Verdict.CANNOT_SEE);
	}

	@Test
	void imagesWhenOneIsNotPinnedNameIt() {
		this.installed.changeStep("trivy-scan-v1", "scan",
				(step) -> step.withObjectProperty("script").put("image", "ghcr.io/aquasecurity/trivy:0.74.0"));
		Check images = wrong("images");
		assertThat(images.detail()).endsWith("trivy-scan-v1: ghcr.io/aquasecurity/trivy:0.74.0.");
		assertThat(images.fix())
			.isEqualTo("sh workflow-templates/pin-images.sh && kubectl apply -k workflow-templates/");
	}

	@Test
	void imagesWhenKustomizeWasNotUsedSayWhatIsMissing() {
		this.installed.changeStep("kaniko-build-v1", "build",
				(step) -> step.withObjectProperty("script").put("image", "kaniko"));
		Check images = wrong("images");
		assertThat(images.detail()).endsWith("names that kustomize maps: kaniko-build-v1: kaniko.");
		assertThat(images.fix()).startsWith("kubectl apply -k");
	}

	@Test
	void accountsWhenATemplateRunsAsAnotherAreWrong() {
		this.installed.changeStep("acr-push-v1", "push", (step) -> step.put("serviceAccountName", "default"));
		this.installed.changeStep("kaniko-build-v1", "build", (step) -> step.remove("serviceAccountName"));
		Check accounts = wrong("accounts");
		assertThat(accounts.detail()).startsWith("kaniko-build-v1 runs as the namespace's default account, and should "
				+ "as image-build; acr-push-v1 runs as default, and should as argo-sa.");
		assertThat(this.checkup.check("templates").verdict()).isEqualTo(Verdict.OK);
	}

	@Test
	void identityWhenAPodThatPushesLacksTheLabelIsWrong() {
		this.installed.changeStep("image-retag-v1", "push", (step) -> step.remove("metadata"));
		Check identity = wrong("identity");
		assertThat(identity.detail()).endsWith("image-retag-v1 lacks it, so it cannot push.");
		assertThat(identity.fix()).startsWith("kubectl apply -k");
	}

	@Test
	void identityWhenTheBuildHasTheLabelIsWrong() {
		this.installed.change("kaniko-build-v1",
				(spec) -> spec.putObject("podMetadata").putObject("labels").put("azure.workload.identity/use", "true"));
		assertThat(wrong("identity").detail()).endsWith("kaniko-build-v1 has it, though it does not push.");
		assertThat(wrong("templates").detail())
			.contains("spec.podMetadata.labels.azure.workload.identity/use: expected nothing, found 'true'");
	}

}
