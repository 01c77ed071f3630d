package dev.imagefactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import dev.imagefactory.engine.Engine;
import dev.imagefactory.onboarding.ImageOwners;
import dev.imagefactory.onboarding.KnownRepositories;
import dev.imagefactory.onboarding.Onboarding;
import dev.imagefactory.onboarding.WebhookSecrets;
import dev.imagefactory.source.RepositoryName;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

@ExtendWith(OutputCaptureExtension.class)
@Isolated("What others write meanwhile would be taken for the service's own words")
class ImageFactoryApplicationTests {

	@TempDir
	private Path folder;

	@Test
	void startWhenNothingIsGivenRunsOnEmbeddedPartsAndTakesTheDirectoryForItself(CapturedOutput output) {
		try (ConfigurableApplicationContext context = start()) {
			assertThat(output).contains("survives a killed process, but not a power cut")
				.contains("Listening on http://127.0.0.1:")
				.contains("No repository is onboarded yet")
				.contains("image-prefix: payments")
				.contains("/webhooks/github");
			Path dataDirectory = context.getBean("dataDirectory", Path.class);
			assertThat(dataDirectory.resolve("db/image-factory.mv.db")).exists();
			assertThat(count(context, "delivery")).isZero();
			assertThat(context.getBean(TransactionTemplate.class)).isNotNull();
			assertThat(context.getBean(JdbcTemplate.class).getExceptionTranslator()).isInstanceOf(LockRefusals.class);
			assertThat(context.getBean(Clock.class).instant().getNano() % 1000).isZero();
			assertThat(List.of(context.getBean(KnownRepositories.class), context.getBean(ImageOwners.class)))
				.hasSize(2);
			assertThat(context.getBean(DispatcherServlet.class).getHandlerMappings())
				.as("ready before the first request")
				.isNotEmpty();
			assertThatException().isThrownBy(this::start);
			report(output).contains(dataDirectory.toString())
				.contains("is in use by another live process (pid " + ProcessHandle.current().pid() + ")");
		}
	}

	@Test
	void startWhenTeamsAreGivenOnboardsThemAndRefusesADatabaseOfANewerVersionLater(CapturedOutput output)
			throws IOException {
		Path secret = Files.writeString(this.folder.resolve("secret"), "hunter2\n");
		Path settings = Files.writeString(this.folder.resolve("settings.yaml"), """
				image-factory:
				  github:
				    token-file:
				    webhook: {secret-files: [%s]}
				  teams:
				    - name: payments
				      image-prefix: payments
				      argo: {}
				      repositories:
				        - name: acme/app
				          branches: []
				          image:
				          clone-url:
				""".formatted(secret));
		try (ConfigurableApplicationContext context = start(
				"--spring.config.additional-location=" + settings.toUri())) {
			assertThat(context.getBean(Onboarding.class).find(RepositoryName.of("acme/app"))).isPresent();
			assertThat(context.getBean(WebhookSecrets.class).candidates(null)).hasSize(1);
			assertThat(output).doesNotContain("No repository is onboarded").doesNotContain("hunter2");
			context.getBean(JdbcClient.class)
				.sql("INSERT INTO flyway_schema_history SELECT 99, '99', 'later', type, 'V99__later.sql', 1, "
						+ "installed_by, installed_on, 1, TRUE FROM flyway_schema_history WHERE version = '1'")
				.update();
		}
		assertThatException().isThrownBy(this::start)
			.withStackTraceContaining("does not know its migration 99 (later)");
		assertThat(output).contains("Start the newer version again");
	}

