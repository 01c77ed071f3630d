package dev.imagefactory.planning;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import dev.imagefactory.intake.Delivery;
import dev.imagefactory.source.DeliveryId;
import dev.imagefactory.source.RepositoryName;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries that this process has in hand. Each repository has a lane of its own, of
 * which only a few are worked on at a time: one that does not answer holds some threads,
 * never all of them.
 */
class Lanes {

	private final Executor executor;

	private final int atOnce;

	private final Consumer<Delivery> work;

	private final Map<String, Lane> lanes = new HashMap<>();

	/**
	 * Creates empty lanes.
	 * @param executor does the work
	 * @param atOnce how many of one repository are worked on at a time
	 * @param work what to do with a delivery; should not throw
	 */
	Lanes(Executor executor, int atOnce, Consumer<Delivery> work) {
		this.executor = executor;
		this.atOnce = atOnce;
		this.work = work;
	}

	/**
	 * Takes deliveries in hand; each is worked on when its lane has room.
	 * @param deliveries deliveries that are not in hand
	 */
	void add(Collection<Delivery> deliveries) {
		deliveries.forEach((delivery) -> {
			if (begin(delivery)) {
				execute(delivery);
			}
		});
	}

	/**
	 * Everything in hand.
	 * @return a copy
	 */
	synchronized Set<DeliveryId> inHand() {
		Set<DeliveryId> all = new HashSet<>();
		for (Lane lane : this.lanes.values()) {
			all.addAll(lane.running);
			lane.waiting.forEach((delivery) -> all.add(delivery.id()));
		}
		return all;
	}

	/**
	 * Repositories of which there is so much in hand that no more is wanted.
	 * @param enough how many that is
	 * @return their keys
	 */
	synchronized Set<String> busy(int enough) {
		return this.lanes.entrySet()
			.stream()
			.filter((lane) -> lane.getValue().size() >= enough)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	/**
	 * How much is in hand, apart from some repositories.
	 * @param without keys of the repositories that do not count
	 * @return how many deliveries
	 */
	synchronized int size(Set<String> without) {
		return this.lanes.entrySet()
			.stream()
			.filter((lane) -> !without.contains(lane.getKey()))
			.mapToInt((lane) -> lane.getValue().size())
			.sum();
	}

	private synchronized boolean begin(Delivery delivery) {
		Lane lane = this.lanes.computeIfAbsent(key(delivery), (key) -> new Lane());
		if (lane.running.size() >= this.atOnce) {
			lane.waiting.add(delivery);
			return false;
		}
		lane.running.add(delivery.id());
		return true;
	}

	/** The next of the lane goes to the end of the line, behind other repositories'. */
	private void execute(Delivery delivery) {
		try {
			this.executor.execute(() -> {
				try {
					this.work.accept(delivery);
				}
				finally {
					goOn(delivery);
				}
			});
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			letGo(delivery);
			if (ex instanceof OutOfMemoryError error) {
				throw error;
			}
		}
	}

	/** Also when the work broke: what waits behind it is not to wait for ever. */
	private void goOn(Delivery delivery) {
		Delivery next = end(delivery);
		if (next != null) {
			execute(next);
		}
	}

	/**
	 * No thread will work on it, nor on what waits behind it: this process ends, or has
	 * no memory for one. Let go of, they are still due and are found by the next look, of
	 * whoever looks then.
	 */
	private synchronized void letGo(Delivery delivery) {
		Lane lane = this.lanes.get(key(delivery));
		if (lane != null) {
			lane.running.remove(delivery.id());
			lane.waiting.clear();
			this.lanes.values().removeIf((one) -> one.size() == 0);
		}
	}

	private synchronized @Nullable Delivery end(Delivery delivery) {
		Lane lane = Objects.requireNonNull(this.lanes.get(key(delivery)));
		lane.running.remove(delivery.id());
		Delivery next = lane.waiting.poll();
		if (next != null) {
			lane.running.add(next.id());
		}
		else if (lane.running.isEmpty()) {
			this.lanes.remove(key(delivery));
		}
		return next;
	}

	private static String key(Delivery delivery) {
		RepositoryName repository = delivery.repository();
		return (repository != null) ? repository.key() : "";
	}

	private static final class Lane {

		private final Set<DeliveryId> running = new HashSet<>();

		private final Deque<Delivery> waiting = new ArrayDeque<>();

		private int size() {
			return this.running.size() + this.waiting.size();
		}

	}

}
