package dev.imagefactory.intake;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.imagefactory.intake.Delivery.Decided;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * The stored deliveries. Methods that change something join the caller's transaction, or
 * make one of their own.
 */
public interface Deliveries {

	/**
	 * Stores deliveries with their first decisions, or finds the rows of their first
	 * receipts. They are stored together, or none is.
	 * @param arrivals what came; of repeats among it, the first is the one that is stored
	 * @return what the store made of each, in the same order
	 */
	List<Receipt> receive(List<Arrival> arrivals);

	/**
	 * Reads a delivery.
	 * @param id our own id
	 * @return empty when there is none
	 */
	Optional<Delivery> find(DeliveryId id);

	/**
	 * Reads the deliveries with a GUID, newest first.
	 * @param guid the sender's id
	 * @return at most 100
	 */
	List<Delivery> withGuid(String guid);

	/**
	 * Reads a delivery's body.
	 * @param id our own id
	 * @return empty when it was not kept
	 */
	Optional<byte[]> body(DeliveryId id);

	/**
	 * Lists deliveries, newest first.
	 * @param filter which ones
	 * @param before only deliveries older than this one; null for the newest
	 * @param limit the most to return
	 * @return the deliveries
	 */
	List<Delivery> list(Filter filter, @Nullable DeliveryId before, int limit);

	/**
	 * Takes due deliveries in hand, longest waiting first, so that nobody else plans them
	 * until they are decided or put off, or the planner's lease is over. Each is counted
	 * as changed, so that whoever had it in hand before cannot decide it any more.
	 * @param claim who takes which
	 * @param now now
	 * @return the deliveries as they are stored now
	 */
	List<Delivery> claim(Claim claim, Instant now);

	/**
	 * Stores what planning decided.
	 * @param delivery the delivery as it was read
	 * @param decided the decision
	 * @return false when somebody else changed the delivery since it was read
	 */
	boolean decide(Delivery delivery, Decided decided);

	/**
	 * Puts planning off.
	 * @param delivery the delivery as it was read
	 * @param due when to try again
	 * @param detail why, in a sentence
	 * @return false when somebody else changed the delivery since it was read
	 */
	boolean postpone(Delivery delivery, Instant due, String detail);

	/**
	 * Makes a delivery be planned again.
	 * @param delivery the delivery as it was read
	 * @param at now
	 * @return false when its body was not kept, or somebody else changed it since it was
	 * read
	 */
	boolean replay(Delivery delivery, Instant at);

	/**
	 * Deletes the bodies of deliveries that are older, but not of those still to be
	 * planned.
	 * @param before the time
	 * @param limit the most to delete in one go
	 * @return how many were deleted
	 */
	int forgetBodies(Instant before, int limit);

	/**
	 * Which deliveries to list; null means any.
	 *
	 * @param repository of this repository
	 * @param outcome with this outcome
	 * @param event of this event
	 */
	record Filter(@Nullable RepositoryName repository, @Nullable DeliveryOutcome outcome, @Nullable String event) {
	}

	/**
	 * Who takes which deliveries in hand.
	 *
	 * @param planner the replica's id
	 * @param inHand what it has in hand already and does not take again
	 * @param busy keys of repositories of which it has enough in hand
	 * @param limit the most to take
	 */
	record Claim(String planner, Set<DeliveryId> inHand, Set<String> busy, int limit) {

		public Claim {
			inHand = Set.copyOf(inHand);
			busy = Set.copyOf(busy);
		}

	}

	/**
	 * A delivery that came in.
	 *
	 * @param delivery the delivery
	 * @param decision the first decision
	 * @param at when
	 */
	record Arrival(VerifiedDelivery delivery, Triage.Decision decision, Instant at) {
	}

	/** What the store made of a delivery. */
	sealed interface Receipt {

		/**
		 * It is new, or is decided anew.
		 *
		 * @param id our own id of it
		 */
		record Fresh(DeliveryId id) implements Receipt {
		}

		/**
		 * It came before and was accepted or built.
		 *
		 * @param id our own id of it
		 */
		record Repeat(DeliveryId id) implements Receipt {
		}

	}

}
