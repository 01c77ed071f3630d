package dev.imagefactory.cluster;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;

import dev.imagefactory.engine.PlaceClosed;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.argo.TestArgo;
import dev.imagefactory.spine.Spine;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Why one namespace takes no Workflows, told by the words of a real API server. */
class ClosedOnServerTests {

	private static final String COUNT = "count/workflows.argoproj.io";

	private static RealKubernetes kubernetes;

	private static KubernetesClient administrator;

	private static String token;

	@BeforeAll
	static void start() {
		kubernetes = RealKubernetes.start();
		administrator = kubernetes.administrator();
		ArgoDefinitions.install(administrator, "builds");
		token = ServiceAccount.make(administrator);
	}

	@AfterAll
	static void stop() {
		if (kubernetes != null) {
			kubernetes.close();
		}
	}

	@Test
	void submitWhenTheAccountHasNoRoleSaysThatTheRightIsMissing() {
		assertThat(closed(token, "builds").reason()).isEqualTo("right-missing");
		assertThat(closed(token, "nowhere").reason()).as("nor says the server more").isEqualTo("right-missing");
	}

	@Test
	void submitWhenTheNamespaceIsNotThereSaysSo() {
		assertThat(closed(RealKubernetes.ADMINISTRATOR, "nowhere").reason()).isEqualTo("namespace-missing");
	}

	@Test
	void submitWhenTheNamespaceIsGoingAwaySaysSo() {
		make("ending");
		administrator.configMaps()
			.inNamespace("ending")
			.resource(new ConfigMapBuilder().withNewMetadata()
				.withName("held")
				.withFinalizers("example.com/held")
				.endMetadata()
				.build())
			.create();
		administrator.namespaces().withName("ending").delete();
		assertThat(closed(RealKubernetes.ADMINISTRATOR, "ending").reason()).isEqualTo("namespace-missing");
	}

	@Test
	void submitWhenAQuotaLeavesNoRoomSaysSo() {
		make("few");
		Map<String, Quantity> one = Map.of(COUNT, new Quantity("0"));
		ResourceQuota quota = administrator.resourceQuotas()
			.inNamespace("few")
			.resource(new ResourceQuotaBuilder().withNewMetadata()
				.withName("few")
				.endMetadata()
				.withNewSpec()
				.withHard(one)
				.endSpec()
				.build())
			.create();
		administrator.resourceQuotas()
			.inNamespace("few")
			.resource(new ResourceQuotaBuilder(quota).withNewStatus().withHard(one).withUsed(one).endStatus().build())
			.updateStatus();
		// The server learns of a quota a moment after it was made.
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.ignoreExceptions()
			.until(() -> closed(RealKubernetes.ADMINISTRATOR, "few").reason(), "quota"::equals);
		assertThat(closed(RealKubernetes.ADMINISTRATOR, "few")).hasMessageContaining("The Kubernetes API says: ")
			.hasMessageContaining("exceeded quota: few");
	}

	private static void make(String namespace) {
		administrator.namespaces()
			.resource(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build())
			.create();
	}

	private static PlaceClosed closed(String token, String namespace) {
		try (TestArgo argo = TestArgo.of(kubernetes.config(token), "01KJMM0000WYCD31K2MHW094P0", "registry.example.com",
				Spine.teamsOnly(), Clock.systemUTC())) {
			PlaceClosed closed = catchThrowableOfType(PlaceClosed.class,
					() -> argo.engine().submit(TestRuns.release().at(namespace)));
			assertThat(closed.place()).isEqualTo(namespace);
			assertThat(closed.isRefusal()).isTrue();
			return closed;
		}
	}

}
