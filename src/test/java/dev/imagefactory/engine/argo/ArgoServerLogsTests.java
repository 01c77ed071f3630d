package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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

	private static final String LOG = "builds/" + WorkflowFixture.NAME + "/a-node/main-logs";

	private final StrictArgoServer real = new StrictArgoServer();

	private final StepTries.Try attempt = new StepTries.Try("a-node", "", 1, AT, true, "", "pod deleted");

	private final StepTries step = new StepTries(BuildId.of(WorkflowFixture.NAME), Step.BUILD, "builds",
			List.of(this.attempt), true);

	private final List<String> lines = new ArrayList<>();

	private final ArgoServerGuard guard = TestArgoServer.guard(TestArgoServer.HASTE);

	@TempDir
	Path folder;

	private ArchivedLog archive;

	@BeforeEach
	void open() throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictArgoServer.TOKEN);
		this.archive = new ArgoServerLogs(TestArgoServer.of(this.real.address(), token, this.guard));
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
		assertThat(this.real.requests).containsExactly("GET /argo/artifacts/" + LOG);
	}

	@Test
	void readWhenNothingIsArchivedIsNoneAndNoTrouble() {
		for (int i = 0; i < 5; i++) {
			assertThat(read()).isFalse();
		}
		this.real.always("artifacts", Fault.answer(404, "text/plain", "Not Found"));
		assertThat(read()).isFalse();
		assertThat(this.lines).isEmpty();
		assertThat(this.real.requests).hasSize(6);
		assertThat(this.guard.breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
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
