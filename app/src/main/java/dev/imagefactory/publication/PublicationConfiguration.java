package dev.imagefactory.publication;

import dev.imagefactory.build.Builds;
import dev.imagefactory.build.Tags;
import dev.imagefactory.registry.Registry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts publication together. */
@Configuration(proxyBeanMethods = false)
class PublicationConfiguration {

	@Bean
	Publication publication(Registry registry, Builds builds, Tags tags) {
		return new Publication(new ToldSilence(registry, System::nanoTime), builds, tags);
	}

}
