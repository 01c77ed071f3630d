package dev.imagefactory.pipeline;

import java.time.Instant;

import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, once: an image of a commit.
 *
 * @param id the order's id
 * @param key what makes it this order and no other
 * @param repository the repository's name when it was ordered
 * @param team whose repository it is
 * @param origin by which way it reached us
 * @param missed whether the provider's delivery was lost and the sweep found it
 * @param delivery the delivery that asked for it, if one did
 * @param recipe how it is to be carried out
 * @param createdAt when it was stored
 */
public record BuildOrder(OrderId id, OrderKey key, RepositoryName repository, TeamName team, Origin origin,
		boolean missed, @Nullable DeliveryId delivery, BuildRecipe recipe, Instant createdAt) {

}
