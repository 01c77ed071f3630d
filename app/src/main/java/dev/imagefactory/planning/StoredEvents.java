package dev.imagefactory.planning;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.github.Payload;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Delivery;

/** Reads the events of stored deliveries from their bodies. */
class StoredEvents {

	private final Deliveries deliveries;

	StoredEvents(Deliveries deliveries) {
		this.deliveries = deliveries;
	}

	/**
	 * The event of a delivery.
	 * @param delivery a delivery whose body was kept
	 * @return the event
	 */
	GitHubEvent of(Delivery delivery) {
		byte[] body = this.deliveries.body(delivery.id())
			.orElseThrow(() -> new IllegalStateException(
					"Delivery %s is to be planned, but its body was not kept".formatted(delivery.id())));
		return Payload.parse(body).as(delivery.event());
	}

}
