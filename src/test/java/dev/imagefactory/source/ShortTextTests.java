package dev.imagefactory.source;

import java.nio.charset.StandardCharsets;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ShortTextTests {

	@Test
	void ofWhenTextFitsKeepsIt() {
		assertThat(ShortText.of("a line\nwith ümlaut \uD83D\uDE00", 100)).isEqualTo("a line\nwith ümlaut \uD83D\uDE00");
	}

	@Test
	void ofWhenTextHasNulDropsIt() {
		assertThat(ShortText.of("a\0b\0", 3)).isEqualTo("ab");
	}

	@Test
	void ofWhenTextIsLongCutsAtWholeCharacter() {
		assertThat(ShortText.of("abcd", 3)).isEqualTo("abc");
		assertThat(ShortText.of("ab\uD83D\uDE00", 3)).isEqualTo("ab");
	}

	@Test
	void ofWhenTextHasHalfCharacterReplacesIt() {
		assertThat(ShortText.of("a\uD83Db", 3)).isEqualTo("a\uFFFDb");
	}

	@Property(tries = 500)
	void ofWhenTextIsAnythingGivesWhatDatabasesTake(@ForAll String text,
			@ForAll @IntRange(min = 1, max = 40) int most) {
		String kept = ShortText.of(text, most);
		assertThat(kept.length()).isLessThanOrEqualTo(most);
		assertThat(kept).doesNotContain("\0");
		assertThat(new String(kept.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)).isEqualTo(kept);
		assertThat(ShortText.of(kept, most)).isEqualTo(kept);
	}

}
