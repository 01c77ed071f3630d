package dev.imagefactory.tracking;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.imagefactory.audit.Audit;
import dev.imagefactory.build.Build;
import dev.imagefactory.build.BuildChanged;
import dev.imagefactory.build.BuildEvent;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Orders;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.OrderKind;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.ScannedImage;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.publication.Publication;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Brings the stored state of open builds in line with what the engine and the registry
 * say. Everything here may be done twice, and by several processes, without harm.
 */
public class Tracking {

	private static final Logger logger = LoggerFactory.getLogger(Tracking.class);

	private static final int MOST = 10_000;

	private static final Set<StateName> WITH_RUN = EnumSet.of(StateName.SUBMITTING, StateName.WAITING,
			StateName.RUNNING);

	private final Builds builds;

	private final Engine engine;

	private final Publication publication;

	private final Verification verification;

	private final Changes changes;

	private final Reaper reaper;

	private final KeptEnds kept;

	private final Clock clock;

	private final Patience patience;

	/** The images that were stored already. */
	private final Map<BuildId, ScannedImage> scanned = new ConcurrentHashMap<>();

	/**
	 * Creates the tracking.
	 * @param stored the stored orders, builds and tags
	 * @param engine the engine to ask
	 * @param publication how to ask the registry
	 * @param audit where the reaper's acts are recorded
	 * @param clock the time
	 * @param patience how long to wait before an answer is believed
	 */
	public Tracking(Stored stored, Engine engine, Publication publication, Audit audit, Clock clock,
			Patience patience) {
		this.builds = stored.builds();
		this.engine = engine;
		this.publication = publication;
		this.verification = new Verification(stored.builds(), publication, patience.apart(), clock);
		this.changes = new Changes(stored.builds(), stored.tags(), stored.transactions(), clock);
		this.reaper = new Reaper(stored, engine, publication, audit, this.changes,
				new Reaper.Pace(patience.apart(), clock));
		this.kept = new KeptEnds(stored.builds(), engine);
		this.clock = clock;
		this.patience = patience;
	}

	/**
	 * Looks at one build because something may have changed.
	 * @param id the build
	 * @return whether the engine answered; otherwise it is worth another look soon
	 */
	public boolean look(BuildId id) {
		boolean answered = guarded(id, () -> this.engine.find(id).ifPresent(this::bringInLine));
		guarded(id, () -> {
			if (this.builds.state(id).equals(Optional.of(StateName.VERIFYING))) {
				verify(id);
			}
		});
		return answered;
	}

	/** Looks at everything: all runs of the engine, and all builds that are open. */
	public void relist() {
		Optional<Map<BuildId, RunStatus>> listed = list();
		if (listed.isPresent()) {
			Map<BuildId, RunStatus> runs = listed.get();
			for (RunStatus status : runs.values()) {
				if (Asking.isEnding()) {
					return;
				}
				guarded(status.build(), () -> listed(status));
			}
			new Asking(this.clock).inTurn(unlisted(runs.keySet()), (build) -> guarded(build.id(), () -> missed(build)));
			this.scanned.keySet().retainAll(runs.keySet());
		}
		verify();
	}

	/** Most builds are listed, so only the others are read. */
	private List<Build> unlisted(Set<BuildId> listed) {
		return this.builds.openIds(WITH_RUN, MOST)
			.stream()
			.filter((id) -> !listed.contains(id))
			.map(this.builds::find)
			.flatMap(Optional::stream)
			.filter(Build::isOpen)
			.toList();
	}

	/** Looks at all builds whose images the registry is asked about. */
	public void verify() {
		Set<BuildId> verifying = this.builds.openIds(EnumSet.of(StateName.VERIFYING), MOST);
		this.verification.keepOnly(verifying);
		verifying.forEach((id) -> guarded(id, () -> verify(id)));
	}

	private Optional<Map<BuildId, RunStatus>> list() {
		try {
			return Optional.of(this.engine.list()
				.stream()
				.collect(Collectors.toMap(RunStatus::build, Function.identity(), (one, same) -> one)));
		}
		catch (EngineUnavailable ex) {
			logger.warn("The engine could not be asked for its runs, so the states shown may be old: {}",
					ex.getMessage());
			return Optional.empty();
		}
	}

	/**
	 * What goes wrong with one build must not keep the others from being looked at.
	 * @return whether the engine answered
	 */
	private static boolean guarded(BuildId id, Runnable work) {
		try {
			work.run();
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
		}
		catch (EngineUnavailable ex) {
			logger.warn("The engine could not be asked about {}: {}", id, ex.getMessage());
			return false;
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be brought in line and is looked at again", id, ex);
		}
		return true;
	}

	/**
	 * A list takes a while, and a hint may have brought newer news meanwhile, here or in
	 * another process: what differs from what is stored is asked anew.
	 */
	private void listed(RunStatus status) {
		Optional<Build> stored = this.builds.find(status.build());
		if (stored.isPresent() && stored.get().isOpen() && !stored.get().steps().equals(status.steps())) {
			this.engine.find(status.build()).ifPresent(this::bringInLine);
		}
		else {
			bringInLine(status, stored);
		}
	}

