package dev.imagefactory.engine.argo;

import java.util.List;

import dev.imagefactory.pipeline.Step;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/** Which pods a Workflow speaks of, as real controllers left it. */
class StepTriesTests {

	private static List<StepTries> of(String scenario) {
		return StepTries.of(Recordings.read("4.0.10", scenario));
	}

	@Test
	void ofWhenAllWentWellHasOneTryOfEachStep() {
		assertThat(of("succeeded")).allMatch(StepTries::over)
			.allMatch((step) -> step.tries().size() == 1 && step.tries().getFirst().heading().isEmpty())
			.extracting(StepTries::step)
			.containsExactly(Step.CLONE, Step.BUILD, Step.SCAN, Step.PUSH);
	}

	@Test
	void ofWhenAStepWasTriedAgainHasItsTriesInOrderAndNothingOfStepsLeftOut() {
		List<StepTries> steps = of("push-init-41");
		assertThat(steps).last().satisfies((push) -> {
			assertThat(push.step()).isEqualTo(Step.PUSH);
			assertThat(push.tries()).extracting(StepTries.Try::number, StepTries.Try::heading)
				.containsExactly(tuple(1, ""), tuple(2, "Attempt 2, after: verify: Error (exit code 41)"),
						tuple(3, "Attempt 3, after: verify: Error (exit code 41)"));
			assertThat(push.tries()).extracting((each) -> each.node().substring(33))
				.containsExactly("2788828698", "2184687319", "2722012412");
		});
		assertThat(of("retried-ended")).extracting(StepTries::step).containsExactly(Step.CLONE, Step.BUILD);
	}

	@Test
	void ofWhenThePodWaitsHasNothingYet() {
		assertThat(of("waiting-image-pull")).isEmpty();
		assertThat(of("suspended")).isEmpty();
	}

	@Test
	void ofWhenAStepRunsIsNotOver() {
		assertThat(of("running-clone")).singleElement().satisfies((clone) -> {
			assertThat(clone.over()).isFalse();
			assertThat(clone.tries()).singleElement().matches((each) -> !each.over());
			assertThat(clone.namespace()).isNotEmpty();
		});
	}

	/** The name stands in what the API server said when it refused the pod. */
	@Test
	void ofWhenPodsAreNamedByTheRuleKnowsTheirNames() {
		StepTries.Try first = of("admission-refused").getFirst().tries().getFirst();
		assertThat(first.message()).contains("\"" + first.pod() + "\"");
		assertThat(of("retag-succeeded").getFirst().tries().getFirst().pod())
			.isEqualTo("build-01kjmma2g0wycd31k2mhw0be54-push-3307385473");
	}

	@Test
	void ofWhenItIsARetagOfItsOwnHasItsPush() {
		assertThat(of("retag-succeeded")).singleElement().matches((push) -> push.step() == Step.PUSH && push.over());
	}

	@Test
	void ofWhenTheNodesArePackedFindsThem() {
		assertThat(of("compressed-gzip")).isNotEmpty();
		assertThat(StepTries.of(Recordings.read("4.1.2", "compressed-zstd"))).isEmpty();
	}

	@Test
	void ofWhenAnyRecordingIsReadNeverFails() {
		Recordings.versions()
			.forEach((version) -> Recordings.scenarios(version)
				.filter((name) -> !name.equals("index"))
				.forEach((name) -> assertThat(StepTries.of(Recordings.read(version, name))).as(name)
					.allMatch((step) -> !step.tries().isEmpty())));
	}

}
