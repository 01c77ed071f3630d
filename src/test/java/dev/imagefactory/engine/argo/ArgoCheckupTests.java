package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Check.Verdict;
import dev.imagefactory.engine.argo.StrictKubernetes.Fault;
import dev.imagefactory.engine.argo.StrictKubernetes.Reply;
import dev.imagefactory.engine.argo.checkup.ArgoCheckup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The API server, the rights, and looking itself. */
class ArgoCheckupTests {

	private static final ArgoCheckup.Limits HASTY = new ArgoCheckup.Limits(Duration.ofMillis(400),
			Duration.ofMillis(1200));

	private final TestCheckup checkup = new TestCheckup();

	private final StrictKubernetes kubernetes = this.checkup.cluster.kubernetes;

	@AfterEach
	void close() {
		this.checkup.close();
	}

	@Test
	void checksWhenAllIsWellSaySo() {
		this.checkup.installation.allow("get", "serviceaccounts");
		List.of("image-clone", "image-build", "image-scan", "argo-sa", "image-executor").forEach(this::account);
		List<Check> checks = this.checkup.checks();
		assertThat(checks).allMatch((check) -> check.verdict() == Verdict.OK && check.fix() == null);
		assertThat(checks).extracting(Check::name)
			.containsExactly("api", "argo", "rights", "further-rights", "templates", "images", "accounts",
					"executor-token", "identity", "controller", "argo-version");
		assertThat(checks.subList(2, checks.size())).allMatch((check) -> "builds".equals(check.namespace()));
		assertThat(checks.getFirst().detail()).contains("v1.33.13", StrictInstallation.USER);
	}

	private void account(String name) {
		var account = StrictKubernetes.JSON.createObjectNode();
		account.putObject("metadata")
			.put("name", name)
			.putObject("annotations")
			.put("azure.workload.identity/client-id", "a-client");
		this.checkup.installation.put("serviceaccounts", account);
	}

	@Test
	void checksWhenLookingAsksLittleAndChangesNothing() {
		this.checkup.checks();
		assertThat(this.kubernetes.requests)
			.allMatch((line) -> line.startsWith("GET ") || line.matches("POST /apis/auth[a-z.0-9]+/v1/selfsubject.*"))
			.hasSizeLessThan(60);
	}

