package dev.imagefactory.engine.argo;

import java.time.Duration;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;

/** Opens fabric8's client the way we need it. */
final class KubernetesConnection {

	private static final int CONNECT_MILLIS = 5000;

	private KubernetesConnection() {
	}

	/**
	 * Opens a connection. Its own tries are off: it would send a create up to eleven
	 * times. It speaks HTTP/1.1, so that one answer that never comes does not hold up all
	 * others on a shared connection.
	 * @param found where the API server is, and as whom to speak
	 * @return the client
	 */
	static KubernetesClient open(Config found) {
		Config config = new ConfigBuilder(found).withRequestRetryBackoffLimit(0)
			.withConnectionTimeout(CONNECT_MILLIS)
			.withHttp2Disable(true)
			.build();
		return new KubernetesClientBuilder().withConfig(config)
			.withHttpClientFactory(new JdkHttpClientFactory())
			.build();
	}

	/**
	 * Puts together what the engine talks to.
	 * @param client the connection
	 * @param limits how long answers may take
	 * @param timing when a watch is opened again
	 * @param listEvery how often lists make up for what the watches missed
	 * @return the cluster
	 */
	static ArgoEngine.Cluster cluster(KubernetesClient client, WorkflowApi.Limits limits, WorkflowWatches.Timing timing,
			Duration listEvery) {
		KubernetesCalls calls = new KubernetesCalls(client, System::nanoTime);
		WorkflowApi workflows = new WorkflowApi(calls, limits);
		return new ArgoEngine.Cluster(calls, workflows, new WorkflowWatches(calls, workflows, timing), listEvery);
	}

}
