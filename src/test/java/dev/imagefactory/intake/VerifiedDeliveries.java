package dev.imagefactory.intake;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Verified deliveries for tests of what comes after the verifier. */
public final class VerifiedDeliveries {

	private VerifiedDeliveries() {
	}

	/** Verifies with the test secret. */
	public static VerifiedDelivery of(SignedDelivery delivery) {
		TestOnboarding onboarding = TestOnboarding.standard();
		return new DeliveryVerifier(onboarding, onboarding, new TestKnownRepositories(),
				new IntakeMetrics(new SimpleMeterRegistry()))
			.verify(delivery.raw());
	}

}
