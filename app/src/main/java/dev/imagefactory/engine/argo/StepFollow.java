package dev.imagefactory.engine.argo;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.FollowedLogs.FollowedLog;
import dev.imagefactory.engine.argo.TryReader.Outcome;
import org.jspecify.annotations.Nullable;

/** Carries the log of one step over, try after try; worked on by one thread at a time. */
final class StepFollow {

	private final FollowedLogs store;

	private final TryReader reader;

	private volatile StepTries seen;

	private @Nullable CarriedLog log;

	/**
	 * Creates the work.
	 * @param store where logs are stored
	 * @param reader reads them
	 * @param seen what is known of the step
	 */
	StepFollow(FollowedLogs store, TryReader reader, StepTries seen) {
		this.store = store;
		this.reader = reader;
		this.seen = seen;
	}

	/** What came of a piece of work. */
	enum Progress {

		/** All that the step wrote is stored. */
		FINISHED,

		/** There is more to come, or may be. */
		AGAIN,

		/** There is nothing yet. */
		LATER,

		/** Nothing to do until another try begins. */
		IDLE,

		/** Another process does it. */
		TAKEN;

		/** Whether this process has more of it to do. */
		boolean isOpen() {
			return this == AGAIN || this == LATER;
		}

	}

	/**
	 * What is known of the step.
	 * @return its tries
	 */
	StepTries seen() {
		return this.seen;
	}

	/**
	 * Takes what a Workflow says of it now.
	 * @param now its tries
	 * @return whether that is news
	 */
	boolean saw(StepTries now) {
		boolean news = !now.equals(this.seen);
		this.seen = now;
		return news;
	}

	/**
	 * Carries on.
	 * @param follow whether to wait for more until the container ends
	 * @return what came of it
	 * @throws InterruptedException when this process ends
	 */
	Progress work(boolean follow) throws InterruptedException {
		try {
			return attempt(follow);
		}
		catch (RuntimeException ex) {
			// Taken anew, it goes on where the store ends.
			this.log = null;
			if (ex instanceof FollowedLogs.LogTaken) {
				return Progress.TAKEN;
			}
			throw ex;
		}
	}

	private Progress attempt(boolean follow) throws InterruptedException {
		StepTries now = this.seen;
		List<StepTries.Try> open = open(now);
		if (!open.isEmpty()) {
			Optional<CarriedLog> taken = take();
			if (taken.isEmpty()) {
				return this.store.isComplete(now.build()) ? Progress.FINISHED : Progress.TAKEN;
			}
			for (StepTries.Try each : open) {
				Outcome outcome = carry(now, each, taken.get(), follow);
				if (outcome != Outcome.STORED) {
					return (outcome == Outcome.AGAIN) ? Progress.AGAIN : Progress.LATER;
				}
			}
		}
		return now.over() ? finish() : Progress.IDLE;
	}

	private Outcome carry(StepTries now, StepTries.Try attempt, CarriedLog to, boolean follow)
			throws InterruptedException {
		to.begin(attempt);
		Outcome outcome = this.reader.read(new TryReader.Work(now, attempt, () -> isOver(attempt.node())), to, follow);
		if (outcome == Outcome.STORED) {
			to.stored(attempt.node());
		}
		return outcome;
	}

	private List<StepTries.Try> open(StepTries now) {
		Set<String> stored = this.store.stored(now.build(), now.step());
		return now.tries().stream().filter((each) -> !stored.contains(each.node())).toList();
	}

	private boolean isOver(String node) {
		return this.seen.tries().stream().anyMatch((each) -> each.node().equals(node) && each.over());
	}

	private Optional<CarriedLog> take() {
		if (this.log == null) {
			Optional<FollowedLog> taken = this.store.take(this.seen.build(), this.seen.step());
			this.log = taken.map(CarriedLog::new).orElse(null);
		}
		return Optional.ofNullable(this.log);
	}

	private Progress finish() {
		if (this.log != null) {
			this.log.close();
			this.log = null;
		}
		return Progress.FINISHED;
	}

	/**
	 * Says in the log that the rest of it is given up, so that nobody waits for it.
	 * @param why why it could not be read
	 */
	void giveUp(String why) {
		StepTries now = this.seen;
		take().ifPresent((to) -> open(now).stream().filter(StepTries.Try::over).forEach((each) -> {
			to.begin(each);
			to.note("The rest of this log could not be read: " + ArgoText.shown(why));
			to.stored(each.node());
		}));
	}

}
