package dev.imagefactory.engine.argo;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.RunPhase;
import dev.imagefactory.engine.RunStatus;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.onboarding.TeamName;
import dev.imagefactory.pipeline.BuildId;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.pipeline.RunResult;
import dev.imagefactory.pipeline.Step;
import dev.imagefactory.source.RepositoryName;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1Workflow;
import io.argoproj.workflow.models.IoArgoprojWorkflowV1alpha1WorkflowStatus;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** A strict Kubernetes and engines that talk to it. */
final class TestCluster implements AutoCloseable {

	static final String INSTALLATION = "01KJMM0000WYCD31K2MHW094P0";

	static final String BUILDS = "builds";

	static final String SEARCH = "search-builds";

	static final WorkflowApi.Limits PATIENT = new WorkflowApi.Limits(Duration.ofSeconds(10), Duration.ofSeconds(20),
			500);

	static final WorkflowApi.Limits HASTY = new WorkflowApi.Limits(Duration.ofMillis(1500), Duration.ofMillis(1500),
			500);

	static final WorkflowWatches.Timing QUICK = new WorkflowWatches.Timing(Duration.ofSeconds(60),
			Duration.ofMillis(400), Duration.ofMillis(20), Duration.ofMillis(100));

	final StrictKubernetes kubernetes = new StrictKubernetes(BUILDS, SEARCH);

	private final List<KubernetesClient> clients = new ArrayList<>();

	/** The logs of an engine that has an Argo Server. */
	final NoLogs logs = new NoLogs();

	private final List<ArgoEngine> engines = new ArrayList<>();

	ArgoEngine engine() {
		return engine(PATIENT, team("payments", BUILDS));
	}

	ArgoEngine engine(WorkflowApi.Limits limits, Team... teams) {
		return engine(limits, INSTALLATION, teams);
	}

	/** An engine that reads what the controller says as the service does. */
	ArgoEngine engine(Clock clock) {
		return engine(PATIENT, INSTALLATION, (workflow) -> WorkflowTranslator.translate(workflow, clock.instant()),
				team("payments", BUILDS));
	}

	/** The same, for some teams. */
	ArgoEngine engine(Clock clock, List<Team> teams) {
		return engine(PATIENT, INSTALLATION, (workflow) -> WorkflowTranslator.translate(workflow, clock.instant()),
				teams.toArray(Team[]::new));
	}

	/** The same, which knows where runs were sent. */
	ArgoEngine engine(Clock clock, List<Team> teams, KnownPlaces known, UsedPlaces used) {
		Sites sites = new Sites(INSTALLATION, "registry.example.com", new Teams(teams));
		ArgoEngine engine = new ArgoEngine(
				KubernetesConnection.cluster(client(), PATIENT, QUICK, Duration.ofSeconds(60)), sites,
				new Places(sites, known, used), (workflow) -> WorkflowTranslator.translate(workflow, clock.instant()),
				new NoLogs(), Archive.none());
		this.engines.add(engine);
		return engine;
	}

	/** The same, with logs that are looked after. */
	ArgoEngine engine(Clock clock, RunLogs logs) {
		return engine(PATIENT, INSTALLATION, (workflow) -> WorkflowTranslator.translate(workflow, clock.instant()),
				logs, team("payments", BUILDS));
	}

	/** An engine that has an Argo Server besides. */
	ArgoEngine engine(Clock clock, ArgoServer server) {
		Sites sites = new Sites(INSTALLATION, "registry.example.com", new Teams(List.of(team("payments", BUILDS))));
		ArgoEngine engine = new ArgoEngine(
				KubernetesConnection.cluster(client(), PATIENT, QUICK, Duration.ofSeconds(60)), sites,
				new Places(sites, KnownPlaces.none(), UsedPlaces.none()),
				new WholeWorkflows(server, (workflow) -> WorkflowTranslator.translate(workflow, clock.instant()),
						Duration.ofSeconds(1), System::nanoTime),
				this.logs, server);
		this.engines.add(engine);
		return engine;
	}

	ArgoEngine engine(WorkflowApi.Limits limits, String installation, Team... teams) {
		return engine(limits, installation, TestCluster::translate, teams);
	}

	private ArgoEngine engine(WorkflowApi.Limits limits, String installation, StatusTranslator translator,
			Team... teams) {
		return engine(limits, installation, translator, new NoLogs(), teams);
	}

	private ArgoEngine engine(WorkflowApi.Limits limits, String installation, StatusTranslator translator, RunLogs logs,
			Team... teams) {
		KubernetesClient client = client();
		ArgoEngine engine = new ArgoEngine(KubernetesConnection.cluster(client, limits, QUICK, Duration.ofSeconds(60)),
				new Sites(installation, "registry.example.com", new Teams(Arrays.asList(teams))), translator, logs);
		this.engines.add(engine);
		return engine;
	}

	KubernetesClient client() {
		Config config = new ConfigBuilder(Config.empty()).withMasterUrl(this.kubernetes.address())
			.withOauthToken(StrictKubernetes.TOKEN)
			.build();
		KubernetesClient client = KubernetesConnection.open(config);
		this.clients.add(client);
		return client;
	}

	WorkflowApi workflows() {
		return KubernetesConnection.cluster(client(), PATIENT, QUICK, Duration.ofSeconds(60)).workflows();
	}

	static Onboarding teams(List<Team> teams) {
		return new Teams(teams);
	}

	static Team team(String name, String namespace) {
		return new Team(TeamName.of(name), ImageName.of(name),
				new ArgoIdentity(namespace, "argo-sa", "image-build", "image-build-v1", false), GatePolicy.standard(),
				List.of());
	}

	ObjectNode stored(Run run) {
		return stored(run.build());
	}

	ObjectNode stored(BuildId build) {
		ObjectNode object = this.kubernetes.store.read(BUILDS, build.value());
		if (object == null) {
			throw new AssertionError("There is no Workflow " + build);
		}
		return object;
	}

	/** What the controller does with a Workflow. */
	void phase(BuildId build, String phase) {
		this.kubernetes.store.change(BUILDS, build.value(),
				(object) -> object.withObjectProperty("status")
					.put("phase", phase)
					.put("startedAt", "2026-11-22T10:00:00Z"));
	}

	/** As much of a translation as these tests need. */
	private static RunStatus translate(IoArgoprojWorkflowV1alpha1Workflow workflow) {
		IoArgoprojWorkflowV1alpha1WorkflowStatus status = workflow.getStatus();
		String phase = (status != null && status.getPhase() != null) ? status.getPhase() : "";
		RunPhase translated = switch (phase) {
			case "" -> new RunPhase.Waiting("pod-starting", "The controller has not seen it");
			case "Running" -> new RunPhase.Running(Step.BUILD);
			case "Odd" -> throw new IllegalStateException("a phase that nobody knows");
			default -> new RunPhase.Ended(new RunResult.Errored("ended", phase), null);
		};
		return new RunStatus(BuildId.of(workflow.getMetadata().getName()), translated, List.of(), null);
	}

	@Override
	public void close() {
		this.engines.forEach(ArgoEngine::close);
		this.kubernetes.close();
		this.clients.forEach(KubernetesClient::close);
	}

	private record Teams(List<Team> teams) implements Onboarding {

		@Override
		public Optional<OnboardedRepository> find(RepositoryName name) {
			return Optional.empty();
		}

	}

}
