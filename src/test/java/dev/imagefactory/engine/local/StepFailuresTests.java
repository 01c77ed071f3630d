package dev.imagefactory.engine.local;

import java.io.IOException;
import java.time.Instant;

import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StepFailuresTests {

	private final StepFailures failures = new StepFailures(BuildId.next(Instant.EPOCH), () -> false);

	@Test
	void explainWhenThereWasNoRoomSaysSoAlthoughThereIsSomeAgain() {
		GitUnavailable failure = new GitUnavailable("Cannot check out",
				new IOException("writing failed", new IOException("No space left on device")));
		assertThat(this.failures.explain(failure).result()).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("disk-full"));
	}

	@Test
	void explainWhenARepositoryOnlySpeaksOfNoRoomBlamesTheRepository() {
		GitUnavailable failure = new GitUnavailable("The server said: No space left on device");
		assertThat(this.failures.explain(failure).result()).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("repository-unreachable"));
	}

}
