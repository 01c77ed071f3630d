package dev.imagefactory.engine.argo;

import java.time.Duration;

import dev.imagefactory.engine.argo.PodLogs.Limits;
import dev.imagefactory.engine.argo.StepFollow.Progress;

/** When the log of one step is worked on. */
final class StepItem {

	private final StepFollow follow;

	/** Since when there has been a try that is over and not stored. */
	private long urgentSince;

	private boolean urgent;

	private boolean busy;

	private boolean finished;

	private boolean idle;

	/** Whether something was heard since the last piece of work began. */
	private boolean news;

	private boolean failed;

	private long due;

	private long served;

	private Duration pause = Duration.ZERO;

	/**
	 * Creates the item, which is due at once.
	 * @param follow the work
	 * @param now now, by a clock that only goes forward
	 */
	StepItem(StepFollow follow, long now) {
		this.follow = follow;
		this.due = now;
		this.served = now;
		noteUrgency(now);
	}

	/** The work. */
	StepFollow follow() {
		return this.follow;
	}

	/**
	 * Takes what is known now.
	 * @param tries the step's tries
	 * @param now now
	 */
	synchronized void saw(StepTries tries, long now) {
		if (this.follow.saw(tries) && !this.finished) {
			this.due = now;
			this.idle = false;
			this.news = true;
			this.pause = Duration.ZERO;
		}
		noteUrgency(now);
	}

	private void noteUrgency(long now) {
		boolean over = this.follow.seen().tries().getLast().over() || this.follow.seen().over();
		if (over && !this.urgent) {
			this.urgentSince = now;
		}
		this.urgent = over;
	}

	/** Whether its pod may go soon. */
	synchronized boolean isUrgent() {
		return this.urgent;
	}

	/** Whether that has been so for some time. */
	synchronized boolean isUrgentSince(long now, Duration time) {
		return this.urgent && now - this.urgentSince > time.toNanos();
	}

	/** Its turn as it is now: others change it while turns are sorted. */
	synchronized Turn turn() {
		return new Turn(this, this.urgent, this.served);
	}

	/** Whether there is something to do. */
	synchronized boolean isDue(long now) {
		return !this.busy && !this.finished && !this.idle && now - this.due >= 0;
	}

	/** Whether somebody works on it. */
	synchronized boolean isBusy() {
		return this.busy;
	}

	/** Whether all of it is stored. */
	synchronized boolean isFinished() {
		return this.finished;
	}

	/** Somebody works on it. */
	synchronized void begin(long now) {
		this.busy = true;
		this.news = false;
		this.served = now;
	}

	/** Nobody does any more. */
	synchronized void end(long now, Duration wait) {
		this.busy = false;
		this.due = now + wait.toNanos();
	}

	/**
	 * Says when to go on.
	 * @param progress what came of the last piece of work
	 * @param followed whether it was followed
	 * @param limits how often
	 * @return the pause
	 */
	synchronized Duration after(Progress progress, boolean followed, Limits limits) {
		this.failed = false;
		return switch (progress) {
			case FINISHED -> {
				this.finished = true;
				yield Duration.ZERO;
			}
			case IDLE -> {
				this.idle = !this.news;
				yield Duration.ZERO;
			}
			case AGAIN -> {
				this.pause = Duration.ZERO;
				yield (followed || this.urgent) ? limits.soon() : limits.turn();
			}
			case LATER -> longer(limits.soon(), limits.turn());
			case TAKEN -> this.urgent ? longer(limits.soon(), limits.later()) : limits.later();
		};
	}

	/**
	 * Says when to go on after a failure.
	 * @param limits how often
	 * @return the pause
	 */
	synchronized Duration afterFailure(Limits limits) {
		return longer(limits.soon(), this.urgent ? limits.turn() : limits.later());
	}

	/** Whether it failed now and did not before. */
	synchronized boolean isFirstFailure() {
		boolean first = !this.failed;
		this.failed = true;
		return first;
	}

	private Duration longer(Duration shortest, Duration longest) {
		Duration twice = this.pause.multipliedBy(2);
		Duration next = (twice.compareTo(shortest) < 0) ? shortest : twice;
		this.pause = (next.compareTo(longest) > 0) ? longest : next;
		return this.pause;
	}

	/**
	 * When it is worked on, among others: those whose pods may go soon first.
	 *
	 * @param item the item
	 * @param urgent whether its pod may go soon
	 * @param served when it was worked on last
	 */
	record Turn(StepItem item, boolean urgent, long served) implements Comparable<Turn> {

		@Override
		public int compareTo(Turn other) {
			int first = Boolean.compare(other.urgent, this.urgent);
			return (first != 0) ? first : Long.signum(this.served - other.served);
		}

	}

}
