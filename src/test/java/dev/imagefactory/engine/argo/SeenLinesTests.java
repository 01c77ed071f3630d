package dev.imagefactory.engine.argo;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What comes again is told from what is new. */
class SeenLinesTests {

	private static final Instant AT = Instant.parse("2026-03-01T12:00:10.500Z");

	private final SeenLines seen = new SeenLines();

	@Test
	void isStoredWhenALineComesAgainIsTrueAsOftenAsItWasStored() {
		assertThat(this.seen.isStored(AT, "a")).isFalse();
		assertThat(this.seen.isStored(AT, "a")).as("the same line, written twice").isFalse();
		this.seen.resume();
		assertThat(this.seen.isStored(AT, "a")).isTrue();
		assertThat(this.seen.isStored(AT, "b")).isFalse();
		assertThat(this.seen.isStored(AT, "a")).isTrue();
		assertThat(this.seen.isStored(AT, "a")).isFalse();
	}

	@Test
	void sinceWhenLinesAreStoredIsALittleBeforeTheLatest() {
		assertThat(this.seen.since()).isNull();
		this.seen.add(AT, "a");
		this.seen.add(AT.minusSeconds(60), "late");
		assertThat(this.seen.since()).isEqualTo("2026-03-01T12:00:08Z");
		this.seen.clear();
		assertThat(this.seen.since()).isNull();
	}

	@Test
	void addWhenTimeGoesOnForgetsWhatIsNotAskedForAgain() {
		this.seen.add(AT, "a");
		this.seen.add(AT.plusSeconds(60), "b");
		this.seen.resume();
		assertThat(this.seen.isStored(AT, "a")).isFalse();
		assertThat(this.seen.isStored(AT.plusSeconds(60), "b")).isTrue();
	}

}
