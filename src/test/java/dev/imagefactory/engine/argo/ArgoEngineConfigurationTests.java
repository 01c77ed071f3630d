package dev.imagefactory.engine.argo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.engine.EngineLifecycle;
import dev.imagefactory.engine.FileStepLogsAccess;
import dev.imagefactory.engine.FollowedLogs;
import dev.imagefactory.engine.KnownPlaces;
import dev.imagefactory.engine.Submission;
import dev.imagefactory.engine.TestRuns;
import dev.imagefactory.engine.UsedPlaces;
import dev.imagefactory.image.Digest;
import dev.imagefactory.image.ImageName;
import dev.imagefactory.image.ImageTag;
import dev.imagefactory.onboarding.Installation;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.RepositoryPattern;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.pipeline.Run;
import dev.imagefactory.registry.Registry;
import dev.imagefactory.source.Provider;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class ArgoEngineConfigurationTests {

	@TempDir
	Path folder;

	private final TestCluster cluster = new TestCluster();

	@AfterEach
	void close() {
		List.of(Config.KUBERNETES_KUBECONFIG_FILE, Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY,
				Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY,
				Config.KUBERNETES_MASTER_SYSTEM_PROPERTY)
			.forEach(System::clearProperty);
		this.cluster.close();
	}

	@Test
	void startWhenAKubeconfigIsThereSpeaksAsItsUser() throws IOException {
		kubeconfig();
		context().run((started) -> {
			Engine engine = started.getBean(Engine.class);
			assertThat(engine.name()).isEqualTo("argo");
			assertThat(engine.listEvery()).isEqualTo(Duration.ofSeconds(60));
			Run run = TestRuns.release();
			assertThat(engine.submit(run)).isInstanceOf(Submission.Accepted.class);
			assertThat(engine.find(run.build())).isPresent();
			assertThat(started.getBean(EngineLifecycle.class).isRunning()).isTrue();
		});
	}

	@Test
	void startWhenConnectionIsReadyHasNoTriesOfItsOwn() throws IOException {
		kubeconfig();
		context().run((started) -> {
			Config config = started.getBean(KubernetesClient.class).getConfiguration();
			assertThat(config.getRequestRetryBackoffLimit()).isZero();
			assertThat(config.isHttp2Disable()).isTrue();
			assertThat(config.getMasterUrl()).isEqualTo(this.cluster.kubernetes.address());
		});
	}

	@Test
	void startWhenConnectionIsReadyListsInPagesOfFiveHundred() throws IOException {
		kubeconfig();
		context().run((started) -> {
			assertThat(started.getBean(Engine.class).list()).isEmpty();
			assertThat(this.cluster.kubernetes.requests)
				.filteredOn((line) -> line.contains("/workflows?") && !line.contains("watch=true"))
				.filteredOn((line) -> line.contains("labelSelector="))
				.singleElement()
				.asString()
				.contains("limit=500");
		});
	}

	@Test
	void startWhenTheTokenOfTheKubeconfigChangesSpeaksWithTheNewOne() throws IOException {
		kubeconfig();
		context().run((started) -> {
			Engine engine = started.getBean(Engine.class);
			assertThat(engine.list()).isEmpty();
			this.cluster.kubernetes.token = "the-next-token";
			kubeconfig();
			assertThat(engine.submit(TestRuns.release())).isInstanceOf(Submission.Accepted.class);
			assertThat(this.cluster.kubernetes.store.size()).isOne();
		});
	}

	/** A pod's token is good for an hour, and its file is replaced before. */
	@Test
	void startWhenInAPodSpeaksAsItsAccountWhoseTokenChanges() throws IOException {
		Path token = Files.writeString(this.folder.resolve("token"), StrictKubernetes.TOKEN);
		System.setProperty(Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY, "false");
		System.setProperty(Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY, token.toString());
		System.setProperty(Config.KUBERNETES_MASTER_SYSTEM_PROPERTY, this.cluster.kubernetes.address());
		context().run((started) -> {
			Engine engine = started.getBean(Engine.class);
			assertThat(engine.submit(TestRuns.release())).isInstanceOf(Submission.Accepted.class);
			this.cluster.kubernetes.token = "the-next-token";
			Files.writeString(token, "the-next-token");
			assertThat(engine.submit(TestRuns.release())).isInstanceOf(Submission.Accepted.class);
			assertThat(this.cluster.kubernetes.store.size()).isEqualTo(2);
		});
	}

	@Test
	void startWhenNobodyAnswersStartsAllTheSame() throws IOException {
		kubeconfig();
		this.cluster.kubernetes.close();
		context().run((started) -> assertThat(started).hasNotFailed());
	}

	@Test
	void startWhenTheEngineIsAnotherGivesNone() {
		context().withPropertyValues("image-factory.engine=local")
			.run((started) -> assertThat(started).doesNotHaveBean(Engine.class)
				.doesNotHaveBean(KubernetesClient.class));
	}

	@Test
	void startWhenARepositoryHasCredentialsWarnsThatNoPodGetsThem(CapturedOutput output) throws IOException {
		kubeconfig();
		context().run((started) -> assertThat(output).doesNotContain("credentials-file"));
		Team team = TestCluster.team("payments", "builds");
		RepositoryRule rule = new RepositoryRule(RepositoryPattern.of("acme/secret"), Provider.GITHUB, null, List.of(),
				null, false, null, this.folder.resolve("token"), List.of(), false);
		Team secret = new Team(team.name(), team.imagePrefix(), team.argo(), team.gate(), List.of(rule));
		context().withAllowBeanDefinitionOverriding(true)
			.withBean(Onboarding.class, () -> TestCluster.teams(List.of(secret)))
			.run((started) -> assertThat(output).contains("acme/secret", "credentials-file", "repository-unreachable"));
	}

	@Test
	void startWhenTheIntervalIsTooLongIsRefused() throws IOException {
		kubeconfig();
		context().withPropertyValues("image-factory.argo.relist-interval=2m")
			.run((started) -> assertThat(started).getFailure().rootCause().hasMessageContaining("expected 1s to 60s"));
	}

	private ApplicationContextRunner context() {
		return new ApplicationContextRunner().withUserConfiguration(ArgoEngineConfiguration.class)
			.withUserConfiguration(Settings.class)
			.withPropertyValues("image-factory.engine=argo")
			.withBean(Installation.class, () -> () -> TestCluster.INSTALLATION)
			.withBean(Registry.class, OnlyAHost::new)
			.withBean(Onboarding.class, () -> TestCluster.teams(List.of(TestCluster.team("payments", "builds"))))
			.withBean(KnownPlaces.class, KnownPlaces::none)
			.withBean(UsedPlaces.class, UsedPlaces::none)
			.withBean(FollowedLogs.class, () -> FileStepLogsAccess.followed(this.folder))
			.withBean(Clock.class, Clock::systemUTC);
	}

	private void kubeconfig() throws IOException {
		Path file = Files.writeString(this.folder.resolve("kubeconfig"), """
				apiVersion: v1
				kind: Config
				current-context: here
				contexts: [{name: here, context: {cluster: strict, user: factory}}]
				clusters: [{name: strict, cluster: {server: "%s"}}]
				users: [{name: factory, user: {token: %s}}]
				""".formatted(this.cluster.kubernetes.address(), this.cluster.kubernetes.token));
		System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, file.toString());
	}

	@EnableConfigurationProperties(ArgoSettings.class)
	static class Settings {

	}

	/**
	 * A registry that nobody asks for more than its host: pods push, the engine does not.
	 */
	private static final class OnlyAHost implements Registry {

		@Override
		public String host() {
			return "registry.example.com";
		}

		@Override
		public Optional<Digest> digest(ImageName image, String tag) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean holds(ImageName image, Digest digest) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<Map<String, String>> labels(ImageName image, Digest digest) {
			throw new UnsupportedOperationException();
		}

		@Override
		public Map<String, Digest> tags(ImageName image) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void push(Path layout, Digest digest, ImageName image, List<ImageTag> tags, Runnable stillOurs) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void tag(ImageName image, Digest digest, List<ImageTag> tags, Runnable stillOurs) {
			throw new UnsupportedOperationException();
		}

	}

}
