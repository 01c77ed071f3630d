package dev.imagefactory.intake;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.Deliveries.Arrival;
import dev.imagefactory.intake.Deliveries.Receipt;
import dev.imagefactory.intake.Triage.Decision;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.source.DeliveryId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Takes deliveries: verifies, decides, stores, and only then answers. Delivery, first
 * decision and the repository's pinned id are one transaction.
 */
public final class Inbox {

	private static final Logger logger = LoggerFactory.getLogger(Inbox.class);

	/**
	 * Losing a race against a repeat is settled by looking again, but nobody waits long.
	 */
	private static final Duration RETRYING = Duration.ofMillis(300);

	private final DeliveryVerifier verifier;

	private final Triage triage;

	private final Store store;

	private final ApplicationEventPublisher events;

	private final Clock clock;

	/**
	 * Creates an inbox.
	 * @param verifier checks what comes
	 * @param triage decides what can be decided at once
	 * @param store keeps it
	 * @param events is told, after the commit, of deliveries that are to be planned
	 * @param clock the time
	 */
	public Inbox(DeliveryVerifier verifier, Triage triage, Store store, ApplicationEventPublisher events, Clock clock) {
		this.verifier = verifier;
		this.triage = triage;
		this.store = store;
		this.events = events;
		this.clock = clock;
	}

	/**
	 * Takes a delivery.
	 * @param raw the request
	 * @return the answer, true of what is stored
	 * @throws DeliveryRefused when it is not taken
	 * @throws DeliveryNotStored when the database is in trouble
	 */
	public Answer take(RawDelivery raw) {
		return Patience.shortly(() -> verifyAndKeep(raw));
	}

	private Answer verifyAndKeep(RawDelivery raw) {
		try {
			VerifiedDelivery delivery = this.verifier.verify(raw);
			if (delivery.event() instanceof GitHubEvent.Ping) {
				return new Answer.Pong();
			}
			Decision decision = this.triage.judge(delivery.event());
			Instant now = this.clock.instant();
			return answer(retrying(now, () -> this.store.keep(new Arrival(delivery, decision, now))), decision);
		}
		catch (DataAccessException | TransactionException ex) {
			throw new DeliveryNotStored(ex);
		}
	}

	private Receipt retrying(Instant began, Supplier<Receipt> work) {
		while (true) {
			try {
				return work.get();
			}
			catch (ConcurrencyFailureException ex) {
				if (Duration.between(began, this.clock.instant()).compareTo(RETRYING) > 0) {
					throw ex;
				}
			}
		}
	}

	private Answer answer(Receipt receipt, Decision decision) {
		return switch (receipt) {
			case Receipt.Repeat(DeliveryId id) -> new Answer.Duplicate(id);
			case Receipt.Fresh(DeliveryId id) -> switch (decision) {
				case Decision.Accept accept -> {
					publish(new DeliveryAccepted(id));
					yield new Answer.Accepted(id);
				}
				case Decision.Ignore ignore -> new Answer.Ignored(id, ignore.reason(), ignore.detail());
			};
		};
	}

	private void publish(DeliveryAccepted accepted) {
		try {
			this.events.publishEvent(accepted);
		}
		catch (RuntimeException ex) {
			// The event only saves waiting: what is stored is found by the next look
			// anyway.
			logger.warn("Delivery {} is stored, but its planning could not be woken", accepted.delivery(), ex);
		}
	}

	/** Where deliveries are kept, with what belongs to them. */
	public static final class Store {

		/**
		 * Two groups: while one waits for its commit, the next one is put together.
		 * Waiting for a turn, for a row that somebody holds, for others of a failed group
		 * and for that row once more together take less than the 2 s in which a sender is
		 * told.
		 */
		static final GroupCommit.Limits TOGETHER = new GroupCommit.Limits(32, 2, Duration.ofMillis(800),
				Duration.ofMillis(200));

		private final Deliveries deliveries;

		private final KnownRepositories known;

		private final RightOfWay rightOfWay;

		private final GroupCommit<Arrival, Receipt> commits;

		/**
		 * Creates a store.
		 * @param deliveries the deliveries
		 * @param known the repositories seen
		 * @param transactions runs one transaction
		 * @param rightOfWay lets the background wait meanwhile
		 */
		public Store(Deliveries deliveries, KnownRepositories known, TransactionOperations transactions,
				RightOfWay rightOfWay) {
			this.deliveries = deliveries;
			this.known = known;
			this.rightOfWay = rightOfWay;
			this.commits = new GroupCommit<>(transactions, this::store, TOGETHER);
		}

		private Receipt keep(Arrival arrival) {
			return this.rightOfWay.first(() -> this.commits.execute(arrival));
		}

		List<Receipt> store(List<Arrival> arrivals) {
			remember(arrivals);
			return this.deliveries.receive(arrivals);
		}

		/** In the order of their ids, because each is a row that is locked. */
		private void remember(List<Arrival> arrivals) {
			arrivals.stream()
				.filter((arrival) -> isOnboarded(arrival.decision()))
				.flatMap((arrival) -> Seen.in(arrival).stream())
				.sorted(Comparator.comparing((seen) -> seen.about().id().value()))
				.forEach((seen) -> this.known.remember(seen.about().id(), seen.about().name(),
						seen.about().defaultBranch(), seen.at()));
		}

		private static boolean isOnboarded(Decision decision) {
			return switch (decision) {
				case Decision.Accept accept -> true;
				case Decision.Ignore ignore -> ignore.onboarded();
			};
		}

		/**
		 * A repository that a delivery told of.
		 *
		 * @param about what it told
		 * @param at when
		 */
		private record Seen(GitHubEvent.Repository about, Instant at) {

			private static Optional<Seen> in(Arrival arrival) {
				return arrival.delivery().event().repository().map((about) -> new Seen(about, arrival.at()));
			}

		}

	}

}
