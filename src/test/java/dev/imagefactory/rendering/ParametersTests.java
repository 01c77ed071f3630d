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

	@Test
	void addLinesWhenOneCouldBecomeStructureIsRefusedByItsName() {
		for (Parameters.Line line : List.of(line("A=", "{{=1}}"), line("A={", "{=1"), line("$", "(id)"),
				line("A=", "1\nB=2"), line("A=", "1".repeat(ParameterSafety.LONGEST + 1)))) {
			Parameters parameters = new Parameters();
			assertThatExceptionOfType(Unrenderable.class)
				.isThrownBy(() -> parameters.addLines("labels", List.of(line("B=", "2"), line)))
				.satisfies((ex) -> assertThat(ex.field()).isEqualTo("labels"));
			assertThat(parameters.list()).isEmpty();
		}
	}

	@Test
	void addLinesWhenAValueIsAsLongAsItMayBeTakesItWhateverStandsBefore() {
		String longest = "1".repeat(ParameterSafety.LONGEST);
		assertThat(new Parameters().addLines("labels", List.of(line("A=", longest), line("B=", "2"))).list())
			.singleElement()
			.extracting(IoArgoprojWorkflowV1alpha1Parameter::getValue)
			.isEqualTo("A=" + longest + "\nB=2");
	}

	private static Parameters.Line line(String before, String value) {
		return new Parameters.Line(before, value);
	}

}
