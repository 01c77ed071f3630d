package dev.imagefactory.planning;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.Delivery;

/** Reads the event of a stored delivery from its body. */
interface StoredEvents {

	/**
	 * The event of a delivery.
	 * @param delivery a delivery whose body was kept
	 * @return the event
	 */
	GitHubEvent of(Delivery delivery);

}
