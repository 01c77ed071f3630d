package dev.imagefactory.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Onboards the demo's own repository: what a person would write under
 * {@code image-factory.teams}, made up for profile {@code demo}.
 */
public class DemoSettings implements EnvironmentPostProcessor, Ordered {

	private static final int SECRET_BYTES = 32;

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (!environment.acceptsProfiles(Profiles.of("demo"))) {
			return;
		}
		DemoFiles files = DemoFiles.in(Path.of(environment.getProperty("image-factory.data-dir", "./data")));
		Map<String, Object> settings = new LinkedHashMap<>();
		settings.put("image-factory.github.webhook.secret-files[0]", secret(files.webhookSecret()).toString());
		settings.put("image-factory.teams[0].name", "demo");
		settings.put("image-factory.teams[0].image-prefix", "demo");
		settings.put("image-factory.teams[0].repositories[0].name", SampleRepository.NAME);
		settings.put("image-factory.teams[0].repositories[0].clone-url", files.repository().toUri().toString());
		environment.getPropertySources().addLast(new MapPropertySource("demo", settings));
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	private static Path secret(Path file) {
		try {
			if (!Files.exists(file)) {
				Files.createDirectories(file.getParent(),
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
				byte[] bytes = new byte[SECRET_BYTES];
				new SecureRandom().nextBytes(bytes);
				Files.createFile(file,
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
				Files.writeString(file, HexFormat.of().formatHex(bytes) + "\n");
			}
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The demo could not write its webhook secret to " + file
					+ ": choose another folder with --image-factory.data-dir=", ex);
		}
	}

}
