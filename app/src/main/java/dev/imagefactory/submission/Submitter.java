package dev.imagefactory.submission;

import java.time.Clock;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through the queue: gives turns within the limits and hands runs to the engine,
 * again and again under the same name until the engine has them.
 */
public class Submitter {

	private static final Logger logger = LoggerFactory.getLogger(Submitter.class);

	private static final Set<StateName> UNDER_WAY = EnumSet.of(StateName.SUBMITTING, StateName.WAITING,
			StateName.RUNNING, StateName.VERIFYING);

	private static final int LOOK_AHEAD = 200;

	private final Builds builds;

	private final Claims claims;

	private final Engine engine;

	private final QueueSettings limits;

	private final Executor executor;

	private final Clock clock;

	/** Builds that a thread of ours has in hand. */
	private final Set<BuildId> inHand = ConcurrentHashMap.newKeySet();

	Submitter(Builds builds, Claims claims, Engine engine, QueueSettings limits, Executor executor, Clock clock) {
		this.builds = builds;
		this.claims = claims;
		this.engine = engine;
		this.limits = limits;
		this.executor = executor;
		this.clock = clock;
	}

	/**
	 * Gives turns to queued builds, and looks after those whose submission is unfinished.
	 */
	public void work() {
		List<Build> underWay = this.builds.open(UNDER_WAY, this.limits.maxRunning() * 2);
		underWay.stream()
			.filter((build) -> build.state().name() == StateName.SUBMITTING)
			.forEach((build) -> takeInHand(build, this::resubmit));
		Map<String, Integer> running = new HashMap<>();
		underWay.forEach((build) -> running.merge(build.order().repository().key(), 1, Integer::sum));
		int places = this.limits.maxRunning() - underWay.size();
		for (Build build : this.builds.open(EnumSet.of(StateName.QUEUED), LOOK_AHEAD)) {
			int ofRepository = running.getOrDefault(build.order().repository().key(), 0);
			if (places > 0 && ofRepository < this.limits.maxRunningPerRepository()) {
				running.merge(build.order().repository().key(), 1, Integer::sum);
				places--;
				takeInHand(build, this::giveTurn);
			}
		}
	}

	private void takeInHand(Build build, Consumer<Build> work) {
		if (!this.inHand.add(build.id())) {
			return;
		}
		try {
			this.executor.execute(() -> {
				try {
					attempt(build, work);
				}
				finally {
					this.inHand.remove(build.id());
				}
			});
		}
		catch (RejectedExecutionException ex) {
			this.inHand.remove(build.id());
		}
	}

	/** Whatever goes wrong, the build is as it was and its turn comes again. */
	private void attempt(Build build, Consumer<Build> work) {
		try {
			work.accept(build);
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
		}
		catch (EngineUnavailable ex) {
			logger.warn("{} could not be handed to the engine and is tried again: {}", build.id(), ex.getMessage());
		}
		catch (Remotes.NoLongerOnboarded ex) {
			this.builds.noteQueueReason(build.id(), "repository-not-onboarded");
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be submitted and is tried again", build.id(), ex);
		}
	}

	private void giveTurn(Build build) {
		this.claims.claim(build, this.engine.name()).ifPresent((run) -> {
			logger.info("{} is submitted: attempt {} at {}, tags {}", run.build(), run.attempt(),
					run.order().key().image(), run.tags());
			submit(run);
		});
	}

	private void resubmit(Build build) {
		if (this.engine.find(build.id()).isEmpty()) {
			this.builds.run(build.id()).ifPresent(this::submit);
		}
	}

	private void submit(Run run) {
		switch (this.engine.submit(run)) {
			case Submission.Accepted accepted -> logger.debug("{} is at the engine", run.build());
			case Submission.Refused refused -> this.builds.find(run.build())
				.flatMap((build) -> BuildMachine.apply(build, new BuildEvent.RunRefused(refused.result()),
						this.clock.instant()))
				.ifPresent(this.builds::store);
		}
	}

}
