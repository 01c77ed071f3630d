package dev.imagefactory.planning;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;

import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.github.GitHubEvent;
import dev.imagefactory.intake.Deliveries;
import dev.imagefactory.intake.Delivery;
import dev.imagefactory.intake.RuleVerdict;
import dev.imagefactory.intake.Triage;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.source.CommitSha;
import dev.imagefactory.source.DeliveryId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Plans accepted deliveries in the background: judges them again by the settings in
 * force, pins the commit and stores the orders, all in one transaction.
 */
public class DeliveryPlanner {

	private static final Logger logger = LoggerFactory.getLogger(DeliveryPlanner.class);

	/** The most that is taken in hand in one go. */
	private static final int BATCH = 64;

	/** With no more than this in hand, it is worth looking for more. */
	private static final int FEW = 16;

	/** So many of one repository are planned at a time, whatever else waits. */
	private static final int AT_ONCE_PER_REPOSITORY = 4;

	/**
	 * How often others are looked for beside a repository of which enough is in hand:
	 * that look passes by all the rest of that repository.
	 */
	private static final Duration PAUSE_WHEN_BUSY = Duration.ofMillis(500);

	/**
	 * So long after a push its branch may still show an older head: not all servers of a
	 * provider are told at once.
	 */
	private static final Duration LAG = Duration.ofMinutes(1);

	private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

	private static final Duration GIVE_UP = Duration.ofHours(24);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

	private final Deliveries deliveries;

	private final StoredEvents events;

	private final Triage triage;

	private final Wishes wishes;

	private final Orderer orderer;

	private final TransactionOperations transactions;

	private final Clock clock;

	private final String name;

	private final Lanes lanes;

	private long lastLook = System.nanoTime() - PAUSE_WHEN_BUSY.toNanos();

	private volatile Runnable room = () -> {
	};

	/**
	 * Creates a planner.
	 * @param intake what is planned, and for whom
	 * @param triage judges again by the settings in force
	 * @param wishes what events ask for
	 * @param orderer stores orders
	 * @param transactions how to store several things at once
	 * @param executor asks repositories
	 * @param clock the time
	 */
	DeliveryPlanner(Intake intake, Triage triage, Wishes wishes, Orderer orderer, TransactionOperations transactions,
			Executor executor, Clock clock) {
		this.deliveries = intake.deliveries();
		this.name = intake.planner();
		this.events = new StoredEvents(this.deliveries);
		this.triage = triage;
		this.wishes = wishes;
		this.orderer = orderer;
		this.transactions = transactions;
		this.lanes = new Lanes(executor, AT_ONCE_PER_REPOSITORY, this::attempt);
		this.clock = clock;
	}

	/**
	 * Takes due deliveries in hand, unless there are enough of them already. Replicas may
	 * do it at the same time: each delivery is in one hand.
	 */
	public synchronized void work() {
		Set<String> busy = this.lanes.busy(FEW);
		long now = System.nanoTime();
		boolean tooSoon = !busy.isEmpty() && now - this.lastLook < PAUSE_WHEN_BUSY.toNanos();
		if (tooSoon || this.lanes.size(busy) > FEW) {
			return;
		}
		this.lastLook = now;
		this.lanes.add(this.deliveries.claim(new Deliveries.Claim(this.name, this.lanes.inHand(), busy, BATCH),
				this.clock.instant()));
	}

	/**
	 * Registers who wants a hint when more could be taken in hand.
	 * @param listener called on any thread, and must return at once
	 */
	public void onRoom(Runnable listener) {
		this.room = listener;
	}

	/**
	 * An error, such as a class that is missing or a stack that is full, is one
	 * delivery's trouble, as an exception is: others are planned.
	 */
	private void attempt(Delivery delivery) {
		try {
			plan(delivery);
		}
		catch (DeliveryChanged ex) {
			logger.debug("{}; what was stored for it here is undone", ex.getMessage());
		}
		catch (SupersededMeanwhile | OrderBusy ex) {
			postpone(delivery, String.valueOf(ex.getMessage()));
		}
		catch (RuntimeException | Error ex) {
			logger.error("Delivery {} could not be planned and is tried again", delivery.id(), ex);
			postponeIfPossible(delivery);
		}
		if (this.lanes.size(this.lanes.busy(FEW)) <= FEW) {
			this.room.run();
		}
	}

	/** Where even that fails, the delivery stays due. */
	private void postponeIfPossible(Delivery delivery) {
		try {
			postpone(delivery, "Planning failed inside Image Factory; its log has the cause.");
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Delivery {} could not be put off: {}", delivery.id(), ex.toString());
		}
	}

