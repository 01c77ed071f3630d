package dev.imagefactory.tracking;

import java.time.Clock;
import java.util.EnumSet;
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
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.RunResult;
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

	/** Builds whose run the engine did not know when it was last asked. */
	private final Set<BuildId> absent = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the tracking.
	 * @param builds the stored builds
	 * @param tags the tags that builds hold
	 * @param engine the engine to ask
	 * @param publication how to ask the registry
	 * @param audit where the reaper's acts are recorded
	 * @param transactions how to store several things at once
	 * @param clock the time
	 */
	public Tracking(Builds builds, Tags tags, Engine engine, Publication publication, Audit audit,
			TransactionOperations transactions, Clock clock) {
		this.builds = builds;
		this.tags = tags;
		this.engine = engine;
		this.publication = publication;
		this.audit = audit;
		this.transactions = transactions;
		this.clock = clock;
	}

	/**
	 * Looks at one build because something may have changed.
	 * @param id the build
	 */
	public void look(BuildId id) {
		Optional<Build> build = this.builds.find(id);
		if (build.isEmpty()) {
			return;
		}
		try {
			Optional<RunStatus> status = this.engine.find(id);
			status.ifPresent((seen) -> bringInLine(build.get(), seen));
			verify(id);
		}
		catch (EngineUnavailable ex) {
			logger.warn("The engine could not be asked about {}: {}", id, ex.getMessage());
		}
	}

	/** Looks at everything: all runs of the engine, and all builds that are open. */
	public void relist() {
		Map<BuildId, RunStatus> runs;
		try {
			runs = this.engine.list().stream().collect(Collectors.toMap(RunStatus::build, Function.identity()));
		}
		catch (EngineUnavailable ex) {
			logger.warn("The engine could not be asked for its runs, so the states shown may be old: {}",
					ex.getMessage());
			return;
		}
		runs.values()
			.forEach((status) -> this.builds.find(status.build()).ifPresent((build) -> bringInLine(build, status)));
		for (Build build : this.builds.open(WITH_RUN, MOST)) {
			if (!runs.containsKey(build.id())) {
				missed(build);
			}
		}
		this.builds.open(EnumSet.of(StateName.VERIFYING), MOST).forEach((build) -> verify(build.id()));
	}

	private void bringInLine(Build build, RunStatus status) {
		this.absent.remove(build.id());
		if (!build.isOpen()) {
			reap(build, status);
			return;
		}
		if (!build.steps().equals(status.steps())) {
			this.builds.storeSteps(build.withSteps(status.steps()));
		}
		if (build.cancel() != null && !(status.phase() instanceof RunPhase.Ended)) {
			this.engine.stop(build.id());
		}
		apply(build.withSteps(status.steps()), RunEvents.of(status.phase()));
	}

	/** A run whose build is over is stopped if it still lives, and then let go. */
	private void reap(Build build, RunStatus status) {
		if (!(status.phase() instanceof RunPhase.Ended)) {
			this.audit.record("image-factory", "run.reap", build.id().value(),
					"The run was still alive although its build is " + build.state().name());
			this.engine.stop(build.id());
			return;
		}
		this.engine.release(build.id());
	}

	/**
	 * A run that was there and is not listed any more is believed gone the second time.
	 */
	private void missed(Build build) {
		if (build.state() instanceof BuildState.Submitting || this.engine.find(build.id()).isPresent()) {
			return;
		}
		if (this.absent.add(build.id())) {
			return;
		}
		this.absent.remove(build.id());
		apply(build, new BuildEvent.RunEnded(
				new RunResult.Vanished("The engine does not know the run any more, asked twice. Rerun the build."),
				null));
	}

	private void verify(BuildId id) {
		Optional<Build> found = this.builds.find(id);
		if (found.isEmpty() || !(found.get().state() instanceof BuildState.Verifying verifying)) {
			return;
		}
		BuildEvent event = switch (this.publication.check(found.get(), verifying.digest())) {
			case Publication.Finding.Confirmed confirmed -> new BuildEvent.DigestConfirmed(confirmed.digest());
			case Publication.Finding.Missing missing -> new BuildEvent.DigestMissing();
			case Publication.Finding.Silent silent -> new BuildEvent.RegistrySilent(silent.detail());
		};
		apply(found.get(), event);
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
