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
import dev.imagefactory.build.BuildMachine;
import dev.imagefactory.build.BuildState;
import dev.imagefactory.build.Builds;
import dev.imagefactory.build.StateName;
import dev.imagefactory.build.Tags;
import dev.imagefactory.build.Transition;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.image.Digest;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.StepStatus;
import dev.imagefactory.publication.Publication;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Brings the stored state of open builds in line with what the engine and the registry
 * say. Everything here may be done twice without harm.
 */
public class Tracking {

	private static final Logger logger = LoggerFactory.getLogger(Tracking.class);

	private static final int MOST = 10_000;

	private static final Set<StateName> WITH_RUN = EnumSet.of(StateName.SUBMITTING, StateName.WAITING,
			StateName.RUNNING);

	private final Builds builds;

	private final Tags tags;

	private final Engine engine;

	private final Publication publication;

	private final Audit audit;

	private final TransactionOperations transactions;

	private final Clock clock;

	private final Duration apart;

	/** Since when the engine says that it does not know a build's run. */
	private final Map<BuildId, Instant> absent = new ConcurrentHashMap<>();

	/** The steps as they were stored last, so that equal ones are not stored again. */
	private final Map<BuildId, List<StepStatus>> steps = new ConcurrentHashMap<>();

	/** Builds whose run the reaper has begun to stop. */
	private final Set<BuildId> reaped = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the tracking.
	 * @param builds the stored builds
	 * @param tags the tags that builds hold
	 * @param engine the engine to ask
	 * @param publication how to ask the registry
	 * @param audit where the reaper's acts are recorded
	 * @param transactions how to store several things at once
	 * @param clock the time
	 * @param apart how far two denials must lie apart before they count as two
	 */
	public Tracking(Builds builds, Tags tags, Engine engine, Publication publication, Audit audit,
			TransactionOperations transactions, Clock clock, Duration apart) {
		this.builds = builds;
		this.tags = tags;
		this.engine = engine;
		this.publication = publication;
		this.audit = audit;
		this.transactions = transactions;
		this.clock = clock;
		this.apart = apart;
	}

	/**
	 * Looks at one build because something may have changed.
	 * @param id the build
	 */
	public void look(BuildId id) {
		guarded(id, () -> this.engine.find(id).ifPresent(this::bringInLine));
		guarded(id, () -> verify(id));
	}

