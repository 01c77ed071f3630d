package dev.imagefactory.intake;

import java.time.Instant;
import java.util.List;

import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * A stored delivery, without its body.
 *
 * @param id our own id of it
 * @param hook the hook's id; empty when the sender did not say
 * @param guid the sender's id of the event
 * @param event the event's name
 * @param action the event's action
 * @param repositoryId the repository's identity
 * @param repository the repository's name in the payload
 * @param receivedAt when it first came
 * @param receipts how often it came
 * @param decision what became of it
 * @param planning how planning stands, while it is accepted
 * @param bodyKept whether the body is stored
 * @param version counts the stored changes
 */
public record Delivery(DeliveryId id, String hook, String guid, String event, @Nullable String action,
		@Nullable RepositoryId repositoryId, @Nullable RepositoryName repository, Instant receivedAt, int receipts,
		Decided decision, Planning planning, boolean bodyKept, int version) {

	/**
	 * What became of a delivery.
	 *
	 * @param outcome the outcome
	 * @param reason the contract's word for why
	 * @param detail why, in a sentence
	 * @param rules what every rule said
	 * @param duplicateOf the delivery whose orders it asks for again
	 */
	public record Decided(DeliveryOutcome outcome, @Nullable String reason, @Nullable String detail,
			List<RuleVerdict> rules, @Nullable DeliveryId duplicateOf) {

		public Decided {
			rules = List.copyOf(rules);
		}

	}

	/**
	 * How planning stands.
	 *
	 * @param due when it is tried next; null when it is not to be planned
	 * @param since when it was first to be planned
	 * @param attempts how often it was tried since then
	 */
	public record Planning(@Nullable Instant due, @Nullable Instant since, int attempts) {
	}

}
