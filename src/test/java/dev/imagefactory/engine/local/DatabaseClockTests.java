package dev.imagefactory.engine.local;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseClockTests {

	private static final Instant TRUE_TIME = Instant.parse("2026-01-02T03:04:05Z");

	/** A host whose clock is an hour ahead. */
	private static final Clock WRONG = Clock.fixed(TRUE_TIME.plusSeconds(3600), ZoneOffset.UTC);

	private final AtomicLong steady = new AtomicLong(-5);

	private final AtomicInteger asked = new AtomicInteger();

	private boolean away;

	private final DatabaseClock clock = new DatabaseClock(this::database, WRONG, this.steady::get);

	private Instant database() {
		this.asked.incrementAndGet();
		if (this.away) {
			throw new DataAccessResourceFailureException("away");
		}
		return TRUE_TIME.plusNanos(this.steady.get() + 5);
	}

	private void pass(Duration time) {
		this.steady.addAndGet(time.toNanos());
	}

	@Test
	void instantWhenTheHostsClockIsWrongTellsTheDatabasesTime() {
		assertThat(this.clock.instant()).isEqualTo(TRUE_TIME);
		pass(Duration.ofSeconds(7));
		assertThat(this.clock.instant()).isEqualTo(TRUE_TIME.plusSeconds(7));
		assertThat(this.asked).hasValue(1);
		pass(Duration.ofMinutes(1));
		assertThat(this.clock.instant()).isEqualTo(TRUE_TIME.plusSeconds(67));
		assertThat(this.asked).hasValue(2);
	}

	@Test
	void instantWhenTheDatabaseIsAwayCountsOn() {
		assertThat(this.clock.instant()).isEqualTo(TRUE_TIME);
		this.away = true;
		pass(Duration.ofMinutes(5));
		assertThat(this.clock.instant()).isEqualTo(TRUE_TIME.plusSeconds(300));
		assertThat(this.clock.instant()).isEqualTo(TRUE_TIME.plusSeconds(300));
		assertThat(this.asked).as("not asked all the time").hasValue(2);
	}

	@Test
	void instantWhenTheDatabaseNeverAnsweredTellsTheHostsTime() {
		this.away = true;
		assertThat(this.clock.instant()).isEqualTo(WRONG.instant());
	}

}
