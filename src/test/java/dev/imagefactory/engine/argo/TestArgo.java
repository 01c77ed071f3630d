package dev.imagefactory.engine.argo;

import java.time.Clock;
import java.time.Duration;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.onboarding.Onboarding;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;

/**
 * The engine as a process has it, for tests of other packages.
 *
 * @param engine the engine
 * @param client its connection
 */
public record TestArgo(Engine engine, KubernetesClient client) implements AutoCloseable {

	private static final WorkflowApi.Limits SHORT = new WorkflowApi.Limits(Duration.ofSeconds(5),
			Duration.ofSeconds(10), 500);

	/** An engine that gives no hints. */
	public static TestArgo of(Config config, String installation, String registry, Onboarding onboarding, Clock clock) {
		KubernetesClient client = KubernetesConnection.open(config);
		ArgoEngine engine = new ArgoEngine(
				KubernetesConnection.cluster(client, SHORT, WorkflowWatches.Timing.standard(), Duration.ofSeconds(60)),
				new Sites(installation, registry, onboarding),
				(workflow) -> WorkflowTranslator.translate(workflow, clock.instant()), new NoLogs());
		return new TestArgo(engine, client);
	}

	@Override
	public void close() {
		this.client.close();
	}

}
