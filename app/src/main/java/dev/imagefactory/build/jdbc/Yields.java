package dev.imagefactory.build.jdbc;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which turns go to less urgent builds. If urgency alone decided, releases that fill
 * every place would keep all pushes waiting for as long as they go on. So each eighth
 * turn that a process gives goes to manual builds and pushes first, to each of the two in
 * turn; bulk rebuilds were asked to let everybody else go first, and do.
 */
final class Yields {

	private static final int EVERY = 8;

	private static final List<Integer> MAIN_FIRST = List.of(BuildRows.MAIN, BuildRows.MANUAL);

	private static final List<Integer> MANUAL_FIRST = List.of(BuildRows.MANUAL, BuildRows.MAIN);

	private final AtomicLong given = new AtomicLong();

	/**
	 * Which urgencies the next turn goes to before all others.
	 * @return in their order; none when the most urgent build is next
	 */
	List<Integer> next() {
		long turn = this.given.get();
		if (turn % EVERY < EVERY - 1) {
			return List.of();
		}
		return (turn / EVERY % 2 == 0) ? MAIN_FIRST : MANUAL_FIRST;
	}

	/** A turn was given. */
	void count() {
		this.given.incrementAndGet();
	}

}
