package dev.imagefactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;

import dev.imagefactory.build.BuildQueued;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.intake.DeliveryAccepted;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.planning.DeliveryPlanner;
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
	HintedTracking hintedTracking(Tracking tracking, Clock clock) {
		return new HintedTracking(tracking, clock);
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
	Wakes wakes(Heartbeat planningHeartbeat, Heartbeat submissionHeartbeat, Heartbeat trackingHeartbeat) {
		return new Wakes(planningHeartbeat, submissionHeartbeat, trackingHeartbeat);
	}

	/** Passes hints on to the heartbeats. */
	static class Wakes {

		private final Heartbeat planning;

		private final Heartbeat submission;

		private final Heartbeat tracking;

		Wakes(Heartbeat planning, Heartbeat submission, Heartbeat tracking) {
			this.planning = planning;
			this.submission = submission;
			this.tracking = tracking;
		}

		@TransactionalEventListener(fallbackExecution = true)
		void on(DeliveryAccepted accepted) {
			this.planning.wake();
		}

		@TransactionalEventListener(fallbackExecution = true)
		void on(BuildQueued queued) {
			this.submission.wake();
			this.tracking.wake();
		}

	}

	/** Follows hints at once and looks at everything now and then. */
	static class HintedTracking {

		private final Tracking tracking;

		private final Clock clock;

		private final Set<BuildId> hints = ConcurrentHashMap.newKeySet();

		private Instant listed = Instant.EPOCH;

		HintedTracking(Tracking tracking, Clock clock) {
			this.tracking = tracking;
			this.clock = clock;
		}

		void hint(BuildId build) {
			this.hints.add(build);
		}

		void beat() {
			for (BuildId build : Set.copyOf(this.hints)) {
				this.hints.remove(build);
				this.tracking.look(build);
			}
			Instant now = this.clock.instant();
			// A clock that was set back must not put off the next look.
			if (now.isBefore(this.listed) || !now.isBefore(this.listed.plus(PAUSE))) {
				this.listed = now;
				this.tracking.relist();
			}
		}

	}

}
