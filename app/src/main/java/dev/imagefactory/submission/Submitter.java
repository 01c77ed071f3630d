package dev.imagefactory.submission;

import java.time.Clock;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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

	/**
	 * So much of one repository is looked at, so that a long queue hides nobody else's.
	 */
	private static final int LOOK_AHEAD_PER_REPOSITORY = 20;

	private static final int MOST_UNDER_WAY = 1000;

	private final Builds builds;

	private final Claims claims;

	private final Engine engine;

	private final QueueSettings limits;

	private final Executor executor;

	private final Clock clock;

	private final Rests rests;

	/** Builds that a thread of ours has in hand. */
	private final Set<BuildId> inHand = ConcurrentHashMap.newKeySet();

	/** Builds that were under way at the last look. */
	private Set<BuildId> before = Set.of();

	Submitter(Builds builds, Claims claims, Engine engine, QueueSettings limits, Executor executor, Clock clock) {
		this.builds = builds;
		this.claims = claims;
		this.engine = engine;
		this.limits = limits;
		this.executor = executor;
		this.clock = clock;
		this.rests = new Rests(clock);
	}

	/**
	 * Gives turns to queued builds, and looks after those whose submission is unfinished.
	 * The queue is read first: a build that is claimed between the two reads is counted
	 * twice and not overlooked.
	 */
	public void work() {
		List<Build> queue = this.builds.queue(LOOK_AHEAD_PER_REPOSITORY, LOOK_AHEAD);
		List<Build> underWay = this.builds.open(UNDER_WAY, MOST_UNDER_WAY);
		wakeWhenOneEnded(underWay);
		underWay.stream()
			.filter((build) -> build.state().name() == StateName.SUBMITTING)
			.filter((build) -> !this.rests.isResting(build.id()))
			.forEach((build) -> takeInHand(build, this::resubmit));
		giveTurns(queue, underWay);
	}

	/** What ended may have freed the tag that others wait for. */
	private void wakeWhenOneEnded(List<Build> underWay) {
		Set<BuildId> now = underWay.stream().map(Build::id).collect(Collectors.toSet());
		if (!now.containsAll(this.before)) {
			this.rests.wakeAll();
		}
		this.before = now;
	}

	/** A build that could not be claimed a moment ago takes nobody's place. */
	private void giveTurns(List<Build> queue, List<Build> underWay) {
		Map<String, Integer> running = new HashMap<>();
		underWay.forEach((build) -> running.merge(build.order().repository().key(), 1, Integer::sum));
		int places = this.limits.maxRunning() - underWay.size();
		for (Build build : queue) {
			int ofRepository = running.getOrDefault(build.order().repository().key(), 0);
			if (places > 0 && ofRepository < this.limits.maxRunningPerRepository()
					&& !this.rests.isResting(build.id())) {
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
			this.rests.rest(build.id());
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be submitted and is tried again", build.id(), ex);
			this.rests.rest(build.id());
		}
	}

	private void giveTurn(Build build) {
		Optional<Run> claimed = this.claims.claim(build, this.engine.name());
		if (claimed.isEmpty()) {
			this.rests.rest(build.id());
			return;
		}
		Run run = claimed.get();
		logger.info("{} is submitted: attempt {} at {}, tags {}", run.build(), run.attempt(), run.order().key().image(),
				run.tags());
		submit(run);
	}

	/**
	 * The build is read after the engine said that it has no such run: a run that ended
	 * and was released since the build was listed must not begin anew.
	 */
	private void resubmit(Build listed) {
		if (this.engine.find(listed.id()).isPresent()) {
			return;
		}
		boolean unfinished = this.builds.find(listed.id())
			.filter((build) -> build.state().name() == StateName.SUBMITTING)
			.isPresent();
		if (unfinished) {
			this.builds.run(listed.id()).ifPresent(this::submit);
		}
	}

	private void submit(Run run) {
		switch (this.engine.submit(run)) {
			case Submission.Accepted accepted -> logger.debug("{} is at the engine", run.build());
			case Submission.Refused refused -> this.builds.find(run.build())
				.flatMap((build) -> BuildMachine.apply(build,
						new BuildEvent.RunRefused(refused.result(), this.claims.mayAdopt(build)), this.clock.instant()))
				.ifPresent(this.builds::store);
		}
	}

}
