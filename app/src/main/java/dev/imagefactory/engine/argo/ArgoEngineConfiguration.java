package dev.imagefactory.engine.argo;

import java.time.Clock;
import java.util.List;
import java.util.Optional;

import dev.imagefactory.engine.Checkup;
import dev.imagefactory.engine.EngineLifecycle;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.engine.argo.checkup.ArgoCheckup;
import dev.imagefactory.onboarding.Installation;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.registry.Registry;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the engine that has Argo Workflows run the builds. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "image-factory.engine", havingValue = "argo")
class ArgoEngineConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(ArgoEngineConfiguration.class);

	/** Where the API server is comes from KUBECONFIG, or from the pod's own account. */
	@Bean(destroyMethod = "close")
	KubernetesClient kubernetesClient() {
		KubernetesClient client = KubernetesConnection.open(Config.autoConfigure(null));
		logger.info("Builds run as Argo Workflows through the Kubernetes API at {}", client.getMasterUrl());
		return client;
	}

	@Bean
	Sites argoSites(Installation installation, Registry registry, Onboarding onboarding) {
		return new Sites(installation.id(), registry.host(), onboarding);
	}

	@Bean
	Places argoPlaces(Sites sites, KnownPlaces known, UsedPlaces used) {
		return new Places(sites, known, used);
	}

	@Bean(destroyMethod = "")
	ArgoEngine argoEngine(KubernetesClient client, Sites sites, Places places, ArgoSettings settings, FollowedLogs logs,
			Clock clock, Optional<ArgoServer> server) {
		ArgoEngine.Cluster cluster = KubernetesConnection.cluster(client, WorkflowApi.Limits.standard(),
				WorkflowWatches.Timing.standard(), settings.relistInterval());
		PodLogs podLogs = new PodLogs(logs, new PodApi(cluster.calls(), PodApi.Limits.standard()),
				server.<ArchivedLog>map(ArgoServerLogs::new).orElseGet(ArchivedLog::none), PodLogs.Limits.standard(),
				System::nanoTime);
		podLogs.onStored(cluster.watches()::tell);
		warnOfPrivateClones(sites.onboarding());
		StatusTranslator translator = (workflow) -> WorkflowTranslator.translate(workflow, clock.instant());
		return new ArgoEngine(cluster, sites, places,
				server
					.<StatusTranslator>map(
							(one) -> new WholeWorkflows(one, translator, WholeWorkflows.LONGEST, System::nanoTime))
					.orElse(translator),
				podLogs, server.<Archive>map((one) -> one).orElseGet(Archive::none));
	}

	/** Planning reads such repositories all the same, so that nothing else would tell. */
	private static void warnOfPrivateClones(Onboarding onboarding) {
		List<String> repositories = onboarding.teams()
			.stream()
			.flatMap((team) -> team.repositories().stream())
			.filter((rule) -> rule.credentialsFile() != null)
			.map((rule) -> rule.pattern().toString())
			.toList();
		if (!repositories.isEmpty()) {
			logger.warn(
					"{} has a credentials-file, which no pod is given in this version: a build that can only be cloned with it ends as ERRORED (repository-unreachable)",
					String.join(", ", repositories));
		}
	}

	@Bean
	Checkup argoCheckup(KubernetesClient client, Installation installation, Registry registry, Onboarding onboarding,
			Clock clock) {
		return new ArgoCheckup(new ApiQuestions(new KubernetesCalls(client, System::nanoTime)),
				new ArgoCheckup.Subject(installation.id(), registry.host(), onboarding), ArgoCheckup.Limits.standard(),
				clock, System::nanoTime);
	}

	@Bean
	EngineLifecycle argoEngineLifecycle(ArgoEngine engine) {
		return new EngineLifecycle(engine::start, engine::close);
	}

}
