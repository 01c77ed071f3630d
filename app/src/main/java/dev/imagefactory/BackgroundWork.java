package dev.imagefactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;

import dev.imagefactory.build.BuildEnded;
import dev.imagefactory.build.BuildQueued;
import dev.imagefactory.build.CancelWanted;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.intake.DeliveryAccepted;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.planning.DeliveryPlanner;
import dev.imagefactory.submission.Interval;
import dev.imagefactory.submission.Submitter;
import dev.imagefactory.tracking.Tracking;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * What goes on without a request: planning, submission and tracking, each on a heartbeat
 * of its own, woken after the commit that makes work for it.
 */
@Configuration(proxyBeanMethods = false)
class BackgroundWork {

	/** How late work may be when its hint was lost. */
	private static final Duration PAUSE = Duration.ofSeconds(1);

	@Bean
	Heartbeat planningHeartbeat(DeliveryPlanner planner) {
		Heartbeat heartbeat = new Heartbeat("planning", PAUSE, planner::work);
		planner.onRoom(heartbeat::wake);
		return heartbeat;
	}

	@Bean
	Heartbeat submissionHeartbeat(Submitter submitter) {
		Heartbeat heartbeat = new Heartbeat("submission", PAUSE, submitter::work);
		submitter.onRoom(heartbeat::wake);
		return heartbeat;
	}

	@Bean
	EndingThreads endingThreads(ExecutorService planningThreads, ExecutorService submissionThreads,
			ExecutorService supersedingThread) {
		return new EndingThreads(List.of(planningThreads, submissionThreads, supersedingThread));
	}

	@Bean
	HintedTracking hintedTracking(Tracking tracking, Engine engine, Clock clock) {
		return new HintedTracking(new Looks(tracking::look, tracking::relist, tracking::verify), engine.listEvery(),
				clock);
	}

	@Bean
	Heartbeat trackingHeartbeat(HintedTracking work, Engine engine) {
		Heartbeat heartbeat = new Heartbeat("tracking", PAUSE, work::beat);
		engine.onChange((build) -> {
			work.hint(build);
			heartbeat.wake();
		});
		return heartbeat;
	}

	@Bean
	Wakes wakes(Heartbeat planningHeartbeat, Heartbeat submissionHeartbeat, Heartbeat trackingHeartbeat,
			HintedTracking hinted) {
		return new Wakes(planningHeartbeat, submissionHeartbeat, trackingHeartbeat, hinted);
	}

	/** Passes hints on to the heartbeats. */
	static class Wakes {

		private final Heartbeat planning;

		private final Heartbeat submission;

		private final Heartbeat tracking;

		private final HintedTracking hinted;

		Wakes(Heartbeat planning, Heartbeat submission, Heartbeat tracking, HintedTracking hinted) {
			this.planning = planning;
			this.submission = submission;
			this.tracking = tracking;
			this.hinted = hinted;
		}

		@TransactionalEventListener(fallbackExecution = true)
		void on(DeliveryAccepted accepted) {
			this.planning.wake();
		}

		@TransactionalEventListener(fallbackExecution = true)
		void on(BuildQueued queued) {
			this.submission.wake();
		}

		/** Submission hears of it itself. */
		@TransactionalEventListener(fallbackExecution = true)
		void on(BuildEnded ended) {
			this.tracking.wake();
		}

		@TransactionalEventListener(fallbackExecution = true)
		void on(CancelWanted wanted) {
			this.hinted.hint(wanted.build());
			this.tracking.wake();
		}

	}

	/**
	 * Follows hints at once, asks the registry about images often, and looks at
	 * everything now and then.
	 */
	static class HintedTracking {

		private static final int MOST_SILENCES = 2;

		private static final int MOST_TRIES = 5;

		private final Looks looks;

		private final Interval list;

		private final Interval verification = new Interval(PAUSE);

		private final Clock clock;

		/** Each with how often it was followed in vain. */
		private final Map<BuildId, Integer> hints = new ConcurrentHashMap<>();

		HintedTracking(Looks looks, Duration listEvery, Clock clock) {
			this.looks = looks;
			this.list = new Interval(listEvery);
			this.clock = clock;
		}

		void hint(BuildId build) {
			this.hints.put(build, 0);
		}

		void beat() {
			followHints();
			Instant now = this.clock.instant();
			if (this.list.isOver(now)) {
				this.list.begin(now);
				this.verification.begin(now);
				this.looks.relist().run();
			}
			else if (this.verification.isOver(now)) {
				this.verification.begin(now);
				this.looks.verify().run();
			}
		}

		/**
		 * Who does not answer a few times will not answer to the others either. But it
		 * may be that only these few have no answer, so they come last next time, and are
		 * left to the next listing in the end.
		 */
		private void followHints() {
			List<Map.Entry<BuildId, Integer>> order = this.hints.entrySet()
				.stream()
				.map(Map.Entry::copyOf)
				.sorted(Map.Entry.comparingByValue())
				.toList();
			int silences = 0;
			for (Map.Entry<BuildId, Integer> hint : order) {
				this.hints.remove(hint.getKey());
				if (!this.looks.look().test(hint.getKey())) {
					keep(hint.getKey(), hint.getValue() + 1);
					silences++;
				}
				if (silences == MOST_SILENCES) {
					return;
				}
			}
		}

		private void keep(BuildId build, int tries) {
			if (tries < MOST_TRIES) {
				this.hints.putIfAbsent(build, tries);
			}
		}

	}

	/**
	 * How to look.
	 *
	 * @param look looks at one build, and says whether its engine answered
	 * @param relist looks at everything
	 * @param verify looks at the builds whose images the registry is asked about
	 */
	record Looks(Predicate<BuildId> look, Runnable relist, Runnable verify) {
	}

}
