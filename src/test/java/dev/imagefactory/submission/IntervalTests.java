package dev.imagefactory.submission;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class IntervalTests {

	private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

	private final Interval interval = new Interval(Duration.ofSeconds(5));

	@Test
	void isOverWhenItNeverBeganIsTrue() {
		assertThat(this.interval.isOver(Instant.EPOCH)).isTrue();
		assertThat(this.interval.isOver(NOW)).isTrue();
	}

	@Test
	void isOverWhenItsLengthHasPassedIsTrue() {
		this.interval.begin(NOW);
		assertThat(this.interval.isOver(NOW)).isFalse();
		assertThat(this.interval.isOver(NOW.plusMillis(4999))).isFalse();
		assertThat(this.interval.isOver(NOW.plusSeconds(5))).isTrue();
		this.interval.begin(NOW.plusSeconds(5));
		assertThat(this.interval.isOver(NOW.plusSeconds(6))).isFalse();
	}

	@Test
	void isOverWhenTheClockWasSetBackDoesNotWaitForItToCatchUp() {
		this.interval.begin(NOW);
		assertThat(this.interval.isOver(NOW.minusMillis(1))).isTrue();
		this.interval.begin(NOW.minusMillis(1));
		assertThat(this.interval.isOver(NOW)).isFalse();
	}

}