	private void bringInLine(RunStatus status) {
		bringInLine(status, this.builds.find(status.build()));
	}

	private void bringInLine(RunStatus status, Optional<Build> found) {
		boolean claimed = found.isPresent() && !(found.get().state() instanceof BuildState.Queued);
		if (!claimed && !this.reaper.relink(status.build())) {
			return;
		}
		Build build = claimed ? found.get() : this.builds.find(status.build()).orElseThrow();
		storeScanned(build, status);
		if (!build.isOpen()) {
			this.reaper.reap(build);
			return;
		}
		storeSteps(build, status.steps());
		if (!(status.phase() instanceof RunPhase.Ended)) {
			stopUnwanted(build, status);
		}
		apply(build.withSteps(status.steps()),
				RunEvents.of(status.phase(), () -> this.publication.mayHaveEarlier(build)));
	}

	/** Nobody else stops a run that was taken away while it is held: it would publish. */
	private void stopUnwanted(Build build, RunStatus status) {
		if (status.withdrawn()) {
			this.reaper.stopWithdrawn(build);
		}
		else if (build.cancel() != null) {
			this.engine.stop(build.id());
		}
	}

	/** Before anything else: nothing may be heard of the run any more after this. */
	private void storeScanned(Build build, RunStatus status) {
		ScannedImage image = status.scanned();
		if (image != null && build.order().recipe().kind() == OrderKind.BUILD
				&& !image.equals(this.scanned.get(build.id()))) {
			this.builds.storeScanned(build.id(), image, this.clock.instant());
			this.scanned.put(build.id(), image);
		}
	}

	private void storeSteps(Build build, List<StepStatus> seen) {
		if (!build.steps().equals(seen)) {
			this.builds.storeSteps(build.withSteps(seen));
		}
	}

	/**
	 * A run that is not listed may be there all the same: released by somebody who knew
	 * more than this database, or taken out of the list by hand. Submission looks after
	 * runs that were never seen.
	 */
	private void missed(Build build) {
		Instant now = this.clock.instant();
		Instant claimed = build.times().startedAt();
		if (claimed == null || now.isBefore(claimed.plus(this.patience.createDeadline()))) {
			return;
		}
		Optional<RunStatus> seen = this.engine.find(build.id(), build.order().team());
		if (seen.isPresent()) {
			bringInLine(seen.get());
		}
		else if (!(build.state() instanceof BuildState.Submitting)) {
			gone(build, now);
		}
	}

	/**
	 * A run that was there and is not known any more is believed gone the second time.
	 * Since when it is missed is stored with the build, so that it counts whoever asked
	 * and whoever was restarted meanwhile, and so that two answers at one moment are one.
	 */
	private void gone(Build build, Instant now) {
		Instant since = build.times().missedAt();
		if (since == null) {
			apply(build, new BuildEvent.RunMissed());
		}
		else if (!now.isBefore(since.plus(this.patience.apart()))) {
			believeGone(build);
		}
	}

	private void believeGone(Build build) {
		Optional<RunStatus> kept = this.kept.of(build);
		if (kept.isPresent()) {
			bringInLine(kept.get());
		}
		else {
			apply(build, new BuildEvent.RunEnded(
					new RunResult.Vanished("The engine does not know the run any more, asked twice. Rerun the build."),
					null));
		}
	}

	private void verify(BuildId id) {
		Optional<Build> found = this.builds.find(id);
		if (found.isEmpty() || !(found.get().state() instanceof BuildState.Verifying verifying)) {
			return;
		}
		this.verification.of(found.get(), verifying).ifPresent((event) -> apply(found.get(), event));
	}

	private void apply(Build build, BuildEvent event) {
		this.changes.apply(build, event)
			.filter((after) -> !after.isOpen() && isKnown(after, event))
			.ifPresent((after) -> this.engine.release(after.id()));
	}

	/**
	 * Whether nothing is left to be found out about what the run pushed; otherwise it is
	 * kept, and the reaper asks on. What the registry denies under the build's tags may
	 * have reached it all the same.
	 */
	private static boolean isKnown(Build after, BuildEvent event) {
		return after.state() instanceof BuildState.Succeeded
				|| event instanceof BuildEvent.RunEnded ended && ended.digest() == null;
	}

	/**
	 * What tracking reads and changes.
	 *
	 * @param orders the stored orders
	 * @param builds the stored builds
	 * @param tags the tags that builds hold
	 * @param transactions how to store several things at once
	 */
	public record Stored(Orders orders, Builds builds, Tags tags, TransactionOperations transactions) {
	}

	/**
	 * How long to wait before an answer is believed.
	 *
	 * @param apart how far two denials must lie apart before they count as two
	 * @param createDeadline how long after its claim a build's run may still be unknown
	 */
	public record Patience(Duration apart, Duration createDeadline) {
	}

}
