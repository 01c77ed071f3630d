package dev.imagefactory.engine.argo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineUnavailable;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.rendering.Site;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Argo Workflows run the builds, one Workflow each. The Kubernetes API is the truth:
 * nothing that is known here outlives the process, or has to.
 */
final class ArgoEngine implements Engine, AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ArgoEngine.class);

	static final String NAME = "argo";

	/** Others may change an object as often as they like, but not for ever. */
	private static final int MOST_READS = 5;

	/** The queue has its own limits, and Argo and the cluster have theirs. */
	private static final int PLENTY = 10_000;

	private static final String TERMINATE = "Terminate";

	private final Cluster cluster;

	private final Sites sites;

	private final Ownership ownership;

	private final Creation creation;

	private final StatusTranslator translator;

	private final Places places;

	private final Search search;

	private final RunLogs logs;

	/** How often was listed. */
	private final AtomicInteger lists = new AtomicInteger();

	private final ArchivedRuns archived;

	/** The namespaces that the last list did not hear of. */
	private volatile Set<String> unheard = Set.of();

	/**
	 * Creates the engine; it gives hints after {@link #start()}.
	 * @param cluster what it talks to
	 * @param sites where runs go
	 * @param translator reads what Argo says
	 * @param logs looks after the logs
	 */
	ArgoEngine(Cluster cluster, Sites sites, StatusTranslator translator, RunLogs logs) {
		this(cluster, sites, new Places(sites, KnownPlaces.none(), UsedPlaces.none()), translator, logs,
				Archive.none());
	}

	/**
	 * Creates the engine; it gives hints after {@link #start()}.
	 * @param cluster what it talks to
	 * @param sites where runs go
	 * @param places where runs are
	 * @param translator reads what Argo says
	 * @param logs looks after the logs
	 * @param archive where Workflows are whose objects are gone
	 */
	ArgoEngine(Cluster cluster, Sites sites, Places places, StatusTranslator translator, RunLogs logs,
			Archive archive) {
		this.logs = logs;
		this.cluster = cluster;
		this.sites = sites;
		this.ownership = new Ownership(sites.installation());
		this.creation = new Creation(cluster.workflows(), this.ownership);
		this.translator = translator;
		this.places = places;
		this.search = new Search(cluster.workflows(), this.ownership, this.places);
		this.archived = new ArchivedRuns(archive, this.ownership, translator, logs);
	}

	@Override
	public String name() {
		return NAME;
	}

	@Override
	public Optional<String> place(TeamName team) {
		return this.sites.of(team).map((site) -> site.team().argo().namespace());
	}

	/** Begins to watch, and to store logs. */
	void start() {
		this.logs.start();
		this.cluster.watches().start(this.places.all(), this.ownership);
	}

	@Override
	public Submission submit(Run run) {
		Optional<Site> site = this.sites.of(run);
		if (site.isEmpty()) {
			return new Submission.Refused(new RunResult.Errored("workflow-refused",
					("The settings have no team %s any more, so nobody says where this build may run. Onboard its "
							+ "repository again, and ask for a new build.")
						.formatted(run.order().team())));
		}
		if (this.sites.isOfOthers(run)) {
			return new Submission.Refused(new RunResult.Errored("workflow-refused",
					("This build was to run in the namespace %s, which the settings give to another team by now. Ask for "
							+ "a new build, which runs where its team's builds run now.")
						.formatted(run.place())));
		}
		Submission submission = this.creation.of(run, site.get());
		this.places.remember(run.build(), site.get().team().argo().namespace());
		return submission;
	}

	/** {@inheritDoc} None while the API server asks to be left alone. */
	@Override
	public int room() {
		return this.cluster.calls().isResting() ? 0 : PLENTY;
	}

	@Override
	public Optional<RunStatus> find(BuildId build) {
		return locate(build).map(this::translate);
	}

	@Override
	public Optional<RunStatus> find(BuildId build, TeamName team) {
		return this.search.of(build, team).map(this::translate);
	}

	@Override
	public Optional<RunStatus> archived(BuildId build) {
		return this.archived.find(this.places.of(build), build);
	}

	@Override
	public Optional<Run> kept(BuildId build) {
		return locate(build).flatMap(this.ownership::run);
	}

	/**
	 * {@inheritDoc} A namespace that does not answer keeps nobody from hearing of the
	 * others: its runs are missing here, and who misses one asks for it by name.
	 */
	@Override
	public List<RunStatus> list() {
		Listing listing = new Listing(this.unheard);
		this.translator.beginList();
		for (String namespace : inTurn()) {
			listing.add(namespace, () -> this.cluster.workflows()
				.list(namespace, this.ownership.selector(), (workflow) -> listed(workflow, listing)));
		}
		List<RunStatus> statuses = listing.statuses();
		this.unheard = listing.unheard();
		this.places.looked(listing.holding(), listing.empty());
		Set<BuildId> kept = new HashSet<>(listing.places().keySet());
		kept.addAll(this.places.in(listing.unheard()));
		this.places.seen(listing.places());
		this.logs.keepOnly(kept);
		return statuses;
	}

	/**
	 * Another one first each time, so that none is always behind those that are silent.
	 * Where others sent runs since the last list, changes are heard from now on.
	 */
	private List<String> inTurn() {
		Set<String> all = this.places.all();
		this.cluster.watches().keep(all);
		List<String> namespaces = new ArrayList<>(all);
		Collections.rotate(namespaces, this.lists.getAndIncrement());
		return namespaces;
	}

	@Override
	public Duration listEvery() {
		return this.cluster.listEvery();
	}

	/** What was released stays until Argo deletes it, and is not listed any more. */
	private Stream<RunStatus> listed(GenericKubernetesResource workflow, Listing listing) {
		Optional<BuildId> build = this.ownership.build(workflow.getMetadata());
		if (build.isEmpty() || !Ownership.isHeld(workflow)
				|| this.places.isElsewhere(build.get(), workflow.getMetadata().getNamespace())) {
			return Stream.empty();
		}
		listing.holds(workflow.getMetadata().getNamespace());
		try {
			return Stream.of(translate(workflow));
		}
		catch (RuntimeException ex) {
			// Who misses it asks for it by name, and is told what is wrong.
			logger.error("The Workflow {} cannot be understood", workflow.getMetadata().getName(), ex);
			return Stream.empty();
		}
	}

	private RunStatus translate(GenericKubernetesResource workflow) {
		IoArgoprojWorkflowV1alpha1Workflow model = WorkflowObjects.toModel(workflow);
		if (Ownership.isHeld(workflow)) {
			this.logs.saw(model);
		}
		return this.translator.translate(model);
	}

	private Optional<GenericKubernetesResource> locate(BuildId build) {
		return this.search.of(build);
	}

	/** {@inheritDoc} Also one that waits for a lock or is suspended. */
	@Override
	public void stop(BuildId build) {
		Optional<GenericKubernetesResource> found = locate(build);
		if (found.isEmpty() || isOver(found.get()) || isStopping(found.get())) {
			return;
		}
		WorkflowApi.Patched patched = this.cluster.workflows()
			.patch(found.get().getMetadata().getNamespace(), build.value(), MergePatch.terminate());
		if (patched == WorkflowApi.Patched.STALE) {
			throw new EngineUnavailable(
					"Cannot stop %s: others change its Workflow just now; it is asked again".formatted(build));
		}
	}

	private boolean isOver(GenericKubernetesResource workflow) {
		return translate(workflow).phase() instanceof RunPhase.Ended;
	}

	private static boolean isStopping(GenericKubernetesResource workflow) {
		IoArgoprojWorkflowV1alpha1Workflow model = WorkflowObjects.toModel(workflow);
		return model.getSpec() != null && TERMINATE.equals(model.getSpec().getShutdown())
				&& !Boolean.TRUE.equals(model.getSpec().getSuspend());
	}

	/**
	 * {@inheritDoc} A run that has not ended is left alone, and so is one whose logs are
	 * not stored yet: its pods would go with it. Taking a finalizer away is good for the
	 * version that was read only, so it is read again when others were quicker.
	 */
	@Override
	public void release(BuildId build) {
		for (int read = 0; read < MOST_READS; read++) {
			Optional<GenericKubernetesResource> found = locate(build);
			if (found.isEmpty() || !Ownership.isHeld(found.get()) || !isOver(found.get())
					|| !this.logs.mayGo(WorkflowObjects.toModel(found.get()))) {
				return;
			}
			WorkflowApi.Patched patched = this.cluster.workflows()
				.patch(found.get().getMetadata().getNamespace(), build.value(), MergePatch.release(found.get()));
			if (patched != WorkflowApi.Patched.STALE) {
				return;
			}
		}
		throw new EngineUnavailable(
				"Cannot release %s: others change its Workflow all the time; it is asked again".formatted(build));
	}

	@Override
	public void onChange(Consumer<BuildId> listener) {
		this.cluster.watches().onChange(listener);
	}

	/** Ends the watches; runs go on, and others store their logs. */
	@Override
	public void close() {
		this.logs.close();
		this.cluster.watches().close();
	}

	/**
	 * What the engine talks to.
	 *
	 * @param calls the connection
	 * @param workflows the Workflows
	 * @param watches who tells of changes
	 * @param listEvery how often lists make up for what the watches missed
	 */
	record Cluster(KubernetesCalls calls, WorkflowApi workflows, WorkflowWatches watches, Duration listEvery) {
	}

}
