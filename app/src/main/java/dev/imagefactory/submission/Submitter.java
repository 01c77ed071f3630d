package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Turns;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.PlaceClosed;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through the queue: gives turns within the limits and hands runs to the engine,
 * again and again under the same name until the engine has them. Every replica does so;
 * each carries out the builds whose turns it was given.
 */
public class Submitter {

	private static final Logger logger = LoggerFactory.getLogger(Submitter.class);

	private static final Set<StateName> UNDER_WAY = EnumSet.of(StateName.SUBMITTING, StateName.WAITING,
			StateName.RUNNING, StateName.VERIFYING);

	private static final int MOST_UNDER_WAY = 10_000;

	/** More than this one process does not need to have in hand to be busy. */
	private static final int MOST_IN_HAND = 16;

	/** So long the engine is given to show a run that it took. */
	private static final Duration SETTLING = Duration.ofSeconds(5);

	/**
	 * What was sent to an engine longer ago than this is a run by now, or never will be.
	 */
	private static final Duration LATEST_BEGIN = Duration.ofMinutes(1);

	private final Builds builds;

	private final Turns turns;

	private final Claims claims;

	private final Engine engine;

	private final Turns.Limits limits;

	private final Self self;

	private final Rests rests = new Rests();

	/** Builds that a thread of ours has in hand. */
	private final Set<BuildId> inHand = ConcurrentHashMap.newKeySet();

	/** Builds that were under way at the last look. */
	private Set<BuildId> before = Set.of();

	private volatile Runnable room = () -> {
	};

	Submitter(Builds builds, Turns turns, Claims claims, Engine engine, QueueSettings limits, Self self) {
		this.builds = builds;
		this.turns = turns;
		this.claims = claims;
		this.engine = engine;
		this.limits = new Turns.Limits(limits.maxRunning(), limits.maxRunningPerRepository());
		this.self = self;
	}

	/**
	 * Registers who wants a hint when more turns could be used.
	 * @param listener called on any thread, and must return at once
	 */
	public void onRoom(Runnable listener) {
		this.room = listener;
	}

	/**
	 * Gives turns to queued builds, and looks after those whose submission is unfinished.
	 */
	public void work() {
		Instant now = this.self.clock().instant();
		wakeWhenOneEnded(now);
		this.turns.renew(this.self.process(), Set.copyOf(this.inHand), now);
		this.turns.unfinished(this.self.process(), free(), now).forEach((build) -> takeInHand(build, this::resubmit));
		this.turns
			.give(this.self.process(), this.limits, Math.min(free(), this.engine.room() - this.inHand.size()), now)
			.forEach((build) -> takeInHand(build, isClaimed(build) ? this::resubmit : this::giveTurn));
	}

	/** One that was put off has its turn again. */
	private static boolean isClaimed(Build build) {
		return !(build.state() instanceof BuildState.Queued);
	}

	private int free() {
		return Math.max(0, MOST_IN_HAND - this.inHand.size());
	}

	/** What ended may have freed the tag that others wait for. */
	private void wakeWhenOneEnded(Instant at) {
		Set<BuildId> now = this.builds.openIds(UNDER_WAY, MOST_UNDER_WAY);
		if (!now.containsAll(this.before)) {
			this.rests.forgetAll();
			this.turns.wake(at);
		}
		this.before = now;
	}

