package dev.imagefactory.rendering;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ParameterSafetyTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "refs/tags/v1.2.3", "main", "v1;id", "v1|id", "v1`id`", "v1\"x", "é", "a{b}c", "$x", "(x)" })
	void objectionToWhenHarmlessIsEmpty(String value) {
		assertThat(ParameterSafety.objectionTo(value)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "v{{=1}}", "v{{workflow.name}}", "a}}", "v$(id)", "a\nb", "a\u0000", "a\u007f", "a\u0085",
			"a\u2028" })
	void objectionToWhenItCouldBecomeStructureSaysWhy(String value) {
		assertThat(ParameterSafety.objectionTo(value)).isPresent();
	}

	@Test
	void objectionToWhenTooLongOrNoUnicodeSaysWhy() {
		assertThat(ParameterSafety.objectionTo("v".repeat(255))).isEmpty();
		assertThat(ParameterSafety.objectionTo("v".repeat(4000)))
			.hasValueSatisfying((objection) -> assertThat(objection).contains("255"));
		assertThat(ParameterSafety.objectionTo("a" + (char) 0xDC00)).isPresent();
	}

	@Property(tries = 5000)
	void whatPassesHoldsNoStructure(@ForAll String text) {
		if (ParameterSafety.objectionTo(text).isEmpty()) {
			assertThat(text).doesNotContain("{{", "}}", "$(").hasSizeLessThanOrEqualTo(255);
			assertThat(text.chars().noneMatch(Character::isISOControl)).isTrue();
		}
	}

}
