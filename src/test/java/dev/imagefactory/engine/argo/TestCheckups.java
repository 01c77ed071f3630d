package dev.imagefactory.engine.argo;

import java.time.Clock;

import dev.imagefactory.engine.Checkup;
import dev.imagefactory.engine.argo.checkup.ArgoCheckup;
import dev.imagefactory.onboarding.Onboarding;
import io.fabric8.kubernetes.client.KubernetesClient;

/** The checkup as a process has it, for tests of other packages. */
public final class TestCheckups {

	private TestCheckups() {
	}

	/** Looks through a connection, which the caller closes. */
	public static Checkup of(KubernetesClient client, String installation, Onboarding onboarding, Clock clock) {
		return new ArgoCheckup(new ApiQuestions(new KubernetesCalls(client, System::nanoTime)),
				new ArgoCheckup.Subject(installation, "example.azurecr.io", onboarding), TestCheckup.PATIENT, clock,
				System::nanoTime);
	}

}
