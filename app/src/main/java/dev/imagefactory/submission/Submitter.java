package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEnded;
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

import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Works through the queue: gives turns within the limits and hands runs to the engine,
 * again and again under the same name until the engine has them. Every replica does so;
 * each carries out the builds whose turns it was given.
 */
public class Submitter {

	private static final Logger logger = LoggerFactory.getLogger(Submitter.class);

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

	private final InHand inHand;

	/** Turns are long, so they need not be made longer at each look. */
	private final Interval renewal = new Interval(Turns.LENGTH.dividedBy(6));

	/** Notices what ended elsewhere. */
	private final Ends ends;

	private final PutOffs putOffs;

	Submitter(Builds builds, Turns turns, Claims claims, Engine engine, QueueSettings limits, Self self) {
		this.builds = builds;
		this.turns = turns;
		this.claims = claims;
		this.engine = engine;
		this.limits = new Turns.Limits(limits.maxRunning(), limits.maxRunningPerRepository());
		this.self = self;
		this.inHand = new InHand(self.executor());
		this.ends = new Ends(builds);
		this.putOffs = new PutOffs(builds, turns, self.process(), self.clock());
	}

	/** What a build held may be what others wait for. */
	@TransactionalEventListener(fallbackExecution = true)
	void on(BuildEnded ended) {
		this.ends.note();
		this.inHand.tellOfRoom();
	}

	/**
	 * Registers who wants a hint when more turns could be used.
	 * @param listener called on any thread, and must return at once
	 */
	public void onRoom(Runnable listener) {
		this.inHand.onRoom(listener);
	}

	/**
	 * Gives turns to queued builds, and looks after those whose submission is unfinished.
	 */
	public void work() {
		Instant now = this.self.clock().instant();
		this.ends.tell(now, () -> wakeResting(now));
		renew(now);
		int free = this.inHand.free();
		List<Build> unfinished = this.turns.unfinished(this.self.process(), free, now);
		unfinished.forEach((build) -> takeInHand(build, this::resubmit));
		int hands = this.inHand.builds().size();
		int room = Math.min(this.inHand.free(), this.engine.room() - hands);
		List<Build> given = this.turns.give(this.self.process(), this.limits, room, now);
		given.forEach((build) -> takeInHand(build, isClaimed(build) ? this::resubmit : this::giveTurn));
		if (room > 0) {
			this.inHand.moreWait(unfinished.size() >= free || given.size() >= room);
		}
		else {
			this.inHand.holdAllRoom(hands);
		}
	}

	private void renew(Instant now) {
		if (this.renewal.isOver(now)) {
			this.turns.renew(this.self.process(), this.inHand.builds(), now);
			this.renewal.begin(now);
		}
	}

	/** One that was put off has its turn again. */
	private static boolean isClaimed(Build build) {
		return !(build.state() instanceof BuildState.Queued);
	}

	/** What ended may have freed the tag that others wait for. */
	private void wakeResting(Instant at) {
		this.rests.ended();
		this.turns.wake(at);
	}

	private void takeInHand(Build build, Consumer<Build> work) {
		this.inHand.take(build.id(), () -> attempt(build, work));
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
			putOff(build, ex);
			giveBack(build.id(), this.rests.refused(build.id()));
		}
		catch (EngineUnavailable ex) {
			logger.warn("{} could not be handed to the engine and is tried again: {}", build.id(), ex.getMessage());
			giveBack(build.id(), this.rests.refused(build.id()));
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be submitted and is tried again", build.id(), ex);
			giveBack(build.id(), this.rests.refused(build.id()));
		}
	}

	/**
	 * A build that had just been claimed was asked for once. One that was never begun,
	 * and is cancelled, ends although nobody may look for its run.
	 */
	private void putOff(Build before, PlaceClosed closed) {
		try {
			this.putOffs.store(before.id(), closed, !isClaimed(before))
				.ifPresent((build) -> endCancelled(build, Objects.requireNonNull(build.cancel())));
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
		Optional<Run> claimed = this.claims.claim(build, new Claims.Claimant(this.engine.name(), this.self.process()));
		if (claimed.isEmpty()) {
			giveBack(build.id(), this.rests.behindOthers(build.id()));
			return;
		}
		Run run = claimed.get();
		logger.info("{} is submitted: attempt {} at {}, tags {}", run.build(), run.attempt(), run.order().key().image(),
				run.tags());
		submit(run, this::stopIfOver);
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
			this.putOffs.tried(build);
			this.builds.run(build.id()).ifPresent((run) -> submit(run, this::taken));
		}
		else {
			endCancelled(build, cancel);
		}
	}

	private void endCancelled(Build build, Build.CancelRequest cancel) {
		if (this.self.clock().instant().isBefore(cancel.at().plus(LATEST_BEGIN))) {
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

	/**
	 * A turn whose run was accepted at once is not given back, which would cost a commit:
	 * it ends by itself, or when the run is seen.
	 */
	private void submit(Run run, Consumer<BuildId> accepted) {
		switch (this.engine.submit(run)) {
			case Submission.Accepted taken -> {
				this.rests.forget(run.build());
				accepted.accept(run.build());
			}
			case Submission.Refused refused -> this.builds.find(run.build())
				.ifPresent((build) -> refuse(build,
						new BuildEvent.RunRefused(refused.result(), this.claims.mayAdopt(build))));
		}
	}

	/** One that was put off counts as under way again before its turn ends. */
	private void taken(BuildId id) {
		Optional<Build> build = this.putOffs.end(id);
		giveBack(id, SETTLING);
		build.filter((found) -> !found.isOpen()).ifPresent((over) -> stop(id));
	}

	/**
	 * A process that was frozen before it handed the run over may have begun it anew: it
	 * had ended and was released meanwhile. The reaper would see that no sooner than at
	 * the next listing; it hears this run to its end and lets it go.
	 */
	private void stopIfOver(BuildId id) {
		if (this.builds.state(id).filter((state) -> !state.isOpen()).isPresent()) {
			stop(id);
		}
	}

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
