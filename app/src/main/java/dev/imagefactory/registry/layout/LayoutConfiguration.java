package dev.imagefactory.registry.layout;

import java.nio.file.Path;

import dev.imagefactory.registry.Registry;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the embedded registry, which is what a service has that was given no other. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "image-factory.registry.kind", havingValue = "layout", matchIfMissing = true)
class LayoutConfiguration {

	@Bean
	Registry layoutRegistry(@Qualifier("dataDirectory") Path dataDirectory) {
		return new LayoutRegistry(dataDirectory);
	}

}
