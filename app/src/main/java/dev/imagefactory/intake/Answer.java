package dev.imagefactory.intake;

import dev.imagefactory.source.DeliveryId;

/** What the sender of a delivery is told. */
public sealed interface Answer {

	/**
	 * It is stored and is going to be planned.
	 *
	 * @param delivery our own id of it
	 */
	record Accepted(DeliveryId delivery) implements Answer {
	}

	/**
	 * It is stored; nothing is to be built.
	 *
	 * @param delivery our own id of it
	 * @param reason one of the contract's ignored reasons
	 * @param detail why, in a sentence
	 */
	record Ignored(DeliveryId delivery, String reason, String detail) implements Answer {
	}

	/**
	 * It came before.
	 *
	 * @param delivery our own id of its first receipt
	 */
	record Duplicate(DeliveryId delivery) implements Answer {
	}

	/** It only asked whether anybody is there; it is not stored. */
	record Pong() implements Answer {
	}

}
