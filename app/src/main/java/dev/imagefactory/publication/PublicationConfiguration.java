package dev.imagefactory.publication;

import dev.imagefactory.build.Builds;
import dev.imagefactory.registry.Registry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts publication together. */
@Configuration(proxyBeanMethods = false)
class PublicationConfiguration {

	@Bean
	Publication publication(Registry registry, Builds builds) {
		return new Publication(registry, builds);
	}

}
