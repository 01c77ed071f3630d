package dev.imagefactory.registry.layout;

import java.nio.file.Path;

import dev.imagefactory.registry.Registry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class LayoutConfigurationTests {

	@TempDir
	Path folder;

	@Test
	void startWhenKindIsMissingOrLayoutHasTheEmbeddedRegistry() {
		runner().run((context) -> assertThat(context).hasSingleBean(Registry.class));
		runner().withPropertyValues("image-factory.registry.kind=layout")
			.run((context) -> assertThat(context).hasSingleBean(Registry.class));
	}

	@Test
	void startWhenKindIsAnotherHasNoEmbeddedRegistry() {
		runner().withPropertyValues("image-factory.registry.kind=oci")
			.run((context) -> assertThat(context).doesNotHaveBean(Registry.class));
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner().withUserConfiguration(LayoutConfiguration.class)
			.withBean("dataDirectory", Path.class, () -> this.folder)
			.withBean("anotherDirectory", Path.class, () -> this.folder.resolve("another"));
	}

}
