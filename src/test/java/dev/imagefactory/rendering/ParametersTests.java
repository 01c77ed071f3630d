package dev.imagefactory.rendering;

import java.util.List;

import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Parameter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ParametersTests {

	@Test
	void addWhenAListIsHarmlessGivesEachOfItALine() {
		assertThat(new Parameters().add("build-args", List.of("A=1", "B=x y")).list()).singleElement()
			.extracting(IoArgoprojWorkflowV1alpha1Parameter::getValue)
			.isEqualTo("A=1\nB=x y");
	}

	@Test
	void addWhenOneOfAListCouldBecomeStructureIsRefusedByItsName() {
		for (String text : List.of("A={{=1}}", "A=}}", "A=$(id)", "A=1\nB=2", "A=\u0085", "A=\ud800",
				"A=" + "1".repeat(ParameterSafety.LONGEST))) {
			Parameters parameters = new Parameters();
			assertThatExceptionOfType(Unrenderable.class)
				.isThrownBy(() -> parameters.add("build-args", List.of("B=2", text)))
				.satisfies((ex) -> assertThat(ex.field()).isEqualTo("build-args"));
			assertThat(parameters.list()).isEmpty();
		}
	}

}
