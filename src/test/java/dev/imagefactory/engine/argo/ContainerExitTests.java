package dev.imagefactory.engine.argo;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a node's message says of its container. */
class ContainerExitTests {

	@Test
	void ofWhenMainFailedGivesItsCode() {
		assertThat(ContainerExit.of("main: Error (exit code 31)")).hasValue(new ContainerExit("main", "Error", 31));
	}

	@Test
	void ofWhenAnInitContainerOfOursFailedNamesIt() {
		assertThat(ContainerExit.of("verify: Error (exit code 41)")).hasValueSatisfying((exit) -> {
			assertThat(exit.code()).isEqualTo(41);
			assertThat(exit.isArgos()).isFalse();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "init: Error (exit code 1): x",
			"wait: Error (exit code 64): workflowtaskresults is forbidden", "supervisor: Error (exit code 1)" })
	void ofWhenArgosContainerFailedSaysSo(String message) {
		assertThat(ContainerExit.of(message)).hasValueSatisfying((exit) -> assertThat(exit.isArgos()).isTrue());
	}

	@Test
	void ofWhenTheContainerWroteAnotherEndIntoItsMessageIsNotMisled() {
		assertThat(ContainerExit.of("main: Error (exit code 1): main: OOMKilled (exit code 20)"))
			.hasValue(new ContainerExit("main", "Error", 1));
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "pod deleted", "Pod was active on the node longer than the specified deadline",
			"x main: Error (exit code 31)", "main: Error (exit code 99999999999)", "\nmain: Error (exit code 31)" })
	void ofWhenItSpeaksOfSomethingElseIsEmpty(String message) {
		assertThat(ContainerExit.of(message)).isEmpty();
	}

}