	@Test
	void startWhenTheEngineIsArgoIsReadyAlsoWhileTheClusterIsAway(CapturedOutput output) throws IOException {
		Path kubeconfig = Files.writeString(this.folder.resolve("kubeconfig"), """
				apiVersion: v1
				kind: Config
				current-context: here
				contexts: [{name: here, context: {cluster: gone, user: factory}}]
				clusters: [{name: gone, cluster: {server: "https://127.0.0.1:9"}}]
				users: [{name: factory, user: {token: hunter2}}]
				""");
		System.setProperty("kubeconfig", kubeconfig.toString());
		try (ConfigurableApplicationContext context = start("--image-factory.engine=argo",
				"--image-factory.registry.kind=oci", "--image-factory.registry.url=registry.example.com",
				"--image-factory.teams[0].name=payments", "--image-factory.teams[0].image-prefix=payments",
				"--image-factory.teams[0].repositories[0].name=acme/app")) {
			assertThat(context.getBean(Engine.class).name()).isEqualTo("argo");
			assertThat(context.getBean(Engine.class).listEvery()).hasSeconds(60);
			assertThat(output).contains("through the Kubernetes API at https://127.0.0.1:9/")
				.contains("Listening on http://127.0.0.1:")
				.doesNotContain("hunter2");
		}
		finally {
			System.clearProperty("kubeconfig");
		}
	}

	@ParameterizedTest
	@CsvSource({ "base-url=ftp://example.com, http:// or https://, https://images.example.com",
			"queue.max-running=many, a whole number, 20", "build.timeout=soon, a number with a unit, 60m",
			"build.max-source=1000, a number with a unit, 1GB", "engine=k8s, one of local, example: local",
			"registry.kind=acr, later also acr, example: layout", "local.builder=make, one of auto, buildah",
			"github.webhook.secret-files[0]=hunter2, path of a file, /run/secrets/webhook",
			"database.url=jdbc:postgresql://h/d?password=hunter2, jdbc:postgresql://host, db.example.com:5432/image_factory",
			"database.url=jdbc:mysql://h/d, jdbc:postgresql://host, db.example.com:5432/image_factory",
			"teams[0].name=Big Team, 1 to 63 of a-z, example: payments",
			"teams[0].gate.end-of-life=never, warn, reject",
			"bas-url=hunter2, is not a setting, image-factory.base-url" })
	void startWhenSettingIsBadSaysKeyAcceptedAndExampleButNoSecret(String setting, String accepted, String example,
			CapturedOutput output) {
		assertThatException().isThrownBy(() -> start("--image-factory." + setting)).isInstanceOf(BadSettings.class);
		String key = "image-factory." + setting.substring(0, setting.indexOf('='));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(key)
			.contains(accepted)
			.contains(example)
			.doesNotContain("hunter2")
			.doesNotContain("\tat ");
	}

	@Test
	void startWhenSettingsFileIsNotYamlNamesTheLineAndNotItsContent(CapturedOutput output) throws IOException {
		Path settings = Files.writeString(this.folder.resolve("settings.yaml"),
				"image-factory:\n  database: {url: a?password=hunter2}\n");
		assertThatException().isThrownBy(() -> start("--spring.config.additional-location=" + settings.toUri()));
		report(output).contains("A settings file is not YAML: line 2, column").doesNotContain("hunter2");
	}

	@Test
	void startWhenListHasAGapNamesTheKeyAndNotTheValue(CapturedOutput output) {
		assertThatException().isThrownBy(
				() -> start("--image-factory.teams[0].name=payments", "--image-factory.teams[0].image-prefix=payments",
						"--image-factory.teams[2].name=hunter2", "--image-factory.teams[2].image-prefix=orders"));
		report(output).contains("image-factory.teams").contains("gap").doesNotContain("hunter2");
	}

	private static AbstractStringAssert<?> report(CapturedOutput output) {
		String all = output.getAll();
		return assertThat(all.substring(Math.max(0, all.lastIndexOf("APPLICATION FAILED TO START"))));
	}

	private static int count(ConfigurableApplicationContext context, String table) {
		return context.getBean(JdbcClient.class).sql("SELECT COUNT(*) FROM " + table).query(Integer.class).single();
	}

	private ConfigurableApplicationContext start(String... arguments) {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--image-factory.data-dir=" + this.folder.resolve("data"));
		all.add("--server.port=0");
		return new SpringApplication(ImageFactoryApplication.class).run(all.toArray(String[]::new));
	}

}
