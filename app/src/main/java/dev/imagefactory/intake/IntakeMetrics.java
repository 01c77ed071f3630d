package dev.imagefactory.intake;

import io.micrometer.core.instrument.MeterRegistry;

/** Counts what comes in; no label takes a value from outside. */
public final class IntakeMetrics {

	private final MeterRegistry meters;

	/**
	 * Creates the counters.
	 * @param meters where they are kept
	 */
	public IntakeMetrics(MeterRegistry meters) {
		this.meters = meters;
	}

	/**
	 * Counts a delivery that was answered.
	 * @param outcome what became of it: an outcome, {@code pong}, {@code refused} or
	 * {@code unavailable}
	 * @param reason the contract's reason or problem type; empty where there is none
	 */
	public void answered(String outcome, String reason) {
		this.meters.counter("image.factory.deliveries", "outcome", outcome, "reason", reason).increment();
	}

	/**
	 * Counts a signature that a live secret made.
	 * @param current whether it was the secret in force
	 */
	void signed(boolean current) {
		this.meters.counter("image.factory.webhook.signatures", "secret", current ? "current" : "previous").increment();
	}

}
