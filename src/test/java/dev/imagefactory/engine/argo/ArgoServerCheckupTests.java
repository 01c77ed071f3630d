package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.Check;
import dev.imagefactory.engine.Check.Verdict;
import dev.imagefactory.engine.argo.StrictArgoServer.Fault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The part of the self-check that is about the Argo Server. */
class ArgoServerCheckupTests {

	private final StrictArgoServer real = new StrictArgoServer();

	@TempDir
	Path folder;

	private Path token;

	@BeforeEach
	void write() throws IOException {
		this.token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		ObjectNode workflow = new ObjectMapper().createObjectNode();
		workflow.putObject("metadata").put("namespace", "builds").put("name", "a").put("uid", "b");
		this.real.keep(workflow);
	}

	@AfterEach
	void close() {
		this.real.close();
	}

	private List<Check> checks() {
		ArgoServerSettings settings = new ArgoServerSettings(this.real.address(), this.token.toString(), null);
		ArgoServerGuard guard = TestArgoServer.guard(Duration.ofSeconds(3));
		return new ArgoServerCheckup(settings.address(), ArgoServerConnection.open(settings, guard.patience()), guard,
				TestCluster.teams(List.of(TestCluster.team("payments", TestCluster.BUILDS))))
			.checks();
	}

	@Test
	void checksWhenAllIsWellSaySo() {
		List<Check> checks = checks();
		assertThat(checks).extracting(Check::name).containsExactly("argo-server", "argo-archive");
		assertThat(checks).allMatch((check) -> check.verdict() == Verdict.OK);
		assertThat(checks.getFirst().detail()).contains("answers; its version is v4.0.10");
		assertThat(checks.getLast().namespace()).isEqualTo("builds");
		assertThat(this.real.requests).hasSize(2).allMatch((line) -> line.startsWith("GET "));
	}

	@Test
	void checksWhenTheArchiveIsEmptyOrOffCannotSeeWhich() {
		this.real.archive.clear();
		Check archive = checks().getLast();
		assertThat(archive.verdict()).isEqualTo(Verdict.CANNOT_SEE);
		assertThat(archive.detail()).contains("none yet, or the archive is off");
		assertThat(archive.fix()).contains("workflow-controller-configmap");
	}

	@Test
	void checksWhenTheServerIsDownAreWrongWithTheWayToLook() {
		this.real.close();
		List<Check> checks = checks();
		assertThat(checks.getFirst().verdict()).isEqualTo(Verdict.WRONG);
		assertThat(checks.getFirst().detail()).endsWith("cannot be reached.");
		assertThat(checks.getFirst().fix()).startsWith("curl -fsS " + this.real.address() + "/api/v1/version");
		assertThat(checks.getLast().verdict()).isEqualTo(Verdict.CANNOT_SEE);
	}

	@Test
	void checksWhenSomethingElseAnswersSaySo() {
		this.real.always("version", Fault.answer(200, "text/html", "<html>"));
		assertThat(checks().getFirst().verdict()).isEqualTo(Verdict.WRONG);
		this.real.heal();
		this.real.always("version", Fault.answer(200, "application/json", "{}"));
		assertThat(checks().getFirst().detail()).contains("is no Argo Server");
	}

	@Test
	void checksWhenTheTokenIsNotTakenAreWrongWithTheWayToANewOne() throws IOException {
		Files.writeString(this.token, "another");
		Check archive = checks().getLast();
		assertThat(archive.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(archive.detail()).contains("answered 401 (Unauthorized)");
		assertThat(archive.fix()).startsWith("kubectl -n builds create token");
	}

	@Test
	void checksWhenTheAccountHasNoRightAreWrongWithTheRight() throws IOException {
		Files.writeString(this.token, StrictArgoServer.STRANGER);
		Check archive = checks().getLast();
		assertThat(archive.verdict()).isEqualTo(Verdict.WRONG);
		assertThat(archive.detail()).contains("answered 403", "not allowed to list workflows");
		assertThat(archive.fix()).contains("--verb=get,list --resource=workflows.argoproj.io");
	}

}
