package dev.imagefactory.build;

import dev.imagefactory.pipeline.OrderId;

/** An order gets no second open build: wait for the one it has, or cancel that. */
public class OrderBusy extends RuntimeException {

	/**
	 * Creates the refusal.
	 * @param order the order
	 */
	public OrderBusy(OrderId order) {
		super("Order %s has an open build already, so it gets no other one now".formatted(order));
	}

}
