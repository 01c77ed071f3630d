package dev.imagefactory.intake;

import dev.imagefactory.source.DeliveryId;

/**
 * Published after the commit when a delivery is to be planned: a hint that saves waiting
 * for the next look.
 *
 * @param delivery the delivery
 */
public record DeliveryAccepted(DeliveryId delivery) {

}
