package dev.imagefactory;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.imagefactory.engine.argo.ArgoSettings;
import dev.imagefactory.github.GitHubSettings;
import dev.imagefactory.intake.RetentionSettings;
import dev.imagefactory.onboarding.ArgoIdentity;
import dev.imagefactory.onboarding.GatePolicy;
import dev.imagefactory.onboarding.HostSettings;
import dev.imagefactory.onboarding.OnboardingSettings;
import dev.imagefactory.onboarding.RepositoryRule;
import dev.imagefactory.onboarding.Severity;
import dev.imagefactory.onboarding.Team;
import dev.imagefactory.registry.RegistrySettings;
import dev.imagefactory.source.Provider;
import dev.imagefactory.source.RepositoryId;
import dev.imagefactory.submission.BuildSettings;
import dev.imagefactory.submission.QueueSettings;
import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class SettingsDefaultsTests {

	private final Map<String, Object> given = new HashMap<>();

	@Test
	void bindWhenNothingIsGivenHasTheDocumentedDefaults() {
		assertDefaults();
	}

	@Test
	void bindWhenEverythingIsEmptyHasTheDocumentedDefaults() {
		SettingKeys.known()
			.stream()
			.map(SettingKey::name)
			.filter((name) -> !name.contains("[*]."))
			.forEach((name) -> this.given.put("image-factory." + name.replace("[*]", ""), ""));
		assertDefaults();
	}

	@Test
	void bindWhenAddressesEndWithSlashesDropsThem() {
		this.given.put("image-factory.base-url", "https://images.example.com/");
		this.given.put("image-factory.github.web-url", "https://github.example.com//");
		this.given.put("image-factory.github.api-url", "https://github.example.com/api/v3/");
		assertThat(bind("image-factory", ServiceSettings.class).baseUrl()).hasToString("https://images.example.com");
		assertThat(bind("image-factory.github", HostSettings.class).webUrl()).hasToString("https://github.example.com");
		assertThat(bind("image-factory.github", GitHubSettings.class).apiUrl())
			.hasToString("https://github.example.com/api/v3");
	}

	@Test
	void bindWhenTeamSaysLittleHasTheDocumentedDefaults() {
		team(Map.of("repositories[0].name", "acme/app", "repositories[0].clone-url", "", "repositories[0].image", ""));
		Team team = bind("image-factory", OnboardingSettings.class).teams().get(0).toTeam();
		assertThat(team.argo()).isEqualTo(ArgoIdentity.standard())
			.isEqualTo(new ArgoIdentity("builds", "argo-sa", "image-build", "image-build-v1", false));
		assertThat(team.gate()).isEqualTo(GatePolicy.standard());
		assertThat(team.gate().severities()).containsExactlyInAnyOrder(Severity.HIGH, Severity.CRITICAL);
		assertThat(team.gate().ignoreUnfixed()).isTrue();
		assertThat(team.gate().endOfLife()).isEqualTo(GatePolicy.EndOfLife.WARN);
		assertThat(team.gate().waiversConfigMap()).isNull();
		assertThat(team.gate().allowUnscanned()).isFalse();
		assertThat(team.repositories()).containsExactly(RepositoryRule.standard("acme/app"));
	}

	@Test
	void bindWhenTeamSaysEverythingTakesItOver() {
		team(Map.of("argo.namespace", "ns", "argo.shared", "true", "gate.severities", "critical", "gate.ignore-unfixed",
				"false", "gate.end-of-life", "reject", "gate.allow-unscanned", "true"));
		team(Map.of("repositories[0].name", "acme/app", "repositories[0].id", "42", "repositories[0].branches",
				"main,next", "repositories[0].image", "other/app", "repositories[0].latest", "true",
				"repositories[0].clone-url", "https://git.example.com/app.git", "repositories[0].credentials-file",
				"/secret/token", "repositories[0].webhook.secret-files", "/secret/one,/secret/two",
				"repositories[0].badge", "public", "repositories[0].provider", "github"));
		Team team = bind("image-factory", OnboardingSettings.class).teams().get(0).toTeam();
		assertThat(team.argo()).isEqualTo(new ArgoIdentity("ns", "argo-sa", "image-build", "image-build-v1", true));
		assertThat(team.gate().severities()).containsExactly(Severity.CRITICAL);
		assertThat(team.gate().endOfLife()).isEqualTo(GatePolicy.EndOfLife.REJECT);
		RepositoryRule rule = team.repositories().get(0);
		assertThat(rule.provider()).isEqualTo(Provider.GITHUB);
		assertThat(rule.id()).isEqualTo(RepositoryId.github(42));
		assertThat(rule.branches()).containsExactly("main", "next");
		assertThat(rule.image()).hasToString("other/app");
		assertThat(rule.latest()).isTrue();
		assertThat(rule.cloneUrl()).isEqualTo(URI.create("https://git.example.com/app.git"));
		assertThat(rule.credentialsFile()).isEqualTo(Path.of("/secret/token"));
		assertThat(rule.secretFiles()).containsExactly(Path.of("/secret/one"), Path.of("/secret/two"));
		assertThat(rule.badgePublic()).isTrue();
	}

	private void assertDefaults() {
		ServiceSettings service = bind("image-factory", ServiceSettings.class);
		assertThat(service.baseUrl()).hasToString("http://127.0.0.1:8080");
		assertThat(service.dataDirectory()).isEqualTo(Path.of("data").toAbsolutePath());
		assertThat(service.engine()).isEqualTo(ServiceSettings.EngineKind.LOCAL);
		assertThat(service.database().toString()).contains("embedded");
		HostSettings host = bind("image-factory.github", HostSettings.class);
		assertThat(host.webUrl()).hasToString("https://github.com");
		assertThat(host.webhook().secretFiles()).isEmpty();
		GitHubSettings github = bind("image-factory.github", GitHubSettings.class);
		assertThat(github.apiUrl()).hasToString("https://api.github.com");
		assertThat(github.token()).isEmpty();
		assertThat(github.app().privateKey()).isEmpty();
		assertThat(github.app().id()).isNull();
		RegistrySettings registry = bind("image-factory.registry", RegistrySettings.class);
		assertThat(registry.kind()).isEqualTo(RegistrySettings.Kind.LAYOUT);
		assertThat(registry.auth()).isEqualTo(RegistrySettings.Auth.NATIVE);
		assertThat(registry.insecure() || registry.lockReleaseTags()).isFalse();
		assertThat(List.of(registry.certificates(), registry.credentials())).containsOnly(Optional.empty());
		assertThat(bind("image-factory.build", BuildSettings.class))
			.isEqualTo(new BuildSettings(Duration.ofMinutes(60), Duration.ofMinutes(2), DataSize.ofGigabytes(1)));
		assertThat(bind("image-factory.queue", QueueSettings.class)).isEqualTo(new QueueSettings(20, 3));
		assertThat(bind("image-factory.argo", ArgoSettings.class)).isEqualTo(new ArgoSettings(Duration.ofSeconds(60)));
		assertThat(bind("image-factory.retention", RetentionSettings.class))
			.isEqualTo(new RetentionSettings(Duration.ofDays(90), Duration.ofDays(90)));
		assertThat(bind("image-factory", OnboardingSettings.class).teams()).isEmpty();
	}

	private void team(Map<String, String> settings) {
		this.given.put("image-factory.teams[0].name", "payments");
		this.given.put("image-factory.teams[0].image-prefix", "payments");
		settings.forEach((key, value) -> this.given.put("image-factory.teams[0]." + key, value));
	}

	private <T> T bind(String prefix, Class<T> type) {
		return new Binder(new MapConfigurationPropertySource(this.given)).bindOrCreate(prefix, Bindable.of(type));
	}

}
