package dev.imagefactory.submission;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildQueued;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Transition;
import dev.imagefactory.git.GitUnavailable;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.source.CommitSha;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Ends queued builds of pushes that a newer queued push to the same branch makes
 * pointless. Which one is newer is what their commits say, not when they came. It is
 * decided when a build is queued, so that the queue is short, and again when its turn
 * comes, so that it is decided also when the first was missed; both replicas that decide
 * at once see that the newer build is still queued, and so no two builds end because of
 * each other.
 */
class Superseding {

	private static final Logger logger = LoggerFactory.getLogger(Superseding.class);

	/** So many others are compared with; those that came last are the likely ones. */
	private static final int MOST = 100;

	/** How long a provider's servers may disagree about a branch. */
	private static final Duration LAG = Duration.ofSeconds(30);

	private final Builds builds;

	private final Histories histories;

	private final Patience patience;

	private final Executor executor;

	private final Clock clock;

	Superseding(Builds builds, Histories histories, Patience patience, Executor executor, Clock clock) {
		this.builds = builds;
		this.histories = histories;
		this.patience = patience;
		this.executor = executor;
		this.clock = clock;
	}

	@TransactionalEventListener(fallbackExecution = true)
	void on(BuildQueued queued) {
		if (queued.push()) {
			this.executor.execute(() -> settle(queued.build()));
		}
	}

	/**
	 * Settles a new build with the others that are queued: it may be pointless itself, or
	 * make others so. What fails is decided at the builds' turns.
	 * @param id a build that may be queued
	 */
	void settle(BuildId id) {
		try {
			Optional<Build> found = this.builds.find(id).filter(Build::isQueuedPush);
			if (found.isPresent()) {
				settle(found.get());
			}
		}
		catch (BuildChanged | GitUnavailable | Histories.Unclear | Remotes.NoLongerOnboarded ex) {
			logger.debug("{} is compared with others when its turn comes: {}", id, ex.getMessage());
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be compared with others; it is tried again when its turn comes", id, ex);
		}
	}

	private void settle(Build build) {
		List<Build> others = this.builds.queuedBeside(build, MOST);
		if (others.isEmpty()) {
			return;
		}
		Optional<CommitSha> head = this.histories.head(build.order());
		if (!giveWay(build, others, head)) {
			others.forEach((other) -> giveWay(other, List.of(build), head));
		}
	}

	/**
	 * Ends a build whose turn has come if a newer one is queued.
	 * @param build a queued build
	 * @return whether it ended
	 * @throws GitUnavailable when the repository did not answer and the build can wait
	 * @throws Histories.Unclear when its branch may have been reset to its commit just
	 * now, and the build can wait
	 */
	boolean endIfPointless(Build build) {
		if (!build.isQueuedPush()) {
			return false;
		}
		List<Build> others = this.builds.queuedBeside(build, MOST);
		return !others.isEmpty()
				&& this.patience.ask(build, () -> giveWay(build, others, this.histories.head(build.order()))).yes();
	}

	/**
	 * Those that came last are asked first, so that who came before decides only where
	 * nobody else does.
	 */
	private boolean giveWay(Build build, List<Build> others, Optional<CommitSha> head) {
		if (head.equals(Optional.of(build.order().key().commit()))) {
			return false;
		}
		for (Build other : others) {
			if (isNewer(other, build, head)) {
				if (mayBeReset(build, other)) {
					throw this.histories.late(build.order(), other.order().key().commit());
				}
				if (end(build, other)) {
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * A push that came after a newer one is late, or resets the branch to its commit,
	 * which the server may not show yet.
	 */
	private boolean mayBeReset(Build build, Build newer) {
		return newer.id().compareTo(build.id()) < 0
				&& this.clock.instant().isBefore(build.times().createdAt().plus(LAG));
	}

	/** The head leaves behind what a forced push removed from its branch. */
	private boolean isNewer(Build other, Build build, Optional<CommitSha> head) {
		CommitSha commit = other.order().key().commit();
		return switch (this.histories.ancestry(build.order(), commit, build.order().key().commit())) {
			case DESCENDANT -> true;
			case UNRELATED, UNKNOWN -> head.equals(Optional.of(commit));
			case SAME, ANCESTOR -> false;
		};
	}

	private boolean end(Build build, Build newer) {
		Optional<Transition> transition = BuildMachine.apply(build, new BuildEvent.SupersededBy(newer.id()),
				this.clock.instant());
		boolean ended = transition.isPresent() && this.builds.storeSuperseded(transition.get(), newer.id());
		if (ended) {
			logger.info("{} of {} is superseded by {} of {}", build.id(), build.order().key().commit().sha12(),
					newer.id(), newer.order().key().commit().sha12());
		}
		return ended;
	}

}
