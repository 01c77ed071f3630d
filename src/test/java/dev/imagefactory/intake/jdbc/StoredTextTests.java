package dev.imagefactory.intake.jdbc;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StoredTextTests {

	@Test
	void ofWhenHarmlessChangesNothing() {
		assertThat(StoredText.of("caf\u00e9 \ud83d\uded2\n", 20)).isEqualTo("caf\u00e9 \ud83d\uded2\n");
		assertThat(StoredText.of(null, 20)).isNull();
	}

	@Test
	void ofWhenNulOrLoneSurrogateReplacesThem() {
		assertThat(StoredText.of("a\u0000b\ud800c", 20)).isEqualTo("a\ufffdb\ufffdc");
	}

	@Test
	void ofWhenTooLongCutsBetweenCharacters() {
		assertThat(StoredText.of("ab\ud83d\uded2", 3)).isEqualTo("ab");
		assertThat(StoredText.of("ab\ud83d\uded2", 4)).isEqualTo("ab\ud83d\uded2");
	}

	@Property(tries = 500)
	void ofAlwaysFitsAndIsWellFormed(@ForAll String text, @ForAll @IntRange(min = 1, max = 40) int longest) {
		String stored = StoredText.of(text, longest);
		assertThat(stored.length()).isLessThanOrEqualTo(longest);
		assertThat(stored.codePoints())
			.noneMatch((point) -> point == 0 || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
		assertThat(StoredText.of(stored, longest)).isEqualTo(stored);
	}

}