	private void takeInHand(Build build, Consumer<Build> work) {
		if (!this.inHand.add(build.id())) {
			return;
		}
		try {
			this.self.executor().execute(() -> {
				try {
					attempt(build, work);
				}
				finally {
					this.inHand.remove(build.id());
					tellOfRoom();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			this.inHand.remove(build.id());
		}
	}

	/** Half of what fits in goes on while the next turns are given. */
	private void tellOfRoom() {
		if (this.inHand.size() <= MOST_IN_HAND / 2) {
			this.room.run();
		}
	}

	/** Whatever goes wrong, the build is as it was and its turn comes again. */
	private void attempt(Build build, Consumer<Build> work) {
		try {
			work.accept(build);
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
			giveBack(build.id(), Duration.ZERO);
		}
		catch (PlaceClosed ex) {
			putOff(build.id(), ex);
			giveBack(build.id(), this.rests.next(build.id()));
		}
		catch (EngineUnavailable ex) {
			logger.warn("{} could not be handed to the engine and is tried again: {}", build.id(), ex.getMessage());
			giveBack(build.id(), this.rests.next(build.id()));
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be submitted and is tried again", build.id(), ex);
			giveBack(build.id(), this.rests.next(build.id()));
		}
	}

	/** Said in the log when it is stored, and not at each try. */
	private void putOff(BuildId id, PlaceClosed closed) {
		BuildState.PutOff why = new BuildState.PutOff(closed.reason(), String.valueOf(closed.getMessage()),
				closed.place());
		try {
			this.builds.find(id)
				.flatMap((build) -> BuildMachine.apply(build, new BuildEvent.RunPutOff(why),
						this.self.clock().instant()))
				.ifPresent((change) -> {
					this.builds.store(change);
					logger.warn("{} is put off: {}", id, closed.getMessage());
				});
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
		}
	}

	/** A turn that cannot be given back ends by itself. */
	private void giveBack(BuildId build, Duration rest) {
		try {
			Instant until = rest.isZero() ? null : this.self.clock().instant().plus(rest);
			this.turns.giveBack(build, this.self.process(), until);
		}
		catch (RuntimeException ex) {
			logger.warn("The turn of {} could not be given back; it ends in {} s", build, Turns.LENGTH.toSeconds(), ex);
		}
	}

	private void giveTurn(Build build) {
		Optional<Run> claimed = this.claims.claim(build, this.engine.name());
		if (claimed.isEmpty()) {
			giveBack(build.id(), this.rests.next(build.id()));
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
		if (this.engine.find(listed.id(), listed.order().team()).isPresent()) {
			taken(listed.id());
			return;
		}
		this.builds.find(listed.id())
			.filter((build) -> build.state().name() == StateName.SUBMITTING)
			.ifPresent(this::submitAgain);
	}

	/**
	 * Nothing is begun any more for a build that was cancelled. What was sent before may
	 * still become a run, as long as an engine works on a request.
	 */
	private void submitAgain(Build build) {
		Build.CancelRequest cancel = build.cancel();
		if (cancel == null) {
			this.builds.run(build.id()).ifPresent(this::submit);
		}
		else if (this.self.clock().instant().isBefore(cancel.at().plus(LATEST_BEGIN))) {
			giveBack(build.id(), SETTLING);
		}
		else {
			refuse(build, new BuildEvent.RunRefused(
					new RunResult.Stopped("It was cancelled before the engine had its run."), false));
		}
	}

	private void refuse(Build build, BuildEvent.RunRefused event) {
		BuildMachine.apply(build, event, this.self.clock().instant()).ifPresent(this.builds::store);
	}

	private void submit(Run run) {
		switch (this.engine.submit(run)) {
			case Submission.Accepted accepted -> {
				this.rests.forget(run.build());
				taken(run.build());
			}
			case Submission.Refused refused -> this.builds.find(run.build())
				.ifPresent((build) -> refuse(build,
						new BuildEvent.RunRefused(refused.result(), this.claims.mayAdopt(build))));
		}
	}

	/** One that was put off counts as under way again before its turn ends. */
	private void taken(BuildId id) {
		Optional<Build> build = this.builds.find(id);
		build.flatMap((found) -> BuildMachine.apply(found, new BuildEvent.RunTaken(), this.self.clock().instant()))
			.ifPresent(this.builds::store);
		giveBack(id, SETTLING);
		build.filter((found) -> !found.isOpen()).ifPresent((over) -> stop(id));
	}

	/**
	 * A process that was frozen before it handed the run over may have begun it anew: it
	 * had ended and was released meanwhile. The reaper would see that no sooner than at
	 * the next listing; it hears this run to its end and lets it go.
	 */
	private void stop(BuildId id) {
		logger.warn("{} was over when its run was handed to the engine: the run is stopped", id);
		this.engine.stop(id);
	}

	/**
	 * What makes this submitter this process's own.
	 *
	 * @param process its name, which no other process has
	 * @param executor carries builds out
	 * @param clock the time
	 */
	record Self(String process, Executor executor, Clock clock) {
	}

}
