package dev.imagefactory.doctor;

import java.time.Duration;
import java.util.List;

import dev.imagefactory.engine.Checkup;

/** Doctors for tests of other packages. */
public final class TestDoctor {

	private TestDoctor() {
	}

	/** A doctor who looks each time he is asked. */
	public static Doctor of(Checkup... checkups) {
		long[] now = { 0 };
		return new Doctor(List.of(checkups), new Doctor.Pace(Duration.ZERO, Duration.ofSeconds(10)), () -> now[0]++);
	}

}