	@Test
	void checksWhenTeamsHaveTheirNamespacesAreOfEach() {
		List<Check> checks = this.checkup.checks(TestCheckup.PATIENT, TestCheckup.AZURE,
				TestCluster.team("payments", TestCluster.BUILDS), TestCluster.team("search", TestCluster.SEARCH));
		assertThat(checks).filteredOn((check) -> TestCluster.BUILDS.equals(check.namespace()))
			.noneMatch((check) -> check.verdict() == Verdict.WRONG);
		Check rights = TestCheckup
			.check(checks.stream().filter((check) -> TestCluster.SEARCH.equals(check.namespace())).toList(), "rights");
		assertThat(rights.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(rights.detail()).contains("That is all it needs: is there such a namespace");
		assertThat(rights.fix()).isEqualTo("kubectl -n search-builds apply -f workflow-templates/service-access.yaml");
	}

	@Test
	void apiWhenNobodyAnswersIsWrongAndHidesTheRest() {
		this.kubernetes.always("/version", Fault.dropped());
		List<Check> checks = this.checkup.checks();
		assertThat(checks.getFirst().name()).isEqualTo("api");
		assertThat(checks.getFirst().verdict()).isEqualTo(Verdict.WRONG);
		assertThat(checks.getFirst().detail()).contains("could not be reached or broke off");
		assertThat(checks.getFirst().fix()).contains("kubectl get --raw /version");
		assertThat(checks.subList(1, checks.size())).hasSize(10)
			.allMatch((check) -> check.verdict() == Verdict.CANNOT_SEE);
	}

	@Test
	void apiWhenItDoesNotKnowUsIsWrong() {
		this.kubernetes.token = "another";
		Check api = this.checkup.check("api");
		assertThat(api.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(api.detail()).contains("HTTP 401: Unauthorized");
	}

	@Test
	void argoWhenNotInstalledIsWrong() {
		this.checkup.installation.argo = false;
		List<Check> checks = this.checkup.checks();
		Check argo = TestCheckup.check(checks, "argo");
		assertThat(argo.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(argo.fix()).startsWith("kubectl create namespace argo; kubectl apply --server-side");
		assertThat(TestCheckup.check(checks, "templates").verdict()).isEqualTo(Verdict.CANNOT_SEE);
	}

	@Test
	void checksWhenTheApiFallsSilentHaveAnEnd() {
		this.kubernetes.always("namespaces", Fault.silent());
		long before = System.nanoTime();
		List<Check> checks = this.checkup.checks(HASTY, TestCheckup.AZURE,
				TestCluster.team("payments", TestCluster.BUILDS), TestCluster.team("search", TestCluster.SEARCH));
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
		assertThat(TestCheckup.check(checks, "api").verdict()).isEqualTo(Verdict.OK);
		assertThat(TestCheckup.check(checks, "rights").verdict()).isEqualTo(Verdict.OK);
		assertThat(TestCheckup.check(checks, "templates").verdict()).isEqualTo(Verdict.CANNOT_SEE);
		assertThat(TestCheckup.check(checks, "templates").detail()).contains("Cannot look at apis/argoproj.io");
		assertThat(TestCheckup.check(checks, "controller").verdict()).isEqualTo(Verdict.CANNOT_SEE);
	}

	/** What one question meets is no reason to be silent about the rest. */
	@Test
	void checksWhenOneQuestionFailsDegradeOnlyWhatNeedsIt() {
		List<Check> well = this.checkup.checks();
		this.kubernetes.always("/pods", Fault.answer(Reply.status(500, "InternalError", "etcd: too slow")));
		List<Check> checks = this.checkup.checks();
		List<String> other = new ArrayList<>();
		for (int i = 0; i < checks.size(); i++) {
			if (!checks.get(i).equals(well.get(i))) {
				other.add(checks.get(i).name());
			}
		}
		assertThat(other).containsExactly("accounts", "executor-token", "identity", "controller", "argo-version");
		assertThat(TestCheckup.check(checks, "argo-version").detail()).contains("HTTP 500: etcd: too slow");
		this.kubernetes.heal();
		this.kubernetes.always("/pods", Fault.answer(new Reply(200, "text/html", "<html>sign in</html>")));
		assertThat(TestCheckup.check(this.checkup.checks(), "templates").verdict()).isEqualTo(Verdict.OK);
	}

	@Test
	void rightsWhenSomeAreMissingAreNamedExactly() {
		this.checkup.installation.deny("patch workflows.argoproj.io");
		this.checkup.installation.deny("get pods/log");
		Check rights = this.checkup.check("rights");
		assertThat(rights.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(rights.detail()).isEqualTo(
				"The service (system:serviceaccount:image-factory:image-factory) may not: patch workflows.argoproj.io, get pods/log.");
		assertThat(rights.fix()).isEqualTo("kubectl -n builds apply -f workflow-templates/service-access.yaml");
	}

	@Test
	void rightsWhenAKubeconfigSpeaksForAPersonBindTheRoleToHim() {
		this.checkup.installation.user = "ada@example.com";
		this.checkup.installation.deny("get pods/log");
		assertThat(this.checkup.check("rights").fix())
			.endsWith("create rolebinding image-factory-outside --role=image-factory --user='ada@example.com'");
		this.checkup.installation.user = "a'; rm -rf x; '";
		assertThat(this.checkup.check("rights").fix()).doesNotContain("rm");
	}

	@Test
	void rightsWhenNobodyMayAskCannotBeSeen() {
		this.checkup.installation.reviews = false;
		List<Check> checks = this.checkup.checks();
		for (String name : List.of("rights", "further-rights")) {
			Check check = TestCheckup.check(checks, name);
			assertThat(check.verdict()).isEqualTo(Verdict.CANNOT_SEE);
			assertThat(check.detail())
				.contains("The right to create selfsubjectaccessreviews.authorization.k8s.io is missing");
			assertThat(check.fix()).contains("--clusterrole=system:basic-user");
		}
		assertThat(TestCheckup.check(checks, "templates").verdict()).isEqualTo(Verdict.OK);
	}

	@Test
	void furtherRightsWhenThereAreDangerousOnesAreNamedExactly() {
		this.checkup.installation.allow("get list", "secrets");
		this.checkup.installation.allow("create", "pods");
		this.checkup.installation.allow("get", "serviceaccounts");
		List<Check> checks = this.checkup.checks();
		Check further = TestCheckup.check(checks, "further-rights");
		assertThat(further.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(further.detail()).contains("may also: create pods, get secrets, list secrets.");
		assertThat(further.fix()).contains("grep 'image-factory'");
		assertThat(TestCheckup.check(checks, "rights").verdict()).isEqualTo(Verdict.OK);
	}

}
