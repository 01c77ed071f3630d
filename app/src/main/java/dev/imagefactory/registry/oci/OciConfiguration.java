package dev.imagefactory.registry.oci;

import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistrySettings;
import dev.imagefactory.registry.Trust;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires a registry that the settings name. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "image-factory.registry.kind", havingValue = "oci")
class OciConfiguration {

	@Bean
	Registry ociRegistry(RegistrySettings settings) {
		String host = settings.host();
		Wire wire = new Wire(settings.certificates()
			.map((file) -> Trust.including("image-factory.registry.ca-file", file))
			.orElse(null));
		return new OciRegistry(Endpoint.of(host, settings.insecure()),
				new DockerConfig(settings.credentials().orElse(null)), wire);
	}

}
