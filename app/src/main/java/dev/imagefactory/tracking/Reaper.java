package dev.imagefactory.tracking;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.IllegalTransition;
import dev.imagefactory.build.OrderBusy;
import dev.imagefactory.build.Transition;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.BuildOrder;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.publication.Publication;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after runs that no open build answers for: one whose build is over is stopped,
 * heard to its end and let go; one whose build is not known is never stopped, but linked
 * again when the engine kept what it was handed. It also stops runs that somebody
 * deleted.
 */
class Reaper {

	private static final Logger logger = LoggerFactory.getLogger(Reaper.class);

	private static final String SYSTEM = "image-factory";

	private final Tracking.Stored stored;

	private final Engine engine;

	private final Publication publication;

	private final Audit audit;

	private final Changes changes;

	private final Pace pace;

	/** Runs of nobody that were told of already. */
	private final Set<BuildId> strange = ConcurrentHashMap.newKeySet();

	Reaper(Tracking.Stored stored, Engine engine, Publication publication, Audit audit, Changes changes, Pace pace) {
		this.stored = stored;
		this.engine = engine;
		this.publication = publication;
		this.audit = audit;
		this.changes = changes;
		this.pace = pace;
	}

	/**
	 * Stops a run whose build is over if it still lives, and lets it go once it has
	 * ended. The engine is asked anew: what it said before may be older than the build's
	 * end.
	 * @param build a build that is over
	 */
	void reap(Build build) {
		Optional<RunStatus> status = this.engine.find(build.id());
		if (status.isEmpty()) {
			return;
		}
		if (status.get().phase() instanceof RunPhase.Ended ended) {
			if (isSettled(build, ended)) {
				this.engine.release(build.id());
			}
			return;
		}
		auditOnce(build, "The run was still alive although its build is " + build.state().name());
		this.engine.stop(build.id());
	}

	/**
	 * Stops a run that somebody took away from the engine while its build is open. The
	 * build ends when the run does.
	 * @param build the build whose run it is
	 */
	void stopWithdrawn(Build build) {
		auditOnce(build, "The run was still alive although somebody deleted it");
		this.engine.stop(build.id());
	}

	/** Whichever replica sees it, and however often. */
	private void auditOnce(Build build, String why) {
		this.stored.transactions().executeWithoutResult((status) -> {
			if (this.stored.builds().noteReaped(build.id(), this.pace.clock().instant())) {
				this.audit.record(SYSTEM, "run.reap", build.id().value(), why);
			}
		});
	}

	/**
	 * What reached the registry is recorded although the build is over; a run is kept
	 * until that is known.
	 */
	private boolean isSettled(Build build, RunPhase.Ended ended) {
		Digest digest = pushed(ended);
		if (digest == null || build.image().digest() != null) {
			return true;
		}
		return switch (this.publication.arrived(build, digest)) {
			case Publication.Finding.Confirmed confirmed -> isRecorded(build, confirmed);
			case Publication.Finding.Missing missing -> isOverForLong(build);
			case Publication.Finding.Silent silent -> false;
		};
	}

	/**
	 * The tags were given back at the build's end, so its late push must not keep the
	 * floating ones: others decide by what is recorded. Recorded last, because after that
	 * the run is let go and nobody comes back to its tags.
	 */
	private boolean isRecorded(Build build, Publication.Finding.Confirmed confirmed) {
		return this.publication.putBack(build, confirmed.digest(), build.tags())
				&& this.changes.apply(build, new BuildEvent.DigestConfirmed(confirmed.digest(), confirmed.scan()))
					.isPresent();
	}

	/** What the registry denied just now is asked for once more, a while later. */
	private boolean isOverForLong(Build build) {
		Instant end = build.times().finishedAt();
		return end == null || !this.pace.clock().instant().isBefore(end.plus(this.pace.apart()));
	}

	private static @Nullable Digest pushed(RunPhase.Ended ended) {
		return (ended.result() instanceof RunResult.Succeeded succeeded) ? succeeded.digest() : ended.digest();
	}

	/**
	 * Restores order and build of a run from what the engine kept of it, when it was ours
	 * and its tags are free: the database is older than the run.
	 * @param id the run's name, which no claimed build has
	 * @return whether it was linked again
	 */
	boolean relink(BuildId id) {
		Optional<Run> kept = this.engine.kept(id).filter((run) -> run.build().equals(id));
		boolean linked = kept.isPresent() && isRestored(kept.get());
		if (linked) {
			logger.warn("{} was not known here and is linked again from what the engine kept of it", id);
		}
		else if (this.strange.add(id)) {
			logger.warn("The engine has a run {} that no build answers for: it is left alone ({})", id, kept.isEmpty()
					? "it is not marked as ours" : "another build has its order or its tags; it is tried again");
		}
		return linked;
	}

	private boolean isRestored(Run run) {
		try {
			return this.stored.transactions().execute((status) -> {
				boolean restored = restore(run);
				if (!restored) {
					status.setRollbackOnly();
				}
				return restored;
			});
		}
		catch (OrderBusy | IllegalTransition ex) {
			logger.debug("{} is not linked again: {}", run.build(), ex.getMessage());
			return false;
		}
	}

	private boolean restore(Run run) {
		this.stored.orders().addIfAbsent(run.order());
		// None: the call that made the order has made another of the same image.
		Optional<BuildOrder> found = this.stored.orders().find(run.order().key());
		if (found.filter((same) -> same.id().equals(run.order().id())).isEmpty()) {
			return false;
		}
		BuildOrder order = found.get();
		if (!this.stored.tags().take(order.key().image(), run.tags(), run.build())) {
			return false;
		}
		Build queued = this.stored.builds().find(run.build()).orElseGet(() -> add(run, order));
		if (!(queued.state() instanceof BuildState.Queued)) {
			return false;
		}
		BuildEvent claimed = new BuildEvent.Claimed(run.tags(), this.engine.name());
		Transition transition = BuildMachine.apply(queued, claimed, this.pace.clock().instant()).orElseThrow();
		this.stored.builds().storeClaim(transition, run);
		this.audit.record(SYSTEM, "run.relink", run.build().value(),
				"The engine has this run and the database did not know it; order and build are restored from the run");
		return true;
	}

	private Build add(Run run, BuildOrder order) {
		Build build = Build.queued(run.build(), order, run.attempt(), this.pace.clock().instant());
		this.stored.builds().add(build);
		return build;
	}

	/**
	 * When things happen.
	 *
	 * @param apart how long after a build's end a denial of its image is believed
	 * @param clock the time
	 */
	record Pace(Duration apart, Clock clock) {
	}

}