	/** Looks at everything: all runs of the engine, and all builds that are open. */
	public void relist() {
		Optional<Map<BuildId, RunStatus>> listed = list();
		if (listed.isPresent()) {
			Map<BuildId, RunStatus> runs = listed.get();
			runs.values().forEach((status) -> guarded(status.build(), () -> bringInLine(status)));
			List<Build> withRun = this.builds.open(WITH_RUN, MOST);
			this.absent.keySet().retainAll(withRun.stream().map(Build::id).toList());
			withRun.stream()
				.filter((build) -> !runs.containsKey(build.id()))
				.forEach((build) -> guarded(build.id(), () -> missed(build)));
			this.steps.keySet().retainAll(runs.keySet());
			this.reaped.retainAll(runs.keySet());
		}
		this.builds.open(EnumSet.of(StateName.VERIFYING), MOST)
			.forEach((build) -> guarded(build.id(), () -> verify(build.id())));
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

	/** What goes wrong with one build must not keep the others from being looked at. */
	private static void guarded(BuildId id, Runnable work) {
		try {
			work.run();
		}
		catch (EngineUnavailable ex) {
			logger.warn("The engine could not be asked about {}: {}", id, ex.getMessage());
		}
		catch (RuntimeException ex) {
			logger.error("{} could not be brought in line and is looked at again", id, ex);
		}
	}

	private void bringInLine(RunStatus status) {
		Optional<Build> found = this.builds.find(status.build());
		if (found.isEmpty()) {
			return;
		}
		Build build = found.get();
		this.absent.remove(build.id());
		if (!build.isOpen()) {
			reap(build);
			return;
		}
		storeSteps(build, status.steps());
		if (build.cancel() != null && !(status.phase() instanceof RunPhase.Ended)) {
			this.engine.stop(build.id());
		}
		apply(build.withSteps(status.steps()), RunEvents.of(status.phase()));
	}

	private void storeSteps(Build build, List<StepStatus> seen) {
		if (!build.steps().equals(seen) && !seen.equals(this.steps.get(build.id()))) {
			this.builds.storeSteps(build.withSteps(seen));
			this.steps.put(build.id(), seen);
		}
	}

	/**
	 * A run whose build is over is stopped if it still lives, and then let go. The engine
	 * is asked anew: what it said before may be older than the build's end.
	 */
	private void reap(Build build) {
		Optional<RunStatus> status = this.engine.find(build.id());
		if (status.isEmpty()) {
			return;
		}
		if (status.get().phase() instanceof RunPhase.Ended) {
			this.engine.release(build.id());
			return;
		}
		if (!this.reaped.contains(build.id())) {
			this.audit.record("image-factory", "run.reap", build.id().value(),
					"The run was still alive although its build is " + build.state().name());
			this.reaped.add(build.id());
		}
		this.engine.stop(build.id());
	}

	/**
	 * A run that was there and is not known any more is believed gone the second time.
	 */
	private void missed(Build build) {
		if (build.state() instanceof BuildState.Submitting) {
			return;
		}
		if (this.engine.find(build.id()).isPresent()) {
			this.absent.remove(build.id());
			return;
		}
		Instant now = this.clock.instant();
		Instant first = this.absent.putIfAbsent(build.id(), now);
		if (first == null || now.isBefore(first.plus(this.apart))) {
			return;
		}
		apply(build, new BuildEvent.RunEnded(
				new RunResult.Vanished("The engine does not know the run any more, asked twice. Rerun the build."),
				null));
	}

	private void verify(BuildId id) {
		Optional<Build> found = this.builds.find(id);
		if (found.isEmpty() || !(found.get().state() instanceof BuildState.Verifying verifying)) {
			return;
		}
		Build build = found.get();
		switch (this.publication.check(build, verifying.digest())) {
			case Publication.Finding.Confirmed confirmed ->
				apply(build, new BuildEvent.DigestConfirmed(confirmed.digest()));
			case Publication.Finding.Missing missing -> denied(build, verifying);
			case Publication.Finding.Silent silent -> silent(build, silent.detail());
		}
	}

	/**
	 * Two denials in a row are one look: the second counts only when some time lies
	 * between them, whoever asked first.
	 */
	private void denied(Build build, BuildState.Verifying verifying) {
		Optional<Digest> earlier = this.publication.ofEarlierAttempt(build, this.builds.ofOrder(build.order().id()));
		if (earlier.isPresent()) {
			apply(build, new BuildEvent.FoundPublished(earlier.get()));
			return;
		}
		Instant last = this.builds.history(build.id()).getLast().at();
		if (verifying.misses() == 0 || !this.clock.instant().isBefore(last.plus(this.apart))) {
			apply(build, new BuildEvent.DigestMissing());
		}
	}

	/** Being stopped while asking says nothing about the registry. */
	private void silent(Build build, String detail) {
		if (!Thread.currentThread().isInterrupted()) {
			apply(build, new BuildEvent.RegistrySilent(detail));
		}
	}

	private void apply(Build build, BuildEvent event) {
		Optional<Transition> transition = BuildMachine.apply(build, event, this.clock.instant());
		if (transition.isEmpty()) {
			return;
		}
		try {
			this.transactions.executeWithoutResult((status) -> store(transition.get()));
		}
		catch (BuildChanged ex) {
			logger.debug("{}; it is looked at again", ex.getMessage());
			return;
		}
		Build after = transition.get().build();
		if (!after.isOpen()) {
			logger.info("{} is {}{}", after.id(), after.state().name(),
					after.state().explanation().map(": "::concat).orElse(""));
			this.engine.release(after.id());
		}
	}

	private void store(Transition transition) {
		Build after = transition.build();
		if (after.state() instanceof BuildState.Succeeded(var digest)) {
			this.tags.published(after.id(), after.order().key().commit(), digest);
		}
		this.builds.store(transition);
	}

}
