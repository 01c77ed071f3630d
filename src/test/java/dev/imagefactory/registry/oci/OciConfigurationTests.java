package dev.imagefactory.registry.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.imagefactory.registry.Registry;
import dev.imagefactory.registry.RegistrySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class OciConfigurationTests {

	@TempDir
	private Path folder;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(Settings.class, OciConfiguration.class)
		.withPropertyValues("image-factory.registry.url=registry.example.com:5000");

	@Test
	void startWhenKindIsOciOpensTheRegistry() {
		this.runner.withPropertyValues("image-factory.registry.kind=oci")
			.run((context) -> assertThat(context.getBean(Registry.class).host())
				.isEqualTo("registry.example.com:5000"));
	}

	@Test
	void startWhenKindIsAnotherOpensNone() {
		this.runner.withPropertyValues("image-factory.registry.kind=layout")
			.run((context) -> assertThat(context).doesNotHaveBean(Registry.class));
	}

	@Test
	void startWhenCaFileHoldsNoCertificatesIsRefused() throws IOException {
		for (String content : new String[] { "", "no certificate" }) {
			Path file = Files.writeString(this.folder.resolve("ca.pem"), content);
			this.runner.withPropertyValues("image-factory.registry.kind=oci", "image-factory.registry.ca-file=" + file)
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.satisfies((cause) -> assertThat(context.getStartupFailure().toString() + cause)
						.contains("image-factory.registry.ca-file")));
		}
	}

	@EnableConfigurationProperties(RegistrySettings.class)
	private static final class Settings {

	}

}
