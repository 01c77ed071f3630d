package dev.imagefactory.bench;

import java.util.Arrays;
import java.util.Locale;

/**
 * How long each of many calls took.
 *
 * @param nanos the durations, sorted
 * @param wall the whole measurement in nanoseconds
 */
record Latencies(long[] nanos, long wall) {

	Latencies {
		nanos = nanos.clone();
		Arrays.sort(nanos);
	}

	double perSecond() {
		return this.nanos.length * 1e9 / this.wall;
	}

	double millisAt(double quantile) {
		int index = (int) Math.min(this.nanos.length - 1L, Math.round(quantile * this.nanos.length));
		return this.nanos[index] / 1e6;
	}

	String row(String name) {
		return String.format(Locale.ROOT, "| %s | %d | %.0f/s | %.1f ms | %.1f ms | %.1f ms |", name, this.nanos.length,
				perSecond(), millisAt(0.5), millisAt(0.95), millisAt(0.99));
	}

}