	void plan(Delivery delivery) {
		GitHubEvent event = this.events.of(delivery);
		switch (this.triage.judge(event)) {
			case Triage.Decision.Ignore ignore -> this.deliveries.decide(delivery, Outcomes.ignored(ignore));
			case Triage.Decision.Accept accept -> order(delivery, event, accept.rules());
		}
	}

	private void order(Delivery delivery, GitHubEvent event, List<RuleVerdict> rules) {
		try {
			switch (this.wishes.of(delivery.id(), event)) {
				case Planned.Order order ->
					order(delivery, order.wish(), rules, (wish) -> kept(this.orderer.order(wish)));
				case Planned.Again again ->
					order(delivery, again.wish(), rules, (wish) -> kept(this.orderer.orderAgain(wish)));
				case Planned.NotHead notHead when mayLag(delivery, notHead.before()) ->
					this.deliveries.postpone(delivery, this.clock.instant().plus(LOOK_AGAIN), notHead.detail());
				case Planned.NotHead notHead -> order(delivery, notHead.wish(), rules, this.orderer::order);
				case Planned.Nothing nothing -> this.deliveries.decide(delivery, Outcomes.nothing(rules, nothing));
				case Planned.Later later -> postpone(delivery, later.detail());
			}
		}
		catch (GitUnavailable ex) {
			retryOrFail(delivery, rules, ex);
		}
		catch (PlanningFailure ex) {
			fail(delivery, rules, ex);
		}
	}

	private void order(Delivery delivery, Wish wish, List<RuleVerdict> rules, Function<Wish, Ordered> how) {
		Ordered ordered = this.transactions.execute((status) -> {
			Ordered stored = how.apply(wish);
			if (!this.deliveries.decide(delivery, Outcomes.ordered(delivery.id(), rules, stored))) {
				throw new DeliveryChanged(delivery.id());
			}
			return stored;
		});
		logger.info("Delivery {} is ordered as {} of {}{}", delivery.id(), ordered.order().key().image(),
				ordered.order().key().commit().sha12(), ordered.isNew() ? "" : ", which was ordered before");
	}

	/** What is queued already is not ended because of what the branch was before. */
	private Ordered kept(Ordered ordered) {
		if (!ordered.isNew() && !this.orderer.isKept(ordered.order())) {
			throw new SupersededMeanwhile(ordered.order().key().commit());
		}
		return ordered;
	}

	/** The delivery that ordered it first is older than what came instead. */
	private boolean mayLag(Delivery delivery, BuildOrder before) {
		return !delivery.id().equals(before.delivery())
				&& this.clock.instant().isBefore(delivery.receivedAt().plus(LAG));
	}

	private void retryOrFail(Delivery delivery, List<RuleVerdict> rules, GitUnavailable cause) {
		Instant since = delivery.planning().since();
		if (since != null && since.plus(GIVE_UP).isBefore(this.clock.instant())) {
			fail(delivery, rules, new PlanningFailure("repository-unreachable", String.valueOf(cause.getMessage())));
			return;
		}
		logger.warn("Delivery {} waits, because its repository did not answer: {}", delivery.id(), cause.getMessage());
		postpone(delivery, String.valueOf(cause.getMessage()));
	}

	private void postpone(Delivery delivery, String detail) {
		long seconds = 1L << Math.min(delivery.planning().attempts(), 10);
		Duration pause = Duration.ofSeconds(Math.min(seconds, LONGEST_PAUSE.toSeconds()));
		this.deliveries.postpone(delivery, this.clock.instant().plus(pause), detail);
	}

	private void fail(Delivery delivery, List<RuleVerdict> rules, PlanningFailure failure) {
		this.deliveries.decide(delivery, Outcomes.failed(rules, failure));
	}

	/**
	 * What is planned, and for whom.
	 *
	 * @param deliveries the stored deliveries
	 * @param planner the name under which deliveries are taken in hand
	 */
	record Intake(Deliveries deliveries, String planner) {
	}

	/** Somebody else planned a delivery meanwhile; what was stored for it is undone. */
	private static final class DeliveryChanged extends RuntimeException {

		DeliveryChanged(DeliveryId delivery) {
			super("Delivery %s was planned by somebody else meanwhile".formatted(delivery));
		}

	}

	/** What a delivery asks for was ended because of what the branch was before. */
	private static final class SupersededMeanwhile extends RuntimeException {

		SupersededMeanwhile(CommitSha commit) {
			super("What is asked for of commit %s was superseded while it was planned; it is planned again."
				.formatted(commit));
		}

	}

}
