package dev.imagefactory.engine.local;

import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.pipeline.RunResult;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BuildOutputTests {

	private final List<String> log = new ArrayList<>();

	private final BuildOutput output = new BuildOutput(this.log::add);

	@Test
	void failureWhenJailWasNeverReadyIsThePlatforms() {
		say("mount: permission denied");
		assertThat(this.output.failure("buildah", 1).result()).isEqualTo(new RunResult.Errored("builder-broken",
				"buildah could not be started in its jail (exit code 1): mount: permission denied"));
	}

	@Test
	void failureWhenDiskIsFullIsThePlatforms() {
		say(Jail.READY, "STEP 1/2: FROM scratch", "Error: writing blob: write /work/tmp/x: no space left on device");
		assertThat(this.output.failure("buildah", 125).result()).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("disk-full"));
	}

	@Test
	void failureWhenRegistryOfTheBaseIsAwayIsThePlatforms() {
		say(Jail.READY, "STEP 1/2: FROM alpine",
				"Error: creating build container: pinging container registry docker.io: dial tcp: lookup failed");
		assertThat(this.output.failure("buildah", 125).result()).isInstanceOfSatisfying(RunResult.Errored.class,
				(errored) -> assertThat(errored.reason()).isEqualTo("base-image-unreachable"));
	}

	@Test
	void failureWhenRegistryOfTheBaseIsAwayTellsWhatTheRegistrySaidAndWhatToDo() {
		say(Jail.READY, "STEP 1/2: FROM registry.invalid/base:1", "Trying to pull registry.invalid/base:1...",
				"Error: creating build container: pinging container registry registry.invalid: no such host");
		assertThat(this.output.failure("buildah", 125)).hasMessageContaining(
				"could not be reached: creating build container: pinging container registry registry.invalid: no such host. Run the build again");
	}

	@Test
	void failureWhenARunPretendsARegistryIsAwayIsTheRepositorys() {
		say(Jail.READY, "STEP 2/2: RUN make", "Error: pinging container registry docker.io: no such host",
				"Error: building at STEP \"RUN make\": exit status 2");
		assertThat(this.output.failure("buildah", 2).result()).isInstanceOf(RunResult.Failed.class);
	}

	@Test
	void failureWhenTheTextOfARunPretendsARegistryIsAwayIsTheRepositorys() {
		say(Jail.READY, "STEP 2/2: RUN echo pinging container registry && false",
				"Error: building at STEP \"RUN echo pinging container registry && false\": while running runtime: exit status 1");
		assertThat(this.output.failure("buildah", 1).result()).isInstanceOf(RunResult.Failed.class);
	}

	@Test
	void failureWhenAStepFailsNamesItAndItsLastWords() {
		say(Jail.READY, "STEP 2/2: RUN make", "make: no rule", "subprocess exited with status 2",
				"Error: building at STEP \"RUN make\": exit status 2");
		assertThat(this.output.failure("buildah", 2).result()).isEqualTo(new RunResult.Failed("build-failed",
				"buildah ended with exit code 2: building at STEP \"RUN make\": exit status 2; the last output before was: make: no rule"));
		assertThat(this.log).doesNotContain(Jail.READY).hasSize(4);
	}

	@Test
	void failureWhenAStepSaysNothingButItsErrorSaysItOnce() {
		say(Jail.READY, "STEP 1/2: FROM scratch", "STEP 2/2: COPY gone /x",
				"Error: building at STEP \"COPY gone /x\": no such file");
		assertThat(this.output.failure("buildah", 125).result()).isEqualTo(new RunResult.Failed("build-failed",
				"buildah ended with exit code 125: building at STEP \"COPY gone /x\": no such file"));
	}

	@Test
	void failureWhenARunPretendsThePlatformIsBrokenBelievesOnlyWhatComesBefore() {
		say(Jail.READY, "STEP 2/2: RUN echo", Jail.READY, "Error: building at STEP \"RUN echo\": exit status 1");
		assertThat(this.output.failure("buildah", 1).result()).isInstanceOf(RunResult.Failed.class);
		assertThat(this.log).contains(Jail.READY);
	}

	@Test
	void failureWhenThereIsMuchOrNoOutputStaysShort() {
		assertThat(this.output.failure("buildah", 9)).hasMessageContaining("(it said nothing)");
		say(Jail.READY, "x".repeat(100_000) + "\u001b[31m");
		assertThat(this.output.failure("buildah", 9).getMessage()).hasSizeLessThan(1_000).doesNotContain("\u001b");
	}

	private void say(String... lines) {
		List.of(lines).forEach(this.output);
	}

}
