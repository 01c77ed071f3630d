package dev.imagefactory.cluster;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** The account of the service, in the namespace that the installed Role is bound to. */
final class ServiceAccount {

	private static final String NAME = "image-factory";

	private ServiceAccount() {
	}

	/** Makes the namespace and the account; what it shows for an hour. */
	static String make(KubernetesClient administrator) {
		administrator.namespaces()
			.resource(new NamespaceBuilder().withNewMetadata().withName(NAME).endMetadata().build())
			.create();
		administrator.serviceAccounts()
			.inNamespace(NAME)
			.resource(new ServiceAccountBuilder().withNewMetadata().withName(NAME).endMetadata().build())
			.create();
		return administrator.serviceAccounts()
			.inNamespace(NAME)
			.withName(NAME)
			.tokenRequest(new TokenRequestBuilder().withNewSpec().withExpirationSeconds(3600L).endSpec().build())
			.getStatus()
			.getToken();
	}

}
