package dev.imagefactory.build;

import java.util.List;
import java.util.Optional;

import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.OrderId;
import dev.imagefactory.pipeline.OrderKey;
import dev.imagefactory.source.DeliveryId;

/**
 * The stored orders. Methods that change something join the caller's transaction, or make
 * one of their own.
 */
public interface Orders {

	/**
	 * Stores an order unless one with the same key is there, or one that the same API
	 * call made of the same image.
	 * @param order the order
	 * @return whether it was stored now
	 */
	boolean addIfAbsent(BuildOrder order);

	/**
	 * Reads an order by what makes it this order.
	 * @param key the key
	 * @return empty when there is none
	 */
	Optional<BuildOrder> find(OrderKey key);

	/**
	 * Reads an order.
	 * @param id its id
	 * @return empty when there is none
	 */
	Optional<BuildOrder> find(OrderId id);

	/**
	 * Reads the order that an API call made.
	 * @param request the call's own id
	 * @return empty when it made none
	 */
	Optional<BuildOrder> ofRequest(String request);

	/**
	 * Links a delivery to an order that it asked for; idempotent.
	 * @param delivery the delivery
	 * @param order the order
	 */
	void link(DeliveryId delivery, OrderId order);

	/**
	 * Lists the orders a delivery is linked to, oldest first.
	 * @param delivery the delivery
	 * @return its orders
	 */
	List<BuildOrder> ofDelivery(DeliveryId delivery);

}
