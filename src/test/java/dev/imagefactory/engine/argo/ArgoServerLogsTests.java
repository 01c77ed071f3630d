package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.argo.StrictArgoServer.Fault;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Step;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Logs of pods that are gone, from Argo's artifact store. */
@Timeout(30)
class ArgoServerLogsTests {

	private static final Instant AT = Instant.parse("2026-03-01T12:00:10Z");

	private static final String UID = "4b6b2f0e-3f0b-4c0e-9d55-0d8f6a9e7a11";

	private static final String LOG = "a-node/main-logs";

	private static final String BY_NAME = "GET /argo/artifacts/builds/" + WorkflowFixture.NAME + "/" + LOG;

	private static final String BY_UID = "GET /argo/artifacts-by-uid/" + UID + "/" + LOG;

	private final StrictArgoServer real = new StrictArgoServer();

	private final StepTries.Try attempt = new StepTries.Try("a-node", "", 1, AT, true, "", "pod deleted", true);

	private final StepTries step = new StepTries(BuildId.of(WorkflowFixture.NAME), Step.BUILD, "builds", UID,
			List.of(this.attempt), true);

	private final List<String> lines = new ArrayList<>();

	private final ArgoServerGuard guard = TestArgoServer.guard(Duration.ofSeconds(3));

	@TempDir
	Path folder;

	private ArchivedLog archive;

	@BeforeEach
	void open() throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		this.archive = new ArgoServerLogs(TestArgoServer.of(this.real.address(), token, this.guard));
		ObjectNode workflow = new ObjectMapper().createObjectNode();
		workflow.putObject("metadata").put("namespace", "builds").put("name", WorkflowFixture.NAME).put("uid", UID);
		workflow.putObject("status")
			.putObject("nodes")
			.putObject("a-node")
			.putObject("outputs")
			.putArray("artifacts")
			.addObject()
			.put("name", "main-logs");
		this.real.live.put("builds/" + WorkflowFixture.NAME, workflow);
	}

	private void forceAway() {
		this.real.live.values().forEach(this.real::keep);
		this.real.live.clear();
	}

	@AfterEach
	void close() {
		this.real.close();
	}

	private boolean read() {
		return this.archive.read(this.step, this.attempt, (at, line) -> {
			assertThat(at).isEqualTo(AT);
			this.lines.add(line);
		});
	}

	@Test
	void readWhenItIsArchivedGivesItsLines() {
		this.real.artifacts.put(LOG, "Compiling\n\n{\"json\": 1}\r\nDone");
		assertThat(read()).isTrue();
		assertThat(this.lines).containsExactly("Compiling", "", "{\"json\": 1}", "Done");
		assertThat(this.real.requests).containsExactly(BY_NAME);
	}

	@Test
	void readWhenTheWorkflowIsGoneGivesTheLinesByItsUid() {
		this.real.artifacts.put(LOG, "Compiling");
		forceAway();
		assertThat(read()).isTrue();
		assertThat(this.lines).containsExactly("Compiling");
		assertThat(this.real.requests).containsExactly(BY_NAME, BY_UID);
	}

	@Test
	void readWhenTheWorkflowSaysOfNoneAsksNobody() {
		StepTries.Try other = new StepTries.Try("a-node", "", 1, AT, true, "", "", false);
		assertThat(this.archive.read(this.step, other, (at, line) -> this.lines.add(line))).isFalse();
		assertThat(this.real.requests).isEmpty();
	}

	@Test
	void readWhenTheStoreHasItNoMoreIsNoneAndNoTrouble() {
		for (int i = 0; i < 5; i++) {
			assertThat(read()).isFalse();
		}
		forceAway();
		assertThat(read()).isFalse();
		this.real.archive.clear();
		assertThat(read()).isFalse();
		assertThat(this.lines).isEmpty();
		assertThat(this.guard.breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@Test
	void readWhenTheStoreMayNotBeReadSaysWhichRightIsMissing() {
		this.real.artifacts.put(LOG, "Compiling");
		this.real.maySeeStore = false;
		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(this::read)
				.withMessageContaining("read the archived log of a-node in the namespace builds")
				.withMessageContaining("may not get the Secret with the store's key");
		}
		assertThat(this.guard.breaker().getState()).as("the server itself is well")
			.isEqualTo(CircuitBreaker.State.CLOSED);
	}

	@Test
	void readWhenTheTokenIsNotTakenSaysSo() {
		this.real.artifacts.put(LOG, "Compiling");
		this.real.token = "another";
		assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(this::read)
			.withMessageContaining("answered 401 (Unauthorized); give a token")
			.withMessageContaining("server-token-file");
	}

	@Test
	void readWhenTheServerIsInTroubleIsAskedAgain() {
		this.real.artifacts.put(LOG, "Compiling");
		for (Fault fault : new Fault[] { Fault.answer(502, "text/html", "<html>"), Fault.silent(), Fault.halfway() }) {
			this.real.heal();
			this.real.always("artifacts", fault);
			assertThatExceptionOfType(EngineUnavailable.class).isThrownBy(this::read);
		}
		this.real.heal();
		this.guard.breaker().reset();
		assertThat(read()).isTrue();
		assertThat(this.lines).containsExactly("Compiling");
	}

}
