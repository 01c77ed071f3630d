package dev.imagefactory.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SignInCodeTests {

	private Instant now = Instant.parse("2026-11-22T10:00:00Z");

	private final Clock clock = new Clock() {

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return SignInCodeTests.this.now;
		}

	};

	@Test
	void redeemWhenTwiceIsGoodOnce() {
		SignInCode code = new SignInCode(this.clock);
		String issued = code.issue();
		assertThat(issued).matches("[A-Za-z0-9_-]{43}");
		assertThat(code.redeem(issued)).isTrue();
		assertThat(code.redeem(issued)).isFalse();
	}

	@Test
	void redeemWhenAWrongOneCameBeforeIsStillGood() {
		SignInCode code = new SignInCode(this.clock);
		String issued = code.issue();
		assertThat(code.redeem("")).isFalse();
		assertThat(code.redeem(issued.substring(1))).isFalse();
		assertThat(code.redeem(issued)).isTrue();
	}

	@Test
	void redeemWhenAnHourOldIsOver() {
		SignInCode code = new SignInCode(this.clock);
		String issued = code.issue();
		this.now = this.now.plus(Duration.ofHours(1));
		assertThat(code.redeem(issued)).isFalse();
	}

	@Test
	void redeemWhenNeverIssuedOrReplacedIsFalse() {
		SignInCode code = new SignInCode(this.clock);
		assertThat(code.redeem("")).isFalse();
		String first = code.issue();
		String second = code.issue();
		assertThat(code.redeem(first)).isFalse();
		assertThat(code.redeem(second)).isTrue();
	}

	@Test
	void mustWaitWhenTenTriesWereWrongHoldsForFiveMinutes() {
		WrongTries tries = new WrongTries(this.clock);
		IntStream.range(0, 9).forEach((i) -> tries.count("192.0.2.1"));
		assertThat(tries.mustWait("192.0.2.1")).isFalse();
		tries.count("192.0.2.1");
		assertThat(tries.mustWait("192.0.2.1")).isTrue();
		assertThat(tries.mustWait("192.0.2.2")).isFalse();
		this.now = this.now.plus(WrongTries.PAUSE);
		assertThat(tries.mustWait("192.0.2.1")).isFalse();
		tries.count("192.0.2.1");
		assertThat(tries.mustWait("192.0.2.1")).isFalse();
	}

	@Test
	void countWhenAddressesFloodForgetsTheOldest() {
		WrongTries tries = new WrongTries(this.clock);
		IntStream.range(0, 10).forEach((i) -> tries.count("192.0.2.1"));
		IntStream.range(0, 10_000).forEach((i) -> tries.count("flood-" + i));
		assertThat(tries.mustWait("192.0.2.1")).isFalse();
	}

}
