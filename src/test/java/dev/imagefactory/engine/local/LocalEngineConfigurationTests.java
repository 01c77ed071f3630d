package dev.imagefactory.engine.local;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineLifecycle;
import dev.imagefactory.engine.KnownTags;
import dev.imagefactory.engine.StepLogs;
import dev.imagefactory.engine.jdbc.TestLocalRuns;
import dev.imagefactory.onboarding.OnboardedRepository;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.source.RepositoryName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class LocalEngineConfigurationTests {

	@TempDir
	Path data;

	private TestHost host;

	private ApplicationContextRunner context;

	@BeforeEach
	void setUp() {
		this.host = new TestHost(this.data);
		this.context = new ApplicationContextRunner().withUserConfiguration(LocalEngineConfiguration.class)
			.withUserConfiguration(Settings.class)
			.withBean(Onboarding.class, NobodyOnboarded::new)
			.withBean("played", TestHost.class, () -> this.host)
			.withBean(LocalRuns.class, () -> this.host.runs)
			.withBean(StepLogs.class, () -> this.host.logs)
			.withBean(KnownTags.class, () -> (build, image, tag) -> Optional.empty())
			.withBean(ObjectMapper.class, TestLocalRuns::json)
			.withBean(Clock.class, Clock::systemUTC)
			.withBean("processName", String.class, () -> "process")
			.withBean("dataDirectory", Path.class, () -> this.data);
	}

	@Test
	void startWhenNothingIsConfiguredGivesARunningLocalEngine() {
		this.context.run((started) -> {
			assertThat(started.getBean(Engine.class).name()).isEqualTo("local");
			assertThat(started.getBean(EngineLifecycle.class).isRunning()).isTrue();
		});
	}

	@Test
	void startWhenTheEngineIsAnotherGivesNone() {
		this.context.withPropertyValues("image-factory.engine=argo")
			.run((started) -> assertThat(started).doesNotHaveBean(Engine.class));
	}

	@Test
	void startWhenTheRegistryIsRemoteIsRefusedUntilRepositoriesAreTrusted() {
		this.host.host = "example.azurecr.io";
		this.context.run((started) -> assertThat(started).getFailure()
			.rootCause()
			.hasMessageContaining("image-factory.local.trust-repositories: true"));
		this.context.withPropertyValues("image-factory.local.trust-repositories=true")
			.run((started) -> assertThat(started).hasNotFailed());
	}

	@Test
	void startWhenABuilderAndASocketAreNamedReadsThem() {
		this.context
			.withPropertyValues("image-factory.local.builder=podman",
					"image-factory.local.docker-socket=/run/other.sock")
			.run((started) -> {
				LocalSettings settings = started.getBean(LocalSettings.class);
				assertThat(settings.builder()).isEqualTo(LocalSettings.BuilderChoice.PODMAN);
				assertThat(settings.dockerSocketOrDefault()).isEqualTo(Path.of("/run/other.sock"));
			});
	}

	@EnableConfigurationProperties(LocalSettings.class)
	static class Settings {

	}

	private static final class NobodyOnboarded implements Onboarding {

		@Override
		public Optional<OnboardedRepository> find(RepositoryName name) {
			return Optional.empty();
		}

		@Override
		public List<Team> teams() {
			return List.of();
		}

	}

}
